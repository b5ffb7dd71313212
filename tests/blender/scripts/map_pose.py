"""Map a head whose bones have names of its own by posing it, and put a clip on it. Argument: the clip.

Prints what pressing said before anything was posed, whether the pose is gone after it, and how far the jaw turns at every sample.
"""

import json
import sys
from pathlib import Path

import bpy
import enabled_extension
from mathutils import Quaternion

bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from made_characters import boned_head  # noqa: E402

from vivavoce.addon.scene.character import character_around  # noqa: E402
from vivavoce.addon.scene.performance import apply_clip  # noqa: E402
from vivavoce.bridge.formats import read_clip  # noqa: E402
from vivavoce.bridge.formats.open_human import load_open_human  # noqa: E402

rig = boned_head(load_open_human(), {"head": "Kopf", "jaw": "Kiefer"})
bpy.context.view_layer.objects.active = rig
jaw = rig.pose.bones["Kiefer"]
jaw.rotation_mode = "XYZ"
said = {"unposed": enabled_extension.complaint(bpy.ops.vivavoce.map_pose, channel="open")}
jaw.rotation_euler = Quaternion((1.0, 0.0, 0.0), 0.4).to_euler()
bpy.context.view_layer.update()
bpy.ops.vivavoce.map_pose(channel="open")
bpy.context.view_layer.update()
said["left_rad"] = jaw.matrix_basis.to_quaternion().angle
clip = read_clip(Path(sys.argv[1]))
bpy.context.scene.render.fps = round(clip.fps)
character = character_around(rig)
apply_clip(clip, character, clip.fps, start_frame=1)
said["jaw_rad"] = []
for frame in range(1, clip.frame_count + 1):
    bpy.context.scene.frame_set(frame)
    said["jaw_rad"].append(jaw.matrix_basis.to_quaternion().angle)
said["rows"] = [(row.source, row.targets[0].target.name) for row in character.mapping.rows]
enabled_extension.disable()
print(json.dumps(said))
