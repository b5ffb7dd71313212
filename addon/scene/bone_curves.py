"""Curves of pose bones: rotations in whatever mode a bone has, and vectors."""

from typing import Any

import bpy
import numpy as np
from mathutils import Quaternion

from ...bridge.data.rotation import quaternion_wxyz_to_axis_angle
from .actions import Curve

TURN_RAD = 0.2
"""A turn of the head that counts as full motion, of which reduced keys may miss a share; a quaternion holds half the angle."""
WALK_M = 0.1


def rotation_curves(bone: Any, quaternions: np.ndarray) -> list[Curve]:
    """quaternions: (F, 4) wxyz, from rest in the bone's own axes. The bone's own rotation mode is kept."""
    if bone.rotation_mode == "QUATERNION":
        return _vector_curves(bone, "rotation_quaternion", quaternions, 0.5 * TURN_RAD)
    if bone.rotation_mode == "AXIS_ANGLE":
        turns = quaternion_wxyz_to_axis_angle(quaternions)
        angle = np.linalg.norm(turns, axis=1, keepdims=True)
        axis = np.where(angle > 0.0, turns / np.maximum(angle, 1e-12), [0.0, 1.0, 0.0])
        return _vector_curves(bone, "rotation_axis_angle", np.concatenate([angle, axis], axis=1), TURN_RAD)
    return _vector_curves(bone, "rotation_euler", _eulers(quaternions, bone.rotation_mode), TURN_RAD)


def location_curves(bone: Any, locations: np.ndarray) -> list[Curve]:
    """locations: (F, 3), from rest in the bone's own axes and the armature's unit."""
    return _vector_curves(bone, "location", locations, WALK_M)


def _eulers(quaternions_wxyz: np.ndarray, order: str) -> np.ndarray:
    """(F, 4) -> (F, 3) radians in one of Blender's orders, without jumps."""
    eulers = []
    for quaternion in quaternions_wxyz:
        eulers.append(Quaternion(quaternion).to_euler(order, *eulers[-1:]))
    return np.array(eulers)


def _vector_curves(bone: Any, channel: str, values: np.ndarray, swing: float) -> list[Curve]:
    path = f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"].{channel}'
    return [Curve(path, values[:, index], index, bone.name, swing) for index in range(values.shape[1])]
