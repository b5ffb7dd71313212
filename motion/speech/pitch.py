"""Fundamental frequency by autocorrelation (Boersma 1993), and power, of short windows around given times."""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, rfft
from scipy.ndimage import binary_opening, median_filter

MINIMUM_PITCH_HZ = 60.0
MAXIMUM_PITCH_HZ = 550.0
WINDOW_S = 3.0 / MINIMUM_PITCH_HZ
OCTAVE_COST = 0.03
"""Taken off a candidate's strength per octave that it lies below the highest pitch: of equal peaks the shortest period wins."""
VOICING_STRENGTH = 0.5
"""A window whose normalised autocorrelation peaks lower is unvoiced."""
LOUDNESS_BAND_HZ = (80.0, 7000.0)
"""Rumble below and hiss above say nothing about the voice."""
_ROUGH_MEDIAN_STEPS = 151
_SHORTEST_RUN_STEPS = 5


@dataclass(frozen=True, eq=False)
class PitchAnalyser:
    """Windows, lags and frequencies for one sample rate. Hann window of three longest periods, centred on the time asked for."""

    sample_rate: int

    @property
    def window_size(self) -> int:
        return round(WINDOW_S * self.sample_rate)

    def __call__(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """windows: (T, window_size) samples -> loudness in dB of full scale (T,) and pitch in Hz, 0 where unvoiced (T,)."""
        taper = np.hanning(self.window_size + 2)[1:-1].astype(np.float32)
        size = 64 * (1 + (self.window_size + round(self.sample_rate / MINIMUM_PITCH_HZ)) // 64)  # quick for the FFT
        tapered = (windows - windows.mean(axis=1, keepdims=True)) * taper
        power = np.abs(np.asarray(rfft(tapered, size, axis=1))) ** 2
        autocorrelation = np.asarray(irfft(power, size, axis=1))
        taper_autocorrelation = np.asarray(irfft(np.abs(np.asarray(rfft(taper, size))) ** 2, size))
        frequencies = np.arange(power.shape[1]) * self.sample_rate / size
        in_band = (frequencies >= LOUDNESS_BAND_HZ[0]) & (frequencies <= LOUDNESS_BAND_HZ[1])
        mean_square = 2.0 * power[:, in_band].sum(axis=1) / (size * np.sum(taper**2))
        loudness_db = 10.0 * np.log10(np.maximum(mean_square, 1e-10))
        return loudness_db.astype(np.float32), self._pitch(autocorrelation, taper_autocorrelation)

    def _pitch(self, autocorrelation: np.ndarray, taper_autocorrelation: np.ndarray) -> np.ndarray:
        lags = np.arange(int(self.sample_rate / MAXIMUM_PITCH_HZ) - 1, int(np.ceil(self.sample_rate / MINIMUM_PITCH_HZ)) + 2)
        energy = np.maximum(autocorrelation[:, :1], 1e-9)
        strength = autocorrelation[:, lags] / energy / (taper_autocorrelation[lags] / taper_autocorrelation[0])
        before, centre, after = strength[:, :-2], strength[:, 1:-1], strength[:, 2:]
        is_peak = (centre >= before) & (centre >= after)
        octaves_below_top = np.log2(lags[1:-1] * MAXIMUM_PITCH_HZ / self.sample_rate)
        best = np.argmax(np.where(is_peak, centre - OCTAVE_COST * octaves_below_top, -1.0), axis=1)
        row = np.arange(len(best))
        left, middle, right = before[row, best], centre[row, best], after[row, best]
        curvature = np.minimum(left - 2.0 * middle + right, -1e-9)
        lag = lags[1 + best] + np.clip(0.5 * (left - right) / curvature, -0.5, 0.5)
        is_voiced = is_peak[row, best] & (middle >= VOICING_STRENGTH) & (energy[:, 0] > 1e-6)
        return np.where(is_voiced, self.sample_rate / lag, 0.0).astype(np.float32)


def steadied_pitch(pitch_hz: np.ndarray) -> np.ndarray:
    """Octave errors folded back to the voice's running median, runs under five steps dropped, five-step median. (T,) Hz."""
    is_voiced = np.asarray(binary_opening(pitch_hz > 0.0, np.ones(_SHORTEST_RUN_STEPS)), bool)
    if not is_voiced.any():
        return np.zeros_like(pitch_hz)
    octave = np.log2(pitch_hz[is_voiced])
    running = median_filter(octave, size=min(_ROUGH_MEDIAN_STEPS, len(octave)), mode="nearest")
    octave = octave - np.round((octave - running) / 1.1)
    folded = np.zeros_like(pitch_hz)
    folded[is_voiced] = 2.0**octave
    return np.where(is_voiced, _voiced_median(folded), 0.0).astype(np.float32)


def _voiced_median(pitch_hz: np.ndarray) -> np.ndarray:
    """Median of the voiced values among five steps, (T,)."""
    padded = np.pad(np.where(pitch_hz > 0.0, pitch_hz, np.nan), 2, constant_values=np.nan)
    ordered = np.sort(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)  # NaN sorts last
    count = np.isfinite(ordered).sum(axis=1)
    middle = ordered[np.arange(len(ordered)), np.maximum(count - 1, 0) // 2]
    return np.nan_to_num(middle)
