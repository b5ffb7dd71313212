"""For scripts: the smallest meshes with shape keys and the smallest armatures that can be a character."""

from typing import Any

import bpy
import numpy as np

DOWN, UP, OUT = (0.0, 0.0, -0.03), (0.0, 0.0, 0.01), (0.0, -0.02, 0.0)


def mesh(
    name: str, keys: dict[str, tuple[float, float, float]], parent: Any = None, groups: dict[str, slice] | None = None
) -> Any:
    """A strip of points up the Z axis, of whose lower half every key moves each second one."""
    points = np.stack([0.02 * np.cos(np.arange(24.0)), 0.02 * np.sin(np.arange(24.0)), np.linspace(1.5, 1.7, 24)], axis=1)
    data = bpy.data.meshes.new(name)
    data.from_pydata(points.tolist(), [], [(index, index + 1, index + 2) for index in range(22)])
    item = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(item)
    if keys:
        item.shape_key_add(name="Basis")
    for key, way in keys.items():
        block = item.shape_key_add(name=key, from_mix=False)
        moved = points.copy()
        moved[:12:2] += way
        block.data.foreach_set("co", moved.astype(np.float32).ravel())
        block.value = 0.0
    for bone, rows in (groups or {}).items():
        item.vertex_groups.new(name=bone).add(list(range(24)[rows]), 1.0, "REPLACE")
    if parent is not None:
        item.parent = parent
        if parent.type == "ARMATURE":
            item.modifiers.new("Armature", "ARMATURE").object = parent
    return item


def armature(name: str, heads: dict[str, tuple[float, float, float]], roll: float = 0.0) -> Any:
    data = bpy.data.armatures.new(name)
    item = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(item)
    bpy.context.view_layer.update()
    bpy.context.view_layer.objects.active = item
    bpy.ops.object.mode_set(mode="EDIT")
    parent = None
    for bone, head in heads.items():
        made = data.edit_bones.new(bone)
        made.head, made.tail, made.roll = head, (head[0], head[1] - 0.05, head[2]), roll
        made.parent = parent
        parent = made if bone in ("neck", "head") else parent
    bpy.ops.object.mode_set(mode="OBJECT")
    return item
