"""How far the mouth stands open, and how far that is from the truth: MOD."""

import numpy as np

from ...bridge.data import OpenHuman

_MM_PER_M = 1000.0


def mouth_opening_mm(human: OpenHuman, weights: np.ndarray) -> np.ndarray:
    """The largest gap between facing points of the lips, 0 where they touch: (F, 52) ARKit weights -> (F,)."""
    return _MM_PER_M * np.maximum(human.lip_gap_m(weights), 0.0)


def mouth_opening_difference_mm(truth_mm: np.ndarray, predicted_mm: np.ndarray) -> float:
    """MOD: mean |opening - truth| over frames. (F,) each."""
    return float(np.abs(predicted_mm - truth_mm).mean())
