"""What was heard, read at the times of a clip's samples."""

import numpy as np

from ..speech.prosody import Prosody


def sample_times_s(fps: float, frame_count: int) -> np.ndarray:
    """(F,)"""
    return np.arange(frame_count) / fps


def heard_at(prosody: Prosody, curve: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """A curve on the prosody's steps, (T,) or (T, C), read at other times (F,) -> (F,) or (F, C); held at both ends."""
    if curve.ndim == 2:
        return np.stack([heard_at(prosody, column, times_s) for column in curve.T], axis=1)
    return np.interp(times_s, prosody.times_s, curve)


def value_at(prosody: Prosody, curve: np.ndarray, time_s: float) -> float:
    """What `heard_at` reads at one time, to the nearest step, without looking at the whole curve (T,)."""
    return float(curve[min(max(round(time_s / prosody.hop_s), 0), len(curve) - 1)])
