"""The frame rate that a file means, from the interval that its printed digits leave open."""

from math import isclose

_DECIMALS = range(1, 10)


def is_broadcast_rate(fps: float) -> bool:
    """Whether `fps` is a whole number, or one slowed by 1000/1001 as 23.976, 29.97 and 59.94 stand for."""
    return fps == round(fps) or isclose(fps, _slowed(fps), rel_tol=1e-12)


def simplest_rate(estimate: float, lowest: float, highest: float) -> float:
    """The plainest frame rate in the interval: whole, then whole * 1000/1001, then of fewest decimals, else the estimate.

    Of several as plain, the nearest to the estimate.
    """
    candidates = [float(round(estimate)), _slowed(estimate), *(round(estimate, decimals) for decimals in _DECIMALS)]
    return next((rate for rate in candidates if lowest <= rate <= highest and rate > 0.0), estimate)


def _slowed(fps: float) -> float:
    return round(fps * 1001 / 1000) * 1000 / 1001
