"""Dense samples -> few Bezier keys whose curve stays within a bound of every sample.

A curve of an animation is a function of time: with its handles at the thirds of a span, time runs evenly along a Bezier segment
and the segment is a plain cubic, fitted by linear least squares (Schneider 1990 without his search for the parameter).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

SPANS: tuple[int, ...] = (
    *range(1, 13), 14, 16, 18, 20, 24, 28, 32, 40, 48, 64, 96, 128, 192, 256, 384, 512,
)  # fmt: skip
"""The distances between two keys that are tried, in samples."""
_ROUNDING = 0.99
"""The share of the bound that curves may use: the rest is for the single precision of Blender's keys."""
_CHOOSING_SHARE = 0.6
"""The share of that with which keys are chosen. The rest brings handles in line: many more smooth keys for a tenth more."""


@dataclass(frozen=True, eq=False)
class BezierKeys:
    """N keys of one curve. indices (N,): the samples that they lie on. values (N,).

    left, right (N,): the values of the handles, which lie a third of the span away from their key.
    is_smooth (N,): whether both handles lie on one straight line through the key.
    """

    indices: np.ndarray
    values: np.ndarray
    left: np.ndarray
    right: np.ndarray
    is_smooth: np.ndarray


def reduced_keys(samples: np.ndarray, bounds: Sequence[float] | np.ndarray) -> list[BezierKeys]:
    """Few keys that keep every curve within its bound at every sample: no choice among the spans of `SPANS` needs fewer segments.

    samples: (F, C), evenly spaced in time. bounds: (C,), in the unit of the samples; 0 keeps all that is no straight line.
    """
    samples = np.asarray(samples, np.float64)
    if len(samples) < 2:
        return [_straight_keys(column, np.arange(len(samples))) for column in samples.T]
    limits = _ROUNDING * np.asarray(bounds, np.float64) + 1e-7
    found: list[BezierKeys | None] = [
        _straight_keys(column, np.array([0, len(column) - 1])) if _is_straight(column, limit) else None
        for column, limit in zip(samples.T, limits, strict=True)
    ]
    rest = [index for index, keys in enumerate(found) if keys is None]
    if rest:
        costs = [_span_costs(samples[:, index], _CHOOSING_SHARE * limits[index]) for index in rest]
        for index, indices in zip(rest, _shortest_paths(np.stack(costs, axis=-1)), strict=True):
            found[index] = _smoothed(samples[:, index], indices, limits[index])
    return [keys for keys in found if keys is not None]


def curve_values(keys: BezierKeys, sample_count: int) -> np.ndarray:
    """The curve at every sample, (F,): what Blender evaluates."""
    after = np.clip(np.searchsorted(keys.indices, np.arange(sample_count), side="right"), 1, max(len(keys.indices) - 1, 1))
    if len(keys.indices) == 1:
        return np.full(sample_count, keys.values[0])
    first, last = after - 1, after
    share = (np.arange(sample_count) - keys.indices[first]) / (keys.indices[last] - keys.indices[first])
    corners = np.stack([keys.values[first], keys.right[first], keys.left[last], keys.values[last]], axis=1)
    return np.sum(_bernstein(share) * corners, axis=1)


def _bernstein(share: np.ndarray) -> np.ndarray:
    """The four cubic weights at places 0..1 of a span: (N,) -> (N, 4)."""
    rest = 1.0 - share
    return np.stack([rest**3, 3 * share * rest**2, 3 * share**2 * rest, share**3], axis=-1)


def _is_straight(column: np.ndarray, limit: float) -> bool:
    return bool(np.abs(column - np.linspace(column[0], column[-1], len(column))).max() <= limit)


def _straight_keys(column: np.ndarray, indices: np.ndarray) -> BezierKeys:
    """Keys at `indices` (N,), joined by straight lines."""
    values = column[indices]
    steps = np.diff(values) / 3.0
    left, right = values.copy(), values.copy()
    left[1:] -= steps
    right[:-1] += steps
    return BezierKeys(indices, values, left, right, np.zeros(len(indices), bool))


def _bends(column: np.ndarray, starts: np.ndarray, span: int) -> tuple[np.ndarray, np.ndarray]:
    """One fit from each start: how far the handles leave the straight line, (2, N), and the errors between, (span - 1, N)."""
    inside = np.arange(1, span)[:, None]
    share = (inside / span).astype(column.dtype)
    first, last = column[starts], column[starts + span]
    above_line = column[starts + inside]
    above_line -= first + share * (last - first)
    basis, solution = _handle_fit(span)
    bends = solution @ above_line
    above_line -= basis @ bends
    return bends, above_line


