"""The lips of a rig: where they meet, and how far they stand open."""

from dataclasses import dataclass

import numpy as np

_COLUMNS = 25
CLOSED_SHARE = 0.02
"""Lips are shut when no part of them stands open by more than this share of the mouth's width."""


@dataclass(frozen=True, eq=False)
class LipSeam:
    """N columns from the right corner to the left: upper, lower (N, 3) vertices and upper_weights, lower_weights (N, 3).

    rest_gaps_m (N,): what parts the points of a mouth that is at rest, and is taken for shut. width_m: from corner to corner.
    """

    upper: np.ndarray
    upper_weights: np.ndarray
    lower: np.ndarray
    lower_weights: np.ndarray
    rest_gaps_m: np.ndarray
    width_m: float

    @property
    def vertices(self) -> np.ndarray:
        """Every vertex that some column reads, each once."""
        return np.unique(np.concatenate([self.upper.ravel(), self.lower.ravel()]))

    def gap_rows(self, vertices: np.ndarray) -> np.ndarray:
        """(N, P): times the heights of the sorted `vertices` (P,), how far the columns stand open."""
        rows = np.zeros((len(self.upper), len(vertices)))
        index = np.arange(len(rows))[:, None]
        np.add.at(rows, (index, np.searchsorted(vertices, self.upper)), self.upper_weights)
        np.add.at(rows, (index, np.searchsorted(vertices, self.lower)), -self.lower_weights)
        return rows

    def opening_m(self, positions: np.ndarray, vertices: np.ndarray) -> np.ndarray:
        """(F, P, 3) of the sorted `vertices` -> (F,): the widest column, against a mouth at rest."""
        return (positions[..., 1] @ self.gap_rows(vertices).T - self.rest_gaps_m).max(axis=-1)


def measured_seam(
    vertices: np.ndarray, upper: np.ndarray, upper_weights: np.ndarray, lower: np.ndarray, lower_weights: np.ndarray
) -> LipSeam:
    """A seam of a mouth that is shut at rest, vertices (V, 3)."""
    above = np.einsum("nk,nkc->nc", upper_weights, vertices[upper])
    below = np.einsum("nk,nkc->nc", lower_weights, vertices[lower])
    width = float(np.ptp(0.5 * (above + below)[:, 0]))
    return LipSeam(upper, upper_weights, lower, lower_weights, above[:, 1] - below[:, 1], width)


def spread_columns(count: int) -> np.ndarray:
    """So many of `count` columns as a solve needs, evenly spread and with both ends."""
    return np.round(np.linspace(0, count - 1, _COLUMNS)).astype(int)


def closed_samples(opening_m: np.ndarray, width_m: float) -> np.ndarray:
    """(F,) -> (F,) bool."""
    return opening_m < CLOSED_SHARE * width_m
