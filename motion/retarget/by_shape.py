"""The retargeter by shape: the controls' values whose deformation is nearest to what the performance wants of the skin.

Box-constrained least squares with smoothness in time and symmetry; wherever the performance shuts its lips, the rig's lips shut.
"""

from dataclasses import dataclass

import numpy as np

from ...bridge.data import ARKIT_NAMES, MotionClip, OpenHuman, mirrored_name
from ...bridge.errors import InvalidInput
from ...bridge.rigs import TargetCurves, TargetName
from ...bridge.rigs.curves import BONE_KINDS
from .box_solve import BoxProblem, box_least_squares
from .controls import FaceControls
from .seam import closed_samples
from .symmetry import mirror_matrix
from .wanted import WantedFace

_LIPS_SHARE = 1.0
"""What the opening of the lips weighs against the whole skin."""
_REST_SHARE, _IDLE_SHARE = 2e-3, 2e-4
"""What draws controls to rest: shares of what they do themselves, and of what a usual motion of any of them does."""
_NEAR_SHARE = 10.0
"""What draws bones to where they would rather be, of what they do themselves."""
_CUTOFF_HZ = 15.0
_CLOSURE_MARGIN = 0.004
"""Lips that must shut may keep this share of the mouth's width."""
_KEPT_APART = 0.4


@dataclass(frozen=True, eq=False)
class FaceFit:
    """What a solve needs, whatever the mesh had of vertices. targets: N controls; gram (N, N); cross (N, 52); gap_rows (R, N) and
    wanted_gaps (52, R): metres by which the lips part; lower, upper (N,); width_m of the mouth."""

    targets: tuple[tuple[TargetName, ...], ...]
    gram: np.ndarray
    cross: np.ndarray
    gap_rows: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    width_m: float


def face_fit(wanted: WantedFace, controls: FaceControls, is_symmetric: bool = True) -> FaceFit:
    """Raises InvalidInput where no control moves the face. is_symmetric: mirrored performances give mirrored values, where every
    control of one side has its like on the other."""
    if not controls.targets:
        raise InvalidInput("Nothing of this rig moves the face: it needs shape keys, or bones with skin around the mouth.")
    root = np.sqrt(wanted.weights)[:, None]
    columns = (controls.columns * root).reshape(len(controls.targets), -1)
    aims = (wanted.offsets * root).reshape(len(ARKIT_NAMES), -1)
    gaps = controls.columns[..., 1] @ wanted.seam.gap_rows(wanted.vertices).T
    share = _LIPS_SHARE / gaps.shape[1]
    gram = columns @ columns.T + share * gaps @ gaps.T
    cross = columns @ aims.T + share * gaps @ wanted.gaps_m().T
    rows = gaps.T
    mirror = mirror_matrix(controls) if is_symmetric else None
    if mirror is not None:
        channels = [ARKIT_NAMES.index(mirrored_name(name)) for name in ARKIT_NAMES]
        gram = 0.5 * (gram + mirror @ gram @ mirror.T)
        cross = 0.5 * (cross + mirror @ cross[:, channels])
        rows = 0.5 * (rows + rows[::-1] @ mirror.T)
    usual_motion = (np.diag(gram) * controls.usual**2).mean() / controls.usual**2
    gram = gram + np.diag(_REST_SHARE * np.diag(gram) + _IDLE_SHARE * usual_motion)
    return FaceFit(controls.targets, gram, cross, rows, controls.lower, controls.upper, wanted.seam.width_m)


def retarget_by_shape(clip: MotionClip, fit: FaceFit, human: OpenHuman, near: TargetCurves | None = None) -> TargetCurves:
    """The composed performance on a rig. human: whose face was performed, which tells when lips are shut.

    near: what bones would rather do, zero for those it leaves out: skin alone lets lips pull where the jaw should turn.
    """
    weights = clip.blend_shapes(ARKIT_NAMES).astype(np.float64)
    is_closed = source_closures(weights, human)
    bounds = np.where(is_closed[:, None], _CLOSURE_MARGIN * fit.width_m, np.inf) * np.ones(len(fit.gap_rows))
    gram, linear = fit.gram, weights @ fit.cross.T
    if near is not None:
        ties = _NEAR_SHARE * np.diag(gram) * np.array([group[0].kind in BONE_KINDS for group in fit.targets])
        for index, group in enumerate(fit.targets):
            if group[0] in near.targets:
                linear[:, index] += ties[index] * near.column(group[0])
        gram = gram + np.diag(ties)
    smoothness = _smoothness(clip.fps)
    values = box_least_squares(BoxProblem(gram, linear, fit.lower, fit.upper, fit.gap_rows, bounds, smoothness))
    names = tuple(name for group in fit.targets for name in group)
    columns = [index for index, group in enumerate(fit.targets) for _ in group]
    return TargetCurves(clip.fps, names, values[:, columns])


def source_closures(weights: np.ndarray, human: OpenHuman) -> np.ndarray:
    """When the open human's lips are shut under weights (F, 52): (F,) bool."""
    at_rest = float(human.lip_gap_m(np.zeros((1, len(ARKIT_NAMES))))[0])
    width = float(np.ptp(human.vertices[human.lip_pairs][..., 0]))
    return closed_samples(human.lip_gap_m(weights) - at_rest, width)


def _smoothness(fps: float) -> float:
    """Half of an averagely stiff motion is left at the cutoff."""
    turn = 2.0 * np.pi * min(_CUTOFF_HZ / fps, _KEPT_APART)
    return 1.0 / (2.0 - 2.0 * np.cos(turn)) ** 2
