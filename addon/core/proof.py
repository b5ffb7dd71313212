"""Whether a mesh does what a clip asks of it, told from a few of its vertices at the moments that ask most."""

from collections.abc import Sequence

import numpy as np

from ...bridge.data import ARKIT_NAMES, SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES, SMPLX_JOINT_PARENTS, MotionClip, OpenHuman
from ...bridge.data.rotation import composed_rotations

MOVES = 0.5
"""A part that makes at least this share of the motion that is asked of it moves."""
UNKNOWN = -1.0
"""Stands for a share that could not be measured."""
LEAST_OPENING_M = 0.002
LEAST_TURN_RAD = 0.02
"""A clip that opens the mouth or turns the head by less asks for nothing that could be seen."""
_WITNESSES, _PAIRS = 200, 64
_MOVERS_SHARE = 0.5
_LEAST_CHANGE = 0.2
"""Pairs must change by this share of the motion, or the mesh moves as one piece and distances tell nothing."""


def mouth_moments(clip: MotionClip, human: OpenHuman) -> tuple[int, int] | None:
    """The samples of the strongest closure and the strongest opening; None where the mouth hardly moves."""
    gap_m = human.lip_gap_m(clip.blend_shapes(ARKIT_NAMES))
    if not len(gap_m) or np.ptp(gap_m) < LEAST_OPENING_M:
        return None
    return int(gap_m.argmin()), int(gap_m.argmax())


def head_chain() -> tuple[str, ...]:
    """The joints that turn the head, from the pelvis upwards."""
    chain, joint = [], SMPLX_JOINT_INDEX["head"]
    while joint >= 0:
        chain.append(SMPLX_JOINT_NAMES[joint])
        joint = SMPLX_JOINT_PARENTS[joint]
    return tuple(reversed(chain))


def turn_moments(clip: MotionClip, joint_names: Sequence[str]) -> tuple[int, int, float] | None:
    """Two samples far apart in the turn of the head, and the turn between them in radians; None where it hardly turns.

    joint_names: those of `head_chain` that the rig has.
    """
    if not joint_names or not clip.frame_count:
        return None
    whole = np.zeros((clip.frame_count, 3))
    for rotation in np.moveaxis(clip.joints(list(joint_names)), 1, 0):
        whole = composed_rotations(whole, rotation)
    first = int(np.linalg.norm(whole - whole.mean(axis=0), axis=1).argmax())
    turns = np.linalg.norm(composed_rotations(np.repeat(-whole[first : first + 1], len(whole), axis=0), whole), axis=1)
    second = int(turns.argmax())
    return (first, second, float(turns[second])) if turns[second] >= LEAST_TURN_RAD else None


def witness_pairs(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Pairs of vertices (P, 2) whose distance changes most between two shapes of a mesh, (V, 3) each.

    A distance does not care how the whole head is turned meanwhile; what is far from the motion may be turned otherwise and is
    left out. Where nothing moves, or all as one piece, there is no pair.
    """
    motion = np.linalg.norm(after - before, axis=1)
    if not len(motion) or motion.max() <= 0.0:
        return np.zeros((0, 2), np.int64)
    movers = np.flatnonzero(motion > _MOVERS_SHARE * motion.max())
    centre = before[movers].mean(axis=0)
    reach = np.linalg.norm(before[movers] - centre, axis=1).max()
    others = np.flatnonzero(np.linalg.norm(before - centre, axis=1) <= reach)
    movers, others = (rows[:: -(-len(rows) // _WITNESSES)] for rows in (movers, others))
    change = np.abs(_distances(after, movers[:, None], others) - _distances(before, movers[:, None], others))
    strongest = np.argsort(-change, axis=None, kind="stable")[:_PAIRS]
    strongest = strongest[change.ravel()[strongest] > _LEAST_CHANGE * motion.max()]
    rows, columns = np.unravel_index(strongest, change.shape)
    return np.stack([movers[rows], others[columns]], axis=1)


def moved_share(pairs: np.ndarray, asked: tuple[np.ndarray, np.ndarray], seen: tuple[np.ndarray, np.ndarray]) -> float:
    """How much of the asked change of the pairs' distances is seen; 1 is all, 0 nothing. Shapes: (V, 3) before and after."""
    first, second = pairs.T
    return change_share(
        *(_distances(after, first, second) - _distances(before, first, second) for before, after in (asked, seen))
    )


def change_share(asked: np.ndarray, seen: np.ndarray) -> float:
    """How much of the asked changes of numbers (N,) is seen; 1 is all, 0 nothing."""
    size = float(np.sum(asked**2))
    return float(np.sum(asked * seen)) / size if size > 0.0 else 1.0


def own_motion(before: np.ndarray, after: np.ndarray) -> float:
    """How far a vertex moves within its mesh, (V, 3) both, beyond what the mesh does as one piece; a share of the mesh's size."""
    rotation = _alignment(before, after)
    still = (before - before.mean(axis=0)) @ rotation.T
    size = float(np.ptp(before, axis=0).max(initial=0.0))
    motion = np.linalg.norm(after - after.mean(axis=0) - still, axis=1)
    return float(motion.max(initial=0.0)) / size if size > 0.0 else 0.0


def _distances(vertices: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vertices[first] - vertices[second], axis=-1)


def turn_rad(asked: tuple[np.ndarray, np.ndarray], seen: tuple[np.ndarray, np.ndarray]) -> float:
    """The turn of a mesh between two moments, without what its face does. asked: (V, 3) at both, not turned; seen: turned."""
    first, second = (_alignment(still, turned) for still, turned in zip(asked, seen, strict=True))
    cosine = 0.5 * (np.trace(second @ first.T) - 1.0)
    return float(np.arccos(np.clip(cosine, -1.0, 1.0)))


def _alignment(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The rotation (3, 3) that lays one set of points (V, 3) best on another (Kabsch 1976)."""
    covariance = (target - target.mean(axis=0)).T @ (source - source.mean(axis=0))
    left, _, right = np.linalg.svd(covariance)
    mirror = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return left @ mirror @ right
