"""How well a rig says what was performed, measured on its own deformed mesh."""

from dataclasses import dataclass

import numpy as np

from ...bridge.data import ARKIT_NAMES, MotionClip, OpenHuman
from ...bridge.data.ipa import is_bilabial
from ...bridge.rigs import TargetCurves
from ...bridge.rigs.geometry import RigGeometry
from .by_shape import source_closures
from .seam import closed_samples
from .wanted import WantedFace

_ERROR_SAMPLES = 200


@dataclass(frozen=True)
class RetargetScores:
    """opening_correlation: of the lips' opening with the source's, over time. closures_kept: the share of the source's shut
    samples in which the rig's lips are shut; labials_kept: of its p, b and m, None where the clip tells of none.
    error_of_head: mean distance of the skin from where the performance wants it, as a share of the head's height.
    """

    opening_correlation: float
    closures_kept: float
    labials_kept: float | None
    error_of_head: float


def retarget_scores(
    clip: MotionClip, curves: TargetCurves, geometry: RigGeometry, wanted: WantedFace, human: OpenHuman
) -> RetargetScores:
    """Measured on the rig under the curves, against the open human under the clip."""
    weights = clip.blend_shapes(ARKIT_NAMES)
    seam = wanted.seam
    opening = seam.opening_m(geometry.deformed(curves.targets, curves.values, seam.vertices), seam.vertices)
    is_closed, is_shut = source_closures(weights, human), closed_samples(opening, seam.width_m)
    source = np.maximum(human.lip_gap_m(weights), 0.0)
    varies = source.std() > 0.0 and opening.std() > 0.0
    return RetargetScores(
        float(np.corrcoef(np.maximum(opening, 0.0), source)[0, 1]) if varies else 0.0,
        float(is_shut[is_closed].mean()) if is_closed.any() else 1.0,
        _labials_kept(clip, is_closed, is_shut),
        _error_of_head(weights, curves, geometry, wanted),
    )


def _labials_kept(clip: MotionClip, is_closed: np.ndarray, is_shut: np.ndarray) -> float | None:
    """The share of the p, b and m that the source closes for, in which the rig closes; (F,) each."""
    kept = []
    for phoneme in clip.phonemes:
        samples = slice(int(phoneme.start_s * clip.fps), int(np.ceil(phoneme.end_s * clip.fps)) + 1)
        if is_bilabial(phoneme.symbol) and is_closed[samples].any():
            kept.append(bool(is_shut[samples].any()))
    return float(np.mean(kept)) if kept else None


def _error_of_head(weights: np.ndarray, curves: TargetCurves, geometry: RigGeometry, wanted: WantedFace) -> float:
    samples = np.unique(np.linspace(0, len(weights) - 1, _ERROR_SAMPLES).astype(int))
    aims = geometry.vertices[wanted.vertices] + np.tensordot(weights[samples], wanted.offsets, axes=1)
    found = geometry.deformed(curves.targets, curves.values[samples], wanted.vertices)
    error = np.linalg.norm(found - aims, axis=2) @ wanted.weights
    return float(error.mean() / np.ptp(geometry.vertices[wanted.vertices, 1]))
