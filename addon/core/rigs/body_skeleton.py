"""An armature at rest, as plain arrays, and which way its body faces."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

_AS_BLENDER_STANDS = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
_LEAST_SINE = 0.2
_MOST_TILT_COSINE = 0.9
"""A body nearer to an axis of its armature than this (26 degrees) was built along it; a stoop or a crooked hip does not count."""


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Bones of one armature at rest, in its own space and unit, whatever axes that has.

    heads: (B, 3). axes: (B, 3, 3), columns are the bone's own axes. parents: (B,) index, -1 at a root; parents come first.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    heads: np.ndarray
    axes: np.ndarray

    def index(self, bone: str) -> int:
        return self.names.index(bone)


def body_axes(heads: Mapping[str, np.ndarray]) -> np.ndarray:
    """Rows say SMPL-X's axes (left, up, forward) in the armature's space: (3, 3), so that `body_axes @ point` is in SMPL-X's.

    heads: SMPL-X joint -> where its bone begins at rest, (3,). Where these tell no left or no up, the body is taken to stand
    along Blender's axes, facing -Y.
    """
    pairs = [
        heads[f"left_{part}"] - heads[f"right_{part}"] for part in _PAIRED if {f"left_{part}", f"right_{part}"} <= heads.keys()
    ]
    bottom = heads.get("pelvis", heads.get("neck"))
    if not pairs or bottom is None or "head" not in heads:
        return _AS_BLENDER_STANDS
    left, up = np.sum(pairs, axis=0), heads["head"] - bottom
    if np.linalg.norm(np.cross(left, up)) <= _LEAST_SINE * np.linalg.norm(left) * np.linalg.norm(up):
        return _AS_BLENDER_STANDS
    left = _nearest_axis(left)
    up = _nearest_axis(up - (up @ left) * left)
    up = up - (up @ left) * left
    up /= np.linalg.norm(up)
    return np.stack([left, up, np.cross(left, up)])


_PAIRED = ("shoulder", "hip", "collar", "wrist", "eye_smplhf")


def _nearest_axis(direction: np.ndarray) -> np.ndarray:
    """The axis of the armature that a direction means, of length 1; itself where it lies between them."""
    direction = direction / max(float(np.linalg.norm(direction)), 1e-12)
    largest = int(np.argmax(np.abs(direction)))
    if abs(direction[largest]) < _MOST_TILT_COSINE:
        return direction
    axis = np.zeros(3)
    axis[largest] = np.sign(direction[largest])
    return axis
