"""Open or import a file and say what moves in it: the shape-key values and head rotations of every frame of the scene."""

import json
import sys
from pathlib import Path

import bpy

IMPORTERS = {
    ".blend": lambda path: bpy.ops.wm.open_mainfile(filepath=path),
    ".glb": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    ".fbx": lambda path: bpy.ops.import_scene.fbx(filepath=path, automatic_bone_orientation=False),
    ".usd": lambda path: bpy.ops.wm.usd_import(filepath=path, set_frame_range=True),
}

path = Path(sys.argv[1])
bpy.ops.wm.read_factory_settings(use_empty=True)
if path.suffix == ".glb":
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = 24, 1.001
IMPORTERS[path.suffix](str(path))
scene = bpy.context.scene
meshes = [item for item in scene.objects if item.type == "MESH" and item.data.shape_keys]
face = max(meshes, key=lambda item: len(item.data.shape_keys.key_blocks))
armature = next(item for item in scene.objects if item.type == "ARMATURE")
keys = face.data.shape_keys
values: dict[str, list[float]] = {key.name: [] for key in keys.key_blocks[1:]}
heads = []
first, last = int(scene.frame_start), int(scene.frame_end)
if path.suffix in (".glb", ".fbx"):
    first, last = (round(edge) for edge in keys.animation_data.action.frame_range)
for frame in range(first, last + 1):
    scene.frame_set(frame)
    for key in keys.key_blocks[1:]:
        values[key.name].append(key.value)
    bone = armature.pose.bones["head"]
    heads.append(list((bone.matrix @ bone.bone.matrix_local.inverted()).to_quaternion()))
print(
    json.dumps(
        {
            "fps": scene.render.fps / scene.render.fps_base,
            "range": [first, last],
            "values": values,
            "heads": heads,
            "tracks": [track.name for track in keys.animation_data.nla_tracks] if keys.animation_data else [],
            "sounds": [sound.packed_file is not None for sound in bpy.data.sounds],
            "materials": sorted(slot.material.name for slot in face.material_slots),
            "objects": sorted(item.name for item in scene.objects),
        }
    )
)
