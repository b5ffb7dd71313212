"""The open human's armature: one bone per joint, pointing to its children."""

from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from ...bridge.data.open_human import OpenHuman
from ..core.axes import y_up_to_z_up

_SHORTEST_BONE_M = 0.01
_LEAF_BONE_M = 0.03


def build_armature(human: OpenHuman, collection: Any) -> Any:
    """An armature object named after the human, its bones named after the joints."""
    data = bpy.data.armatures.new("Vivavoce Rig")
    item = bpy.data.objects.new("Vivavoce Rig", data)
    collection.objects.link(item)
    data.display_type = "STICK"
    item.show_in_front = True
    bpy.context.view_layer.update()
    bpy.context.view_layer.objects.active = item
    bpy.ops.object.mode_set(mode="EDIT")
    heads = y_up_to_z_up(human.joint_positions)
    bones = []
    for joint, (name, parent) in enumerate(zip(human.joint_names, human.joint_parents, strict=True)):
        bone = data.edit_bones.new(name)
        bone.head = Vector(heads[joint])
        bone.tail = Vector(heads[joint] + _bone_direction(human, heads, joint))
        bone.parent = bones[parent] if parent >= 0 else None
        bones.append(bone)
    bpy.ops.object.mode_set(mode="OBJECT")
    return item


def _bone_direction(human: OpenHuman, heads: np.ndarray, joint: int) -> np.ndarray:
    """From a joint to its child; a fork takes the child that goes on straightest, a leaf goes on as its parent did: (3,)."""
    children = np.flatnonzero(human.joint_parents == joint)
    parent = human.joint_parents[joint]
    onward = heads[joint] - heads[parent] if parent >= 0 else np.array([0.0, 0.0, 1.0])
    onward = onward / max(float(np.linalg.norm(onward)), 1e-9)
    directions = [heads[child] - heads[joint] for child in children]
    directions = [d for d in directions if np.linalg.norm(d) >= _SHORTEST_BONE_M]
    if not directions or human.joint_names[joint] == "head":
        upright = np.array([0.0, 0.0, 0.12]) if human.joint_names[joint] == "head" else _LEAF_BONE_M * onward
        return upright
    return max(directions, key=lambda d: float(d @ onward) / float(np.linalg.norm(d)))
