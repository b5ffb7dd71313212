"""What a retargeter gives: for every part of a rig that moves, one number per sample."""

from dataclasses import dataclass

import numpy as np

from ..errors import InvalidInput

TARGET_KINDS = ("shape_key", "bone_rotation", "bone_location", "property")
BONE_KINDS = ("bone_rotation", "bone_location")
AXES = ("x", "y", "z", "local_x", "local_y", "local_z")
"""The first three are those of the character (SMPL-X's: Y up, it faces +Z, its left is +X), whatever roll a bone has."""


@dataclass(frozen=True, order=True)
class TargetName:
    """A part of a rig that one number moves.

    kind: one of TARGET_KINDS. object: the object's name in Blender. name: of the shape key or the bone; of a property its path
    from the object, as `["smile"]` or `pose.bones["ctrl"]["smile"]`. axis: of AXES, for bones alone. A bone's rotations about its
    axes are one rotation vector in radians, its locations metres, relative to the rest pose; what is named `local_` is along the
    bone's own axes, locations then in the rig's own unit.
    """

    kind: str
    object: str
    name: str
    axis: str = ""

    def __post_init__(self) -> None:
        if self.kind not in TARGET_KINDS:
            raise InvalidInput(f"No target is of kind {self.kind!r}. Choose from: {', '.join(TARGET_KINDS)}.")
        if not self.name:
            raise InvalidInput(f"A target of kind {self.kind} needs a name.")
        if self.axis not in (AXES if self.kind in BONE_KINDS else ("",)):
            allowed = f"one of {', '.join(AXES)}" if self.kind in BONE_KINDS else "no axis"
            raise InvalidInput(f"The target {self.name!r} of kind {self.kind} has the axis {self.axis!r}; it needs {allowed}.")


@dataclass(frozen=True, eq=False)
class TargetCurves:
    """values: (F, N), sample i at i / fps, one column per target; of shape keys weights, else what `TargetName` says."""

    fps: float
    targets: tuple[TargetName, ...]
    values: np.ndarray

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.targets):
            raise InvalidInput(f"Curves of {len(self.targets)} targets cannot have values of shape {self.values.shape}.")
        if len(set(self.targets)) != len(self.targets):
            raise InvalidInput("A target stands twice among the curves.")
        values = np.array(self.values, np.float32)
        if not np.isfinite(values).all():
            raise InvalidInput("Curves hold values that are not finite numbers.")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def column(self, target: TargetName) -> np.ndarray:
        """The values of one target, (F,)."""
        return self.values[:, self.targets.index(target)]
