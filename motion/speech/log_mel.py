"""Whisper's log-mel spectrogram: 80 or 128 bands, a hundred columns a second."""

import torch
from torch import Tensor

from ...bridge.lite.mel import HOP_SAMPLES, WINDOW_SAMPLES, mel_filters

_DYNAMIC_RANGE = 8.0


def log_mel(samples: Tensor, band_count: int = 80) -> Tensor:
    """(S,) float32 at 16 kHz, S a multiple of 160 and at least 320 -> (C, S / 160), about -1..1.

    Column `index` is centred on sample 160 * index. The loudest point of the whole excerpt sets the floor, 80 dB below it.
    """
    window = torch.hann_window(WINDOW_SAMPLES, device=samples.device)
    spectrum = torch.stft(samples, WINDOW_SAMPLES, HOP_SAMPLES, window=window, return_complex=True)[:, :-1]
    mel = torch.from_numpy(mel_filters(band_count)).to(samples.device) @ spectrum.abs().square()
    level = mel.clamp(min=1e-10).log10()
    return (level.clamp(min=level.max() - _DYNAMIC_RANGE) + 4.0) / 4.0
