"""An artist keys moods, and the character follows; prints what was seen. Arguments: the worker's Python and a recording."""

import json
import sys

import bpy
import enabled_extension

python, recording = sys.argv[1], sys.argv[2]
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.core.moods import moods_of_text  # noqa: E402
from vivavoce.addon.scene import moods  # noqa: E402

ops, scene = bpy.ops.vivavoce, bpy.context.scene
ops.add_open_human()
rig, face = bpy.context.active_object, bpy.data.objects["Vivavoce Human"]
preferences = bpy.context.preferences.addons[enabled_extension.NAME].preferences
preferences.backend, preferences.python = "PYTHON", python
performance = rig.vivavoce.performance
said: dict[str, object] = {}


def told(start_frame: int = 11) -> list[list[object]]:
    """The timeline of the sliders from a frame on, at one frame a second."""
    return [[mood.time_s, dict(mood.emotion)] for mood in moods.moods_of(rig, start_frame, 1.0)]


def straighten(action: bpy.types.Action) -> None:
    for curve in moods.compat.slot_curves(action, getattr(rig.animation_data, "action_slot", None)):
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"


ops.set_mood(emotion="sad", intensity=0.5)
said["constant"] = told()
ops.set_mood(emotion="neutral")
for frame, emotion in ((11, "neutral"), (71, "happy")):
    scene.frame_set(frame)
    ops.set_mood(emotion=emotion, intensity=1.0)
    ops.key_mood()
action = rig.animation_data.action
straighten(action)
said["keyed"] = told()
said["from_the_middle"] = told(41)

performance.source, performance.audio_path = "FILE", recording
scene.frame_set(11)
ops.speak()
said["smile"] = [row[0] for row in enabled_extension.values(face, ["mouthSmileLeft"], list(range(11, 75)))]
clip, text = rig.vivavoce.takes[-1].clip, rig.vivavoce.takes[-1].made_with.moods
said["made_with"] = [[mood.time_s, dict(mood.emotion)] for mood in moods_of_text(text)]
ops.set_mood(emotion="angry")
performance.head, performance.seed = 2.0, 40
ops.speak_again()
again = rig.vivavoce.takes[-1]
said["again"] = [again.name, again.clip == clip, again.made_with.moods == text, performance.seed]
said["still_being_keyed"] = rig.animation_data.action == action

# What is baked flat takes the place of the moods' Action, which plays on from a track below.
ops.bake()
said["baked_over"] = rig.animation_data.action != action
said["below"] = told()

# A strip in half the time, later; then one that only the evaluation of the scene can tell.
strip = next(strip for track in rig.animation_data.nla_tracks for strip in track.strips if strip.action == action)
strip.scale = 0.5
strip.frame_start_ui = 21
said["halved"] = told()
strip.blend_type = "ADD"
said["mixed"] = told()
said["frame_kept"] = scene.frame_current

curve = rig.driver_add("vivavoce.performance.angry")
curve.driver.expression = "1.0 if frame >= 30 else 0.0"
said["driven"] = [mood.get("angry", 0.0) for _, mood in told()]
enabled_extension.disable()
print(json.dumps(said))
