"""Smooth curves in continuous time, evaluated at any sample times: the same motion at every frame rate.

Times are in seconds, (F,) and ascending. All work is linear in the number of samples and events.
"""

import numpy as np


def eased(share: np.ndarray) -> np.ndarray:
    """From 0 to 1 with zero speed and acceleration at both ends: the minimum-jerk path (Flash and Hogan 1985)."""
    share = np.clip(share, 0.0, 1.0)
    return share**3 * (10.0 - 15.0 * share + 6.0 * share**2)


def wander(rng: np.random.Generator, duration_s: float, knot_s: float, times_s: np.ndarray) -> np.ndarray:
    """Stationary random motion of unit standard deviation without drift: a cubic B-spline over knots every `knot_s`. (F,)"""
    coefficients = rng.standard_normal(int(duration_s / knot_s) + 5)
    position = np.clip(times_s, 0.0, duration_s) / knot_s
    knot = position.astype(np.int64)
    u = position - knot
    basis = ((1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3)
    # The mean over u of the squared basis values is 0.4794: dividing by its root gives unit deviation.
    return sum(weight * coefficients[knot + offset] for offset, weight in enumerate(basis)) / (6.0 * np.sqrt(0.4794))


def moves(times_s: np.ndarray, onsets_s: np.ndarray, durations_s: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A value that moves, eased, to values[i] from onsets_s[i] on and then stays; values[0] holds before the second move.

    onsets_s, durations_s: (N,), no move outlasting the next onset; values: (N,) or (N, C) -> (F,) or (F, C).
    """
    last = np.clip(np.searchsorted(onsets_s, times_s, side="right") - 1, 0, None)
    share = eased((times_s - onsets_s[last]) / durations_s[last])
    if values.ndim == 2:
        share = share[:, None]
    before = values[np.maximum(last - 1, 0)]
    return before + (values[last] - before) * share


def bumps(times_s: np.ndarray, peaks_s: np.ndarray, rises_s: np.ndarray, falls_s: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """The sum of eased rises to `heights` at `peaks_s` and falls back to zero. All but times_s: (N,). -> (F,)"""
    starts = np.searchsorted(times_s, peaks_s - rises_s, side="right")
    counts = np.maximum(np.searchsorted(times_s, peaks_s + falls_s, side="left") - starts, 0)
    event = np.repeat(np.arange(len(peaks_s)), counts)
    sample = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - starts, counts)
    offset = times_s[sample] - peaks_s[event]
    share = np.where(offset < 0.0, 1.0 + offset / rises_s[event], 1.0 - offset / falls_s[event])
    # Of no samples at all, bincount makes integers.
    return np.bincount(sample, eased(share) * heights[event], minlength=len(times_s)).astype(np.float64)
