"""A character speaks sound strips: trimmed ones, several at once, packed ones. Arguments: the worker's Python, recordings."""

import json
import sys
from pathlib import Path

import bpy
import enabled_extension

python, line, mp3, folder = sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.operators.base import active_character  # noqa: E402
from vivavoce.addon.scene import compat, speaking  # noqa: E402

ops, scene = bpy.ops.vivavoce, bpy.context.scene
ops.add_open_human()
rig = bpy.context.active_object
keys = bpy.data.objects["Vivavoce Human"].data.shape_keys
bpy.context.preferences.addons[enabled_extension.NAME].preferences.backend = "PYTHON"
bpy.context.preferences.addons[enabled_extension.NAME].preferences.python = python
strips = compat.sequencer_strips(scene)
said: dict[str, object] = {}


def openness(first: int, last: int) -> float:
    """The widest that the mouth opens from one frame to another."""
    widest = 0.0
    for frame in range(first, last + 1):
        scene.frame_set(frame)
        widest = max(widest, keys.key_blocks["jawOpen"].value)
    return widest


def last_take() -> list[object]:
    take = rig.vivavoce.takes[-1]
    keys.animation_data.nla_tracks.update()
    strip = keys.animation_data.nla_tracks["Vivavoce lips"].strips[0]
    return [take.name, take.start_frame, round(strip.frame_start), round(strip.frame_end), len(take.spoken)]


said["none_selected"] = enabled_extension.complaint(ops.speak_selected)

# One strip of which the first second and the end are cut off.
trimmed = strips.new_sound("trimmed", line, 1, 11)
trimmed.frame_offset_start, trimmed.frame_offset_end = 24, 10
rig.vivavoce.performance.strip = "trimmed"
ops.speak()
said["trimmed"] = [*last_take(), trimmed.frame_final_start, trimmed.frame_final_end]
said["trimmed_stretch"] = [getattr(rig.vivavoce.takes[-1].spoken[0], name) for name in ("at_s", "skip_s", "duration_s")]

# Three at once, the last of a format that Blender decodes; a fourth has lost its file, a fifth is not selected.
strips.new_sound("second", line, 2, 150)
third = strips.new_sound("third", mp3, 3, 300)
lost = folder / "lost.wav"
lost.write_bytes(Path(line).read_bytes())
strips.new_sound("lost", str(lost), 4, 400)
lost.unlink()
strips.new_sound("other", line, 5, 600).select = False
for name in ("trimmed", "second", "third", "lost"):
    strips[name].select = True
said["faults"] = speaking.selected_line(active_character(bpy.context)).faults
ops.speak_selected()
said["batch"] = [*last_take(), third.frame_final_end]
said["spoken"] = [[item.sound.name, round(item.at_s, 3)] for item in rig.vivavoce.takes[-1].spoken]
said["openness"] = [openness(trimmed.frame_final_start, 90), openness(115, 145), openness(150, 230), openness(300, 380)]

# One layer of the batch anew, though a file has been packed and its original has gone meanwhile.
bpy.data.sounds[Path(mp3).name].pack()
Path(mp3).unlink()
before = openness(300, 380)
ops.regenerate_layer(layer="blinks")
said["regenerated"] = [*last_take(), abs(openness(300, 380) - before)]

rig.vivavoce.performance.strip = "third"
ops.speak()
said["packed"] = last_take()
rig.vivavoce.performance.strip = "lost"
said["lost"] = enabled_extension.complaint(ops.speak)
for strip in strips:
    strip.select = strip.name == "lost"
said["all_lost"] = enabled_extension.complaint(ops.speak_selected)
trimmed.frame_offset_start = 24
trimmed.sound_offset = 1000.0
rig.vivavoce.performance.strip = "trimmed"
said["nothing_left"] = enabled_extension.complaint(ops.speak)
enabled_extension.disable()
print(json.dumps(said))
