"""Scores: every measure of one performance beside its truth, and their mean over clips."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from ...bridge.data import ARKIT_NAMES, BLINK_NAMES, OpenHuman
from ..metrics import (
    FaceMesh,
    audio_onsets_s,
    beat_alignment,
    coverage_error_mm,
    diversity_mm,
    lip_vertex_error_mm,
    mean_estimate_error_mm,
    mean_vertex_error_mm,
    motion_beats_s,
    mouth_opening_difference_mm,
    mouth_opening_mm,
    upper_face_dynamics_deviation_mm2,
)
from .performances import Performed
from .truths import Truth

_UNKNOWN = float("nan")
_IS_BLINK = np.isin(ARKIT_NAMES, BLINK_NAMES)


@dataclass(frozen=True)
class Scores:
    """NaN is what cannot be measured. Distances in mm, fdd in mm^2; r0: correlation of the mouth's opening at zero lag."""

    lve: float = _UNKNOWN
    mve: float = _UNKNOWN
    fdd: float = _UNKNOWN
    mee: float = _UNKNOWN
    ce: float = _UNKNOWN
    diversity: float = _UNKNOWN
    mod: float = _UNKNOWN
    ba: float = _UNKNOWN
    r0: float = _UNKNOWN
    f1: float = _UNKNOWN
    auc: float = _UNKNOWN


MEASURES: tuple[str, ...] = tuple(field.name for field in fields(Scores))


class Judge:
    """Scores performances of one truth. Its onsets are found once."""

    def __init__(self, truth: Truth, mesh: FaceMesh, human: OpenHuman) -> None:
        self.truth = truth
        self.seconds = float(truth.is_valid.sum() / truth.fps)
        self._mesh, self._human = mesh, human
        self._rows = np.flatnonzero(truth.is_valid)
        self._known_truth = truth.weights[self._rows]
        self._onsets_s = audio_onsets_s(truth.audio)

    def scores(self, performance: Performed) -> Scores:
        """All that one performance alone tells."""
        rows, found = self._rows, {}
        predicted = self._known(performance.weights)
        if self.truth.has_mouth:
            found["lve"] = lip_vertex_error_mm(self._mesh, self._known_truth, predicted)
            found["mve"] = mean_vertex_error_mm(self._mesh, self._known_truth, predicted)
        if self.truth.has_upper_face:
            # Whether a blink falls into a line of three seconds is chance, and would drown what brows do.
            unblinking = (np.where(_IS_BLINK, np.float32(0.0), weights) for weights in (self._known_truth, predicted))
            found["fdd"] = upper_face_dynamics_deviation_mm2(self._mesh, *unblinking)
        opening_mm = mouth_opening_mm(self._human, self._as_long(performance.weights))
        found["mod"] = mouth_opening_difference_mm(self.truth.opening_mm[rows], opening_mm[rows])
        found["r0"] = correlation(self.truth.opening_mm[rows], opening_mm[rows])
        found["ba"] = self.beats(performance.head_rotation)
        return Scores(**found)

    def beats(self, head_rotation: np.ndarray) -> float:
        return beat_alignment(self._onsets_s, motion_beats_s(head_rotation, self.truth.fps))

    def over_draws(self, performances: Sequence[Performed]) -> dict[str, float]:
        """mee, ce and diversity; none where the truth has no whole mouth."""
        if not self.truth.has_mouth or len(performances) < 2:
            return {}
        draws = np.stack([self._known(each.weights) for each in performances])
        return {
            "mee": mean_estimate_error_mm(self._mesh, self._known_truth, draws),
            "ce": coverage_error_mm(self._mesh, self._known_truth, draws),
            "diversity": diversity_mm(self._mesh, draws[: len(draws) // 2 * 2]),
        }

    def _known(self, weights: np.ndarray) -> np.ndarray:
        """The valid frames of a performance, without what the truth does not know. (F, 52)"""
        return np.where(self.truth.is_known, self._as_long(weights)[self._rows], np.float32(0.0))

    def _as_long(self, weights: np.ndarray) -> np.ndarray:
        """As many frames as the truth has: a performance may end a frame earlier or later."""
        missing = len(self.truth.weights) - len(weights)
        return np.pad(weights, ((0, max(missing, 0)), (0, 0)), mode="edge")[: len(self.truth.weights)]


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson's, (F,) each; 0 where one of them stands still."""
    if len(first) < 2 or first.std() < 1e-9 or second.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def mean_scores(scores: Sequence[Scores], seconds: Sequence[float]) -> Scores:
    """Each measure's mean over the clips that have it, by their length."""
    means = {}
    for name in MEASURES:
        known = [(getattr(each, name), length) for each, length in zip(scores, seconds, strict=True)]
        known = [(value, length) for value, length in known if math.isfinite(value)]
        if known:
            means[name] = float(np.average([value for value, _ in known], weights=[length for _, length in known]))
    return Scores(**means)
