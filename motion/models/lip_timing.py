"""Moves a mouth to another opening: what a capture saw, or what was heard while the rest of the mouth was drawn."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .channels import CHANNEL_INDEX, OPENING_WEIGHTS, lip_opening

_OPENERS = [CHANNEL_INDEX[name] for name in OPENING_WEIGHTS]
_MANNER_S = 0.4
"""Standard deviation of the time over which a drawn mouth's size counts; within it the mouth opens when speech does."""
_LARGEST_GAIN = 2.0
_STILL = 0.02


def opened(channels: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The lips of (T, 29 or more) opened as far as wanted, (T,): by the jaw, and where that is shut by less of all that opens."""
    moved = channels.copy()
    jaw = CHANNEL_INDEX["jawOpen"]
    moved[:, jaw] = np.clip(moved[:, jaw] + wanted - lip_opening(channels), 0.0, 1.0)
    left = lip_opening(moved)
    share = np.where(left > wanted, wanted / np.maximum(left, 1e-6), 1.0)[:, None]
    moved[:, _OPENERS] *= share
    return moved


def in_time(drawn: np.ndarray, heard: np.ndarray, steps_per_second: float) -> np.ndarray:
    """A drawn mouth, (T, 29 or more), that opens and closes when speech does, heard: (T,) opening. How wide and in what shape it
    speaks is drawn, the rhythm is not; where the heard opening is none, its lips touch."""
    sizes = [gaussian_filter1d(each, _MANNER_S * steps_per_second, mode="nearest") for each in (lip_opening(drawn), heard)]
    gain = np.clip((sizes[0] + _STILL) / (sizes[1] + _STILL), 1.0 / _LARGEST_GAIN, _LARGEST_GAIN)
    return opened(drawn, gain * heard)
