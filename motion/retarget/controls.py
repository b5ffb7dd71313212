"""What a rig's controls do to chosen vertices: shape keys by their offsets, bones by the skin on them, for small values."""

from dataclasses import dataclass

import numpy as np

from ...bridge.rigs import TargetName
from ...bridge.rigs.geometry import LOCATION_LIMIT_M, ROTATION_LIMIT_RAD, RigBones, RigGeometry
from .bone_roles import BoneRole, facial_bones

_LEAST_M = 2e-4
_TURN_RAD, _SHIFT_M = 0.35, 0.01


@dataclass(frozen=True, eq=False)
class FaceControls:
    """N controls. targets: what each moves, several where keys of one name stand on several meshes. columns (N, P, 3): metres at
    value 1. lower, upper (N,). usual (N,): a value that is a full motion, by which controls are weighed against each other.
    sides (N,): 1 for what moves the left half of the face alone, -1 for the right, 0 for both alike."""

    targets: tuple[tuple[TargetName, ...], ...]
    columns: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    usual: np.ndarray
    sides: np.ndarray


@dataclass(frozen=True, eq=False)
class _Control:
    """One row of FaceControls; column (P, 3)."""

    targets: tuple[TargetName, ...]
    column: np.ndarray
    lower: float
    upper: float
    usual: float


def face_controls(geometry: RigGeometry, vertices: np.ndarray) -> FaceControls:
    """All that moves one of the vertices (P,) by at least a fifth of a millimetre."""
    rest = geometry.vertices[vertices].astype(np.float64)
    found = [*_measured(geometry, vertices), *_bones(geometry.bones, rest, vertices)]
    found = [item for item in found if np.abs(item.column).max(initial=0.0) * item.usual > _LEAST_M]
    columns = np.array([item.column for item in found]).reshape(len(found), len(vertices), 3)
    energy = np.square(columns).sum(axis=2)
    lateral = rest[:, 0] - rest[:, 0].mean()
    sides = (energy @ lateral) / np.maximum(energy @ np.abs(lateral), 1e-30)
    lower, upper, usual = np.array([(item.lower, item.upper, item.usual) for item in found]).reshape(-1, 3).T
    return FaceControls(tuple(item.targets for item in found), columns, lower, upper, usual, sides)


def _measured(geometry: RigGeometry, vertices: np.ndarray) -> list[_Control]:
    controls = geometry.controls
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    for index, target in enumerate(controls.targets):
        # One key on several meshes is one control; bones and properties of one name on two objects are two.
        owner = "" if target.kind == "shape_key" else target.object
        groups.setdefault((target.kind, owner, target.name, target.axis), []).append(index)
    found = []
    for members in groups.values():
        column = np.array([controls.dense(index, len(geometry.vertices))[vertices] for index in members], np.float64).sum(axis=0)
        lower, upper = (float(value) for value in controls.ranges[members[0]])
        usual = max(abs(lower), abs(upper), 1e-9)
        found.append(_Control(tuple(controls.targets[index] for index in members), column, lower, upper, usual))
    return found


def _bones(bones: RigBones, rest: np.ndarray, vertices: np.ndarray) -> list[_Control]:
    """Six numbers a bone, three of the jaw, which only turns; none of what no skin tells about. rest: (P, 3)."""
    found = []
    for bone, role in facial_bones(bones).items():
        if role in (BoneRole.EYE, BoneRole.INSIDE):
            continue
        carried = _carried(bones, bone, vertices)[:, None]
        for axis, direction in zip("xyz", np.eye(3), strict=True):
            turn = TargetName("bone_rotation", bones.objects[bone], bones.names[bone], axis)
            shift = TargetName("bone_location", bones.objects[bone], bones.names[bone], axis)
            turned, shifted = carried * np.cross(direction, rest - bones.heads[bone]), carried * direction
            found.append(_Control((turn,), turned, -ROTATION_LIMIT_RAD, ROTATION_LIMIT_RAD, _TURN_RAD))
            if role is not BoneRole.JAW:
                found.append(_Control((shift,), shifted, -LOCATION_LIMIT_M, LOCATION_LIMIT_M, _SHIFT_M))
    return found


def _carried(bones: RigBones, bone: int, vertices: np.ndarray) -> np.ndarray:
    """How much of each vertex moves with a bone and all below it, (P,)."""
    below = {bone}
    for child in range(bone + 1, len(bones.names)):
        if int(bones.parents[child]) in below:
            below.add(child)
    is_below = np.isin(bones.skin_bones[vertices], list(below))
    return np.where(is_below, bones.skin_weights[vertices], 0.0).sum(axis=1)
