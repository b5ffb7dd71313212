"""A pose that an artist made by hand, taken as what a channel does at its fullest."""

from collections.abc import Iterable
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ....bridge.data.rotation import quaternion_wxyz_to_axis_angle
from ....bridge.errors import InvalidInput
from ....bridge.rigs import RigMapping, TargetName
from ...core.rigs.creature import CreaturePart, creature_rows, creature_sources
from ..character import Character

_LEAST_TURN_RAD, _LEAST_WAY, _LEAST_WEIGHT = 0.01, 1e-4, 0.01
_LOCAL_AXES = ("local_x", "local_y", "local_z")


def mapping_with_pose(rig: Character, mapping: RigMapping, channel: str) -> RigMapping:
    """`mapping`, with what is posed now as the full articulation `channel`. Raises InvalidInput where nothing is posed.

    What the channel did to these parts before is forgotten; its other parts stay.
    """
    parts = posed_parts(rig)
    if not parts:
        raise InvalidInput("Nothing is posed. Turn or move bones in Pose Mode, or raise shape keys, and press again.")
    posed, sources = {part.target for part in parts}, creature_sources(channel)
    kept = [row for row in mapping.rows if row.source not in sources or not posed & {part.target for part in row.targets}]
    rows = [row for part in parts for row in creature_rows(channel, part)]
    return RigMapping(mapping.convention, (*kept, *rows), mapping.joints)


def posed_parts(rig: Character) -> list[CreaturePart]:
    """Every bone and shape key of a character that is not at rest."""
    armature: Any = rig.armature
    parts = [part for bone in armature.pose.bones for part in _bone_parts(armature.name, bone)] if armature is not None else []
    for mesh in rig.meshes:
        keys = mesh.data.shape_keys.key_blocks[1:] if mesh.data.shape_keys is not None else ()
        parts += [
            CreaturePart(TargetName("shape_key", mesh.name, key.name), key.value)
            for key in keys
            if abs(key.value) > _LEAST_WEIGHT
        ]
    return parts


def clear_pose(parts: Iterable[CreaturePart]) -> None:
    """Back to rest, so that the next pose can be made."""
    for part in parts:
        if part.target.kind == "shape_key":
            bpy.data.objects[part.target.object].data.shape_keys.key_blocks[part.target.name].value = 0.0
        else:
            bpy.data.objects[part.target.object].pose.bones[part.target.name].matrix_basis = Matrix()


def _bone_parts(armature: str, bone: Any) -> list[CreaturePart]:
    """Components of a bone's turn and way from rest, along its own axes."""
    turn = quaternion_wxyz_to_axis_angle(np.array(bone.matrix_basis.to_quaternion()))
    moved = (("bone_rotation", turn, _LEAST_TURN_RAD), ("bone_location", np.array(bone.matrix_basis.translation), _LEAST_WAY))
    return [
        CreaturePart(TargetName(kind, armature, bone.name, axis), float(value))
        for kind, values, least in moved
        for axis, value in zip(_LOCAL_AXES, values, strict=True)
        if abs(value) > least
    ]
