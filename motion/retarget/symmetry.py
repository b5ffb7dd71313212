"""Which control of a rig is the mirror image of which."""

from dataclasses import replace

import numpy as np

from ...bridge.rigs import TargetName
from ...bridge.rigs.mirror import mirrored_rig_name
from .controls import FaceControls

_TURNED = {("bone_rotation", "y"), ("bone_rotation", "z"), ("bone_location", "x")}
_ONE_SIDED = 0.3


def mirror_matrix(controls: FaceControls) -> np.ndarray | None:
    """(N, N): values of the mirrored pose out of those of a pose; None where a control of one side lacks its other."""
    place = {name: index for index, group in enumerate(controls.targets) for name in group}
    matrix = np.zeros((len(controls.targets), len(controls.targets)))
    for index, (group, side) in enumerate(zip(controls.targets, controls.sides, strict=True)):
        other = place.get(_other(group[0])) if abs(side) > _ONE_SIDED else index
        if other is None:
            return None
        matrix[other, index] = -1.0 if (group[0].kind, group[0].axis) in _TURNED else 1.0
    return matrix


def _other(target: TargetName) -> TargetName:
    return replace(target, name=mirrored_rig_name(target.name), object=mirrored_rig_name(target.object))