@cache
def _handle_fit(span: int) -> tuple[np.ndarray, np.ndarray]:
    """What the bends of two handles do to the samples between, (span - 1, 2), and the least-squares way back, (2, span - 1)."""
    basis = _bernstein(np.arange(1, span) / span)[:, 1:3].astype(np.float32)
    return basis, np.linalg.pinv(basis)


def _span_costs(column: np.ndarray, limit: float) -> np.ndarray:
    """(F, S): the cost of a segment of SPANS[s] samples that ends at a sample: 1 where it fits, else infinite.

    Where a span has failed, longer ones from the same start are not tried.
    """
    column = column.astype(np.float32)
    costs = np.full((len(column), len(SPANS)), np.inf, np.float32)
    costs[1:, 0] = 1.0
    starts = np.arange(len(column))
    for place, span in enumerate(SPANS[1:], 1):
        starts = starts[starts + span < len(column)]
        _, error = _bends(column, starts, span)
        starts = starts[np.abs(error, out=error).max(axis=0) <= limit]
        costs[starts + span, place] = 1.0
    return costs


def _shortest_paths(costs: np.ndarray) -> list[np.ndarray]:
    """The samples with a key, for each of C curves, so that the segments are fewest. costs: (F, S, C)."""
    sample_count, _, curve_count = costs.shape
    spans, reach = np.array(SPANS), SPANS[-1]
    # Sample f has row `reach + f`: every span can look back, and finds no way before the first sample.
    segments = np.full((reach + sample_count, curve_count), np.inf, np.float32)
    segments[reach] = 0.0
    chosen = np.zeros((sample_count, curve_count), np.int64)
    beginnings = reach - spans
    for sample in range(1, sample_count):
        ways = segments.take(beginnings + sample, axis=0)
        ways += costs[sample]
        segments[reach + sample] = np.minimum.reduce(ways)
        chosen[sample] = ways.argmin(axis=0)
    return [_path(spans[column]) for column in chosen.T]


def _path(chosen: np.ndarray) -> np.ndarray:
    """From the last sample back to the first. chosen (F,): the span that ends at a sample."""
    path = [len(chosen) - 1]
    while path[-1] > 0:
        path.append(path[-1] - int(chosen[path[-1]]))
    return np.array(path[::-1])


def _smoothed(column: np.ndarray, indices: np.ndarray, limit: float) -> BezierKeys:
    """Fitted handles for the keys at `indices`, in line with each other wherever the bound allows it."""
    spans = np.diff(indices)
    slopes = _fitted_slopes(column, indices)
    is_smooth = np.ones(len(indices), bool)
    is_smooth[[0, -1]] = False
    while True:
        keys = _keys_with_slopes(column, indices, slopes, is_smooth)
        error = np.abs(curve_values(keys, len(column)) - column)
        has_failed = np.maximum.reduceat(error, indices[:-1]) > limit
        has_failed &= (is_smooth[:-1] | is_smooth[1:]) & (spans > 1)
        if not has_failed.any():
            return keys
        is_smooth[:-1] &= ~has_failed
        is_smooth[1:] &= ~has_failed


def _fitted_slopes(column: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """The fits' change per sample at the beginning and the end of every segment, (N - 1, 2)."""
    spans = np.diff(indices)
    slopes = np.repeat((np.diff(column[indices]) / spans)[:, None], 2, axis=1)
    for span in np.unique(spans[spans > 1]):
        rows = np.flatnonzero(spans == span)
        bends, _ = _bends(column, indices[rows], span)
        slopes[rows] += 3.0 * bends.T / span * (1.0, -1.0)
    return slopes


def _keys_with_slopes(column: np.ndarray, indices: np.ndarray, slopes: np.ndarray, is_smooth: np.ndarray) -> BezierKeys:
    """Keys whose two slopes are made one, the mean by length, where `is_smooth` (N,) says so."""
    spans = np.diff(indices)
    slopes = slopes.copy()
    inner = np.flatnonzero(is_smooth)
    before, after = spans[inner - 1], spans[inner]
    mean = (before * slopes[inner - 1, 1] + after * slopes[inner, 0]) / (before + after)
    slopes[inner - 1, 1] = slopes[inner, 0] = mean
    values = column[indices]
    left, right = values.copy(), values.copy()
    right[:-1] += slopes[:, 0] * spans / 3.0
    left[1:] -= slopes[:, 1] * spans / 3.0
    return BezierKeys(indices, values, left, right, is_smooth)
