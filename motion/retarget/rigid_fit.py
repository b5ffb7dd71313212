"""Bones laid under displaced skin: weighted Procrustes, bone after bone, with the rig's own skin weights.

The update of one bone is that of Le and Deng 2012 (Smooth Skinning Decomposition with Rigid Bones, section 4.2): the rotation and
translation that best explain what all other bones leave of the displaced skin. Many displacements are fitted at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

_SWEEPS = 12
_HOLD_M, _HOLD_SHARE = 0.01, 0.5
"""A bone would rather turn as its parent does: as if so much of its skin lay so far off and knew of no more."""


@dataclass(frozen=True, eq=False)
class SkinFit:
    """points (P, 3) at rest; weights (P,), how much each counts; skin (P, J); parents (J,), a parent before its children.

    pivots: bone -> the point (3,) about which it may only turn, carried by its parent. Other bones in `free` move freely, and the
    rest follow their parents.
    """

    points: np.ndarray
    weights: np.ndarray
    skin: np.ndarray
    parents: np.ndarray
    pivots: Mapping[int, np.ndarray]
    free: frozenset[int]

    def transforms(self, aims: np.ndarray) -> np.ndarray:
        """Displaced points (K, P, 3) -> rest to pose of every bone, (K, J, 3, 4)."""
        count = len(aims)
        found = np.broadcast_to(np.eye(3, 4), (count, len(self.parents), 3, 4)).copy()
        left = aims - np.einsum("pj,kjxy,py->kpx", self.skin, found, _homogeneous(self.points), optimize=True)
        carried = {bone: np.flatnonzero(self.skin[:, bone] > 1e-4) for bone in range(len(self.parents))}
        for _ in range(_SWEEPS):
            for bone, parent in enumerate(self.parents):
                above = found[:, parent] if parent >= 0 else np.broadcast_to(np.eye(3, 4), (count, 3, 4))
                is_fitted = len(carried[bone]) and (bone in self.free or bone in self.pivots)
                after = self._fitted(bone, carried[bone], left, found[:, bone], above) if is_fitted else above
                left[:, carried[bone]] -= self._moved(bone, carried[bone], after - found[:, bone])
                found[:, bone] = after
        return found

    def _moved(self, bone: int, rows: np.ndarray, transforms: np.ndarray) -> np.ndarray:
        """What a bone with (K, 3, 4) contributes to the points that it carries, (K, P, 3)."""
        return self.skin[rows, bone, None] * (_homogeneous(self.points[rows]) @ transforms.swapaxes(-1, -2))

    def _fitted(self, bone: int, rows: np.ndarray, left: np.ndarray, before: np.ndarray, above: np.ndarray) -> np.ndarray:
        """One bone's transform (K, 3, 4), given what is left (K, P, 3) and the parent's."""
        share, points = self.skin[rows, bone], self.points[rows]
        goals = (left[:, rows] + self._moved(bone, rows, before)) / share[:, None]
        mass = self.weights[rows] * share**2
        pivot = self.pivots.get(bone)
        if pivot is None:
            centre, goal = mass @ points / mass.sum(), np.einsum("p,kpx->kx", mass, goals) / mass.sum()
        else:
            centre, goal = pivot, above[:, :, :3] @ pivot + above[:, :, 3]
        covariance = np.einsum("p,kpx,py->kxy", mass, goals - goal[:, None], points - centre, optimize=True)
        rotation = _nearest_rotation(covariance + _HOLD_SHARE * mass.sum() * _HOLD_M**2 * above[:, :, :3])
        return np.concatenate([rotation, (goal - rotation @ centre)[..., None]], axis=-1)


def _nearest_rotation(covariance: np.ndarray) -> np.ndarray:
    """The rotations (K, 3, 3) that bring points nearest to their goals, whose products they are (Kabsch 1976)."""
    left, _, right = np.linalg.svd(covariance)
    flip = np.ones(covariance.shape[:2])
    flip[:, 2] = np.sign(np.linalg.det(left @ right))
    return (left * flip[:, None]) @ right


def _homogeneous(points: np.ndarray) -> np.ndarray:
    return np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1)
