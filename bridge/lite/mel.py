"""Log-mel spectrograms that never look ahead: sound in blocks of any size, a hundred columns a second out."""

from functools import cache

import numpy as np

SAMPLE_RATE = 16_000
HOP_SAMPLES = 160
WINDOW_SAMPLES = 400
BAND_COUNT = 80
STEPS_PER_SECOND = 50
STEP_WIDTH = 2 * BAND_COUNT
"""Two columns make one step of the networks."""
STEP_SAMPLES = SAMPLE_RATE // STEPS_PER_SECOND

_LINEAR_UP_TO_HZ = 1000.0
_MEL_PER_HZ = 3.0 / 200.0
_MEL_PER_LOG_HZ = 27.0 / np.log(6.4)

_QUIETEST_LEVEL = -2.0
"""What is quieter counts as a pause, not as a voice to adapt to: about 25 dB below ordinary speech."""
_LEVEL_FALL = 0.003
"""A column: 3 dB a second."""
_LOWEST, _HIGHEST = -4.0, 2.0
_CENTRE, _SPREAD = -1.5, 1.5
SILENT_STEP = (_LOWEST - _CENTRE) / _SPREAD
"""What both columns of a silent step hold."""


@cache
def mel_filters(band_count: int) -> np.ndarray:
    """Slaney's triangles of equal area, (C, 201) float32, from 0 to 8 kHz."""
    corners_hz = _corners_hz(band_count)
    bins_hz = np.linspace(0.0, SAMPLE_RATE / 2, WINDOW_SAMPLES // 2 + 1)
    widths_hz = np.diff(corners_hz)[:, None]
    distance_hz = corners_hz[:, None] - bins_hz
    rising, falling = -distance_hz[:-2] / widths_hz[:-1], distance_hz[2:] / widths_hz[1:]
    area = 2.0 / (corners_hz[2:] - corners_hz[:-2])
    return (np.maximum(np.minimum(rising, falling), 0.0) * area[:, None]).astype(np.float32)


@cache
def mel_centres_hz() -> np.ndarray:
    """Where the bands are strongest, (80,)."""
    return _corners_hz(BAND_COUNT)[1:-1]


def _corners_hz(band_count: int) -> np.ndarray:
    """Each band rises from one of these to the next and falls to the one after, (C + 2,)."""
    return _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE / 2), band_count + 2))


def _hz_to_mel(hz: float) -> float:
    linear = min(hz, _LINEAR_UP_TO_HZ) * _MEL_PER_HZ
    return linear + _MEL_PER_LOG_HZ * np.log(max(hz / _LINEAR_UP_TO_HZ, 1.0))


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    knee = _LINEAR_UP_TO_HZ * _MEL_PER_HZ
    return np.where(mel < knee, mel / _MEL_PER_HZ, _LINEAR_UP_TO_HZ * np.exp((mel - knee) / _MEL_PER_LOG_HZ))


class MelStream:
    """The log-mel of sound that goes on, each column relative to the loudest of late.

    Column `index` is centred on sample 160 * index; silence is heard before the start. `loudness_db` are the levels of the
    columns that the last call returned, before they were made relative: about -10 in speech, -70 in a quiet room.
    """

    def __init__(self) -> None:
        self._rest = np.zeros(WINDOW_SAMPLES // 2, np.float32)
        self._level = _QUIETEST_LEVEL
        self.loudness_db = np.zeros(0, np.float32)

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """(S,) float32 at 16 kHz, S >= 0 -> (T, 160) float32, about -1..2: the steps that are complete, two columns each."""
        heard = np.concatenate([self._rest, samples])
        column_count = max((len(heard) - WINDOW_SAMPLES) // HOP_SAMPLES + 1, 0) // 2 * 2
        self._rest = heard[column_count * HOP_SAMPLES :]
        if not column_count:
            self.loudness_db = np.zeros(0, np.float32)
            return np.zeros((0, STEP_WIDTH), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(heard, WINDOW_SAMPLES)[: column_count * HOP_SAMPLES : HOP_SAMPLES]
        spectrum = np.fft.rfft(windows * _hann())
        mel = (spectrum.real**2 + spectrum.imag**2).astype(np.float32) @ mel_filters(BAND_COUNT).T
        loudness = np.log10(mel.mean(axis=1) + 1e-10)
        self.loudness_db = 10.0 * loudness
        relative = np.log10(np.maximum(mel, 1e-10)) - self._levels(loudness)[:, None]
        scaled = (np.clip(relative, _LOWEST, _HIGHEST) - _CENTRE) / _SPREAD
        return scaled.astype(np.float32).reshape(column_count // 2, STEP_WIDTH)

    def _levels(self, loudness: np.ndarray) -> np.ndarray:
        """The loudest of late at every column, (T,): it rises at once and falls slowly."""
        fallen = _LEVEL_FALL * np.arange(1, len(loudness) + 1)
        highest = np.maximum.accumulate(np.maximum(loudness, _QUIETEST_LEVEL) + fallen)
        levels = np.maximum(np.maximum(highest, self._level) - fallen, _QUIETEST_LEVEL)
        self._level = float(levels[-1])
        return levels


@cache
def _hann() -> np.ndarray:
    return (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(WINDOW_SAMPLES) / WINDOW_SAMPLES)).astype(np.float32)


def mel_steps(samples: np.ndarray) -> np.ndarray:
    """A whole recording, (S,) float32 at 16 kHz -> (T, 160), T = ceil(50 * seconds); silence is heard after the end."""
    step_count = -(-len(samples) // STEP_SAMPLES)
    padded = np.pad(samples, (0, step_count * STEP_SAMPLES - len(samples) + WINDOW_SAMPLES))
    return MelStream().feed(padded)[:step_count]


def resampled(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """An excerpt of a few seconds, (S,) at another rate in Hz -> (R,) float32 at 16 kHz. The ends, a few milliseconds, ring."""
    if sample_rate == SAMPLE_RATE:
        return samples.astype(np.float32)
    seconds = -(-len(samples) // sample_rate)
    spectrum = np.fft.rfft(samples, seconds * sample_rate)
    kept = np.zeros(seconds * SAMPLE_RATE // 2 + 1, np.complex128)
    size = min(len(kept) - 1, len(spectrum))
    kept[:size] = spectrum[:size]
    count = len(samples) * SAMPLE_RATE // sample_rate
    return (np.fft.irfft(kept, seconds * SAMPLE_RATE)[:count] * (SAMPLE_RATE / sample_rate)).astype(np.float32)
