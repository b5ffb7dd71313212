"""Export a character from the panel's operator, in Pose Mode and late on the timeline. Arguments: a clip, a folder."""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import enabled_extension

clip, folder = sys.argv[1], Path(sys.argv[2])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
ops, scene = bpy.ops.vivavoce, bpy.context.scene
bpy.ops.mesh.primitive_cube_add()
ops.add_open_human()
ops.import_motion(filepath=clip, start_frame=101)
bpy.ops.object.mode_set(mode="POSE")
scene.frame_set(33)


def state() -> list[Any]:
    selected = [item.name for item in bpy.context.selected_objects]
    materials = sorted(material.name for material in bpy.data.materials)
    return [
        bpy.context.mode,
        bpy.context.active_object.name,
        selected,
        scene.frame_start,
        scene.frame_end,
        scene.frame_current,
        materials,
    ]


before = state()
said: dict[str, Any] = {}
for suffix in ("glb", "fbx"):
    said[suffix] = enabled_extension.complaint(ops.export_motion, filepath=str(folder / f"out.{suffix}"))
said["no_folder"] = enabled_extension.complaint(ops.export_motion, filepath=str(folder / "absent" / "out.glb"))
said["is_undisturbed"] = state() == before
enabled_extension.disable()
print(json.dumps(said))
