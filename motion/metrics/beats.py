"""Beat alignment: whether the head moves with the voice (AIST++, Li et al. 2021; for heads with a deviation of three frames)."""

import numpy as np

from ...bridge.data import AudioClip
from ...bridge.data.rotation import composed_rotations

HEAD_SIGMA_S = 3.0 / 25.0
"""Three frames of the 25 fps at which heads are judged."""
_SMOOTHING_S = 5.0 / 60.0
"""Of a joint's speed, as AIST++ has it: trembling is no beat."""
_HOP_S = 0.01
_WINDOW_S = 0.032
_BLOCK_STEPS = 2000
_QUIETEST_DB = -70.0
"""Of full scale, in one band: what is quieter does not rise."""
_PEAK_REACH, _MEAN_REACH = 3, 10
_RISE = 0.07
"""An onset is the largest rise within 30 ms to both sides, and more than the mean within 100 ms by this share of the largest."""


def beat_alignment(onsets_s: np.ndarray, beats_s: np.ndarray, sigma_s: float = HEAD_SIGMA_S) -> float:
    """Mean over the audio's onsets (N,) of exp(-d^2 / (2 sigma^2)), d to the nearest beat of the motion (M,), 0..1.

    0 where nothing moves; NaN where nothing sounds.
    """
    if not len(onsets_s):
        return float("nan")
    if not len(beats_s):
        return 0.0
    distance_s = np.abs(onsets_s[:, None] - beats_s).min(axis=1)
    return float(np.exp(-0.5 * (distance_s / sigma_s) ** 2).mean())


def motion_beats_s(rotations: np.ndarray, fps: float) -> np.ndarray:
    """When a joint's speed, smoothed, has a local minimum: (F, 3) axis-angle in radians -> (M,) seconds."""
    speed = _smoothed(fps * np.linalg.norm(composed_rotations(-rotations[:-1], rotations[1:]), axis=1), _SMOOTHING_S * fps)
    is_minimum = (speed[1:-1] < speed[:-2]) & (speed[1:-1] <= speed[2:])
    # Speed `index` is that between samples index and index + 1.
    return (np.flatnonzero(is_minimum) + 1.5) / fps


def _smoothed(values: np.ndarray, sigma: float) -> np.ndarray:
    """By a Gaussian of so many samples; the ends are held. (F,)"""
    reach = int(np.ceil(4.0 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.convolve(np.pad(values, reach, mode="edge"), kernel / kernel.sum(), "valid")


def audio_onsets_s(audio: AudioClip) -> np.ndarray:
    """When sounds begin, (N,) seconds: peaks of spectral flux, the rise of each band's level in dB (Bello et al. 2005)."""
    flux = _spectral_flux(audio)
    if not len(flux) or flux.max() <= 0.0:
        return np.zeros(0)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(flux, _PEAK_REACH), 2 * _PEAK_REACH + 1)
    mean = np.convolve(np.pad(flux, _MEAN_REACH, mode="edge"), np.full(2 * _MEAN_REACH + 1, 1.0 / (2 * _MEAN_REACH + 1)), "valid")
    is_onset = (flux >= around.max(axis=1)) & (flux >= mean + _RISE * flux.max())
    return np.flatnonzero(is_onset) * _HOP_S


def _spectral_flux(audio: AudioClip) -> np.ndarray:
    """(T,), a hundred a second, in blocks so that memory is flat; step `index` rises from the window before it."""
    hop, size = round(_HOP_S * audio.sample_rate), round(_WINDOW_S * audio.sample_rate)
    count = len(audio.samples) // hop
    window = np.hanning(size).astype(np.float32) / np.float32(0.25 * size)
    flux, last = np.zeros(count, np.float32), None
    for start in range(0, count, _BLOCK_STEPS):
        starts = np.arange(start, min(start + _BLOCK_STEPS, count)) * hop - size // 2
        inside = audio.samples[max(starts[0], 0) : starts[-1] + size]
        before = max(-starts[0], 0)
        padded = np.pad(inside, (before, starts[-1] + size - max(starts[0], 0) - len(inside)))
        frames = np.lib.stride_tricks.sliding_window_view(padded, size)[starts - starts[0]]
        level_db = 20.0 * np.log10(np.maximum(np.abs(np.fft.rfft(frames * window)), 10.0 ** (_QUIETEST_DB / 20.0)))
        risen = np.diff(level_db, axis=0, prepend=level_db[:1] if last is None else last)
        flux[start : start + len(frames)] = np.maximum(risen, 0.0).mean(axis=1)
        last = level_db[-1:]
    return flux
