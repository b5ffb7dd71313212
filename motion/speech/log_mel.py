"""Whisper's log-mel spectrogram: 80 or 128 bands, a hundred columns a second."""

from functools import cache

import numpy as np
import torch
from torch import Tensor

SAMPLE_RATE = 16_000
HOP_SAMPLES = 160
_WINDOW_SAMPLES = 400
_LINEAR_UP_TO_HZ = 1000.0
_MEL_PER_HZ = 3.0 / 200.0
_MEL_PER_LOG_HZ = 27.0 / np.log(6.4)
_DYNAMIC_RANGE = 8.0


def log_mel(samples: Tensor, band_count: int = 80) -> Tensor:
    """(S,) float32 at 16 kHz, S a multiple of 160 and at least 320 -> (C, S / 160), about -1..1.

    Column `index` is centred on sample 160 * index. The loudest point of the whole excerpt sets the floor, 80 dB below it.
    """
    window = torch.hann_window(_WINDOW_SAMPLES, device=samples.device)
    spectrum = torch.stft(samples, _WINDOW_SAMPLES, HOP_SAMPLES, window=window, return_complex=True)[:, :-1]
    mel = torch.from_numpy(mel_filters(band_count)).to(samples.device) @ spectrum.abs().square()
    level = mel.clamp(min=1e-10).log10()
    return (level.clamp(min=level.max() - _DYNAMIC_RANGE) + 4.0) / 4.0


@cache
def mel_filters(band_count: int) -> np.ndarray:
    """Slaney's triangles of equal area, (C, 201) float32, from 0 to 8 kHz."""
    corners_hz = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE / 2), band_count + 2))
    bins_hz = np.linspace(0.0, SAMPLE_RATE / 2, _WINDOW_SAMPLES // 2 + 1)
    widths_hz = np.diff(corners_hz)[:, None]
    distance_hz = corners_hz[:, None] - bins_hz
    rising, falling = -distance_hz[:-2] / widths_hz[:-1], distance_hz[2:] / widths_hz[1:]
    area = 2.0 / (corners_hz[2:] - corners_hz[:-2])
    return (np.maximum(np.minimum(rising, falling), 0.0) * area[:, None]).astype(np.float32)


def _hz_to_mel(hz: float) -> float:
    linear = min(hz, _LINEAR_UP_TO_HZ) * _MEL_PER_HZ
    return linear + _MEL_PER_LOG_HZ * np.log(max(hz / _LINEAR_UP_TO_HZ, 1.0))


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    knee = _LINEAR_UP_TO_HZ * _MEL_PER_HZ
    return np.where(mel < knee, mel / _MEL_PER_HZ, _LINEAR_UP_TO_HZ * np.exp((mel - knee) / _MEL_PER_LOG_HZ))
