"""An artist's way through files and takes; prints what was seen on it. Arguments: two clips and a folder to write into."""

import json
import sys
from pathlib import Path

import bpy
import enabled_extension

first, second, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
NAMES, FRAMES = ["jawOpen", "eyeBlinkLeft"], [5, 10, 20]
bpy.ops.wm.read_factory_settings(use_empty=True)
before = [name for name in dir(bpy.types) if name.startswith("VIVAVOCE_")], len(bpy.types.Object.bl_rna.properties)
enabled_extension.enable()
ops = bpy.ops.vivavoce
said: dict[str, object] = {"no_character": enabled_extension.complaint(ops.import_motion, filepath=first)}

ops.add_open_human()
rig = bpy.context.active_object
face = bpy.data.objects["Vivavoce Human"]
said["no_take"] = enabled_extension.complaint(ops.bake)
said["no_file"] = enabled_extension.complaint(ops.import_motion, filepath=str(folder / "absent.npz"))

ops.import_motion(filepath=first, start_frame=5)
said["not_spoken"] = [ops.regenerate_layer.poll(), enabled_extension.complaint(ops.regenerate_layer, layer="blinks")]
said["first"] = enabled_extension.values(face, NAMES, FRAMES)

# What the artist keys on a track of their own, over the performance.
keys = face.data.shape_keys
keys.key_blocks["cheekPuff"].value = 0.75
keys.key_blocks["cheekPuff"].keyframe_insert("value", frame=1)
track = keys.animation_data.nla_tracks.new()
track.name = "by hand"
action, slot = keys.animation_data.action, keys.animation_data.action_slot
strip = track.strips.new("by hand", 1, action)
strip.action_slot = slot
keys.animation_data.action = None

ops.import_motion(filepath=second, start_frame=5)
said["second"] = enabled_extension.values(face, NAMES, FRAMES)
said["takes"] = [take.name for take in rig.vivavoce.takes]
rig.vivavoce.take_index = 0
ops.use_take()
said["first_again"] = enabled_extension.values(face, NAMES, FRAMES)
said["by_hand"] = enabled_extension.values(face, ["cheekPuff"], FRAMES)
said["tracks"] = [track.name for track in keys.animation_data.nla_tracks]
said["actions"] = sorted(action.name for action in bpy.data.actions)

for suffix in (".npz", ".csv", ".bvh"):
    ops.export_motion(filepath=str(folder / f"out{suffix}"))
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "takes.blend"))
bpy.ops.wm.open_mainfile(filepath=str(folder / "takes.blend"))
rig, face = bpy.data.objects["Vivavoce Rig"], bpy.data.objects["Vivavoce Human"]
bpy.context.view_layer.objects.active = face
said["reopened"] = enabled_extension.values(face, NAMES, FRAMES)
ops.bake()
review = rig.vivavoce.review
said["baked_review"] = [review.mouth, review.head, [finding.text for finding in review.findings]]
said["baked"] = enabled_extension.values(face, NAMES, FRAMES)
said["active"] = face.data.shape_keys.animation_data.action.name
ops.delete_take()
said["left"] = [take.name for take in rig.vivavoce.takes]
enabled_extension.disable()
after = [name for name in dir(bpy.types) if name.startswith("VIVAVOCE_")], len(bpy.types.Object.bl_rna.properties)
said["leaves_nothing"] = before == after
print(json.dumps(said))
