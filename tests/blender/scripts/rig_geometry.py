"""rig_geometry.py RIG.fbx: how far Blender's deformation is from that of the arrays read from it, keys and bones at once."""

import json
import sys
from pathlib import Path

import bpy
import numpy as np

from vivavoce.addon.core.axes import z_up_to_y_up
from vivavoce.addon.scene.character import load_character_file
from vivavoce.addon.scene.rigs.face_curves import set_targets
from vivavoce.addon.scene.rigs.geometry import rig_geometry
from vivavoce.bridge.rigs import TargetCurves, TargetName


def evaluated(item: bpy.types.Object) -> np.ndarray:
    """(V, 3) in SMPL-X axes, metres."""
    shown = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = shown.to_mesh()
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    matrix = np.array(shown.matrix_world)
    shown.to_mesh_clear()
    return z_up_to_y_up(points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])


load_character_file(Path(sys.argv[-1]))
for action in list(bpy.data.actions):
    bpy.data.actions.remove(action)
mesh = next(item for item in bpy.data.objects if item.type == "MESH")
mesh.shape_key_add(name="Basis")
key = mesh.shape_key_add(name="lift")
for index in range(0, len(mesh.data.vertices), 3):
    key.data[index].co.y += 0.4 + 0.001 * index
armature = mesh.parent
for bone in armature.pose.bones:
    bone.matrix_basis.identity()
geometry = rig_geometry(bpy.context.scene.objects)
targets = (
    TargetName("shape_key", mesh.name, "lift"),
    *(TargetName("bone_rotation", armature.name, "Bip01 MJaw", axis) for axis in "xyz"),
    *(TargetName("bone_location", armature.name, "Bip01 MBottomLip", axis) for axis in "xyz"),
    *(TargetName("bone_rotation", armature.name, "Bip01 MBottomLip", axis) for axis in "xyz"),
    TargetName("bone_rotation", armature.name, "Bip01 LEye", "y"),
)
values = np.array([[0.7, 0.3, -0.1, 0.05, 0.004, 0.01, -0.006, 0.2, 0.1, -0.3, 0.4]])
rest = evaluated(mesh)
set_targets(TargetCurves(24.0, targets, values), 0)
bpy.context.view_layer.update()
found = geometry.deformed(targets, values, np.arange(len(geometry.vertices)))[0]
apart = np.linalg.norm(found - evaluated(mesh), axis=1).max()
print(json.dumps({"rest": float(np.linalg.norm(geometry.vertices - rest, axis=1).max()), "posed": float(apart),
                  "moved": float(np.linalg.norm(found - rest, axis=1).max())}))  # fmt: skip
