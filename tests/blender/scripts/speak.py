"""A character speaks; prints what was seen. Arguments: the worker's Python, a recording, and a folder to write into."""

import json
import sys
import time
from functools import partial
from pathlib import Path

import bpy
import enabled_extension

python, recording, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.operators.base import active_character  # noqa: E402
from vivavoce.addon.preferences import chosen_backend  # noqa: E402
from vivavoce.addon.scene import speaking  # noqa: E402
from vivavoce.addon.scene.recording import write_recording  # noqa: E402
from vivavoce.addon.session import session  # noqa: E402
from vivavoce.bridge.errors import VivavoceError  # noqa: E402

ops, scene = bpy.ops.vivavoce, bpy.context.scene
ops.add_open_human()
rig, face = bpy.context.active_object, bpy.data.objects["Vivavoce Human"]
performance = rig.vivavoce.performance
preferences = bpy.context.preferences.addons[enabled_extension.NAME].preferences
preferences.backend = "PYTHON"
said: dict[str, object] = {"no_backend": enabled_extension.complaint(ops.speak)}
preferences.backend = "SERVER"
said["no_server"] = enabled_extension.complaint(ops.speak)
preferences.url, preferences.token = "https://gpu.studio:8443", "a-token"
said["offline"] = "" if bpy.app.online_access else enabled_extension.complaint(ops.speak)
preferences.backend, preferences.python = "PYTHON", python
said["no_strip"] = enabled_extension.complaint(ops.speak)
said["no_take"] = enabled_extension.complaint(ops.regenerate_layer, layer="blinks")

performance.source, performance.audio_path, performance.happy = "FILE", recording, 0.5
scene.frame_set(11)
ops.speak()
said["takes"] = [(take.name, take.start_frame, take.made_with.seed) for take in rig.vivavoce.takes]
review, readout = rig.vivavoce.review, rig.vivavoce.takes[0].readout
said["seen"] = [review.mouth, review.head, len(review.findings)]
said["closures"], said["lag_ms"] = [readout.closures_made, readout.closures_wanted], readout.lag_ms if readout.has_lag else None
said["source"] = [performance.source, performance.strip]
keys = face.data.shape_keys
said["tracks"] = [track.name for track in keys.animation_data.nla_tracks]
frames = list(range(11, 90))
first = enabled_extension.values(face, ["jawOpen", "eyeBlinkLeft", "eyeLookInLeft"], frames)

performance.seed = 5
ops.regenerate_layer(layer="blinks")
second = enabled_extension.values(face, ["jawOpen", "eyeBlinkLeft", "eyeLookInLeft"], frames)
said["jaw_kept"] = max(abs(a[0] - b[0]) for a, b in zip(first, second, strict=True))
said["gaze_kept"] = max(abs(a[2] - b[2]) for a, b in zip(first, second, strict=True))
said["blinks_changed"] = max(abs(a[1] - b[1]) for a, b in zip(first, second, strict=True))
said["jaw_open"] = max(row[0] for row in first)

ops.speak()
said["from_strip"] = [(take.name, take.start_frame, take.made_with.seed) for take in rig.vivavoce.takes]

said["next_seed"] = performance.seed

# As the timer does it: steps that never wait, then a character that has gone.
line = speaking.line_of(active_character(bpy.context))
options = {"fps": 24.0, "style": {"seed": 9}}
job = session.speak(line.owner, chosen_backend(), options, partial(write_recording, line.stretches))
steps = 0
while not job.remote.has_ended:
    job.remote.poll(0.001)
    steps += 1
    time.sleep(0.005)
said["steps"] = steps
session.jobs.pop(line.owner)
bpy.data.objects.remove(rig)
try:
    speaking.put_line(line, job.clip())
except VivavoceError as error:
    said["gone"] = str(error)

job = session.speak("nobody", chosen_backend(), options, partial(write_recording, line.stretches))
job.abandon()
said["abandoned"] = job.remote.status.state
worker = session._worker.process().pid
enabled_extension.disable()
said["worker_ended"] = not Path(f"/proc/{worker}").exists()
said["jobs_left"] = len(session.jobs)
print(json.dumps(said))
