"""What may happen to a character while it is about to speak, and after. Arguments: the worker's Python, a recording, a folder."""

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import bpy
import enabled_extension

python, recording, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.core.speaking import speak_options  # noqa: E402
from vivavoce.addon.operators.base import active_character  # noqa: E402
from vivavoce.addon.preferences import chosen_backend  # noqa: E402
from vivavoce.addon.scene import speaking, takes  # noqa: E402
from vivavoce.addon.scene.recording import write_recording  # noqa: E402
from vivavoce.addon.session import session  # noqa: E402
from vivavoce.bridge.errors import VivavoceError  # noqa: E402

ops = bpy.ops.vivavoce
said: dict[str, Any] = {}


def choose_backend() -> None:
    preferences = bpy.context.preferences.addons[enabled_extension.NAME].preferences
    preferences.backend, preferences.python = "PYTHON", python


def begin() -> tuple[speaking.Line, Any]:
    """A job, as the modal operator begins it."""
    line = speaking.line_of(active_character(bpy.context))
    options = speak_options(line.settings, takes.scene_fps())
    return line, session.speak(line.owner, chosen_backend(), options, partial(write_recording, line.stretches))


def end(line: speaking.Line, job: Any) -> str:
    """What is wrong when the job's result is put back; empty where all is well."""
    while not job.remote.has_ended:
        job.remote.poll()
        time.sleep(0.01)
    try:
        speaking.put_line(line, job.clip())
    except VivavoceError as error:
        return str(error)
    finally:
        session.jobs.pop(line.owner, None)
    return ""


def rig() -> Any:
    return bpy.data.objects["Vivavoce Rig"]


choose_backend()
ops.add_open_human()
performance = rig().vivavoce.performance
performance.source, performance.audio_path = "FILE", recording

# Renamed, and another character selected, while the job runs.
line, job = begin()
rig().name = "Somebody Else"
bpy.context.view_layer.objects.active = None
said["renamed"] = end(line, job), [take.name for take in bpy.data.objects["Somebody Else"].vivavoce.takes]
bpy.data.objects["Somebody Else"].name = "Vivavoce Rig"
bpy.context.view_layer.objects.active = rig()

# Saved while a job runs; the file holds the takes of before, and the job goes on.
line, job = begin()
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "saved.blend"))
said["saved"] = end(line, job), len(rig().vivavoce.takes)

# Undone and redone, as steps that are pushed after each operator.
bpy.ops.ed.undo_push(message="two takes")
ops.speak()
bpy.ops.ed.undo_push(message="a third")
said["takes_done"] = len(rig().vivavoce.takes)
bpy.ops.ed.undo()
said["takes_undone"] = len(rig().vivavoce.takes), enabled_extension.complaint(ops.use_take)
bpy.ops.ed.redo()
said["takes_redone"] = len(rig().vivavoce.takes), enabled_extension.complaint(ops.bake)

# Undone while a job runs.
line, job = begin()
bpy.ops.ed.undo()
said["undone_meanwhile"] = end(line, job), len(rig().vivavoce.takes)

# Another file is opened while a job runs, in which there is a character of the same name.
line, job = begin()
bpy.ops.wm.open_mainfile(filepath=str(folder / "saved.blend"))
said["opened"] = end(line, job), len(rig().vivavoce.takes)
bpy.context.view_layer.objects.active = rig()
ops.speak()
said["speaks_in_opened_file"] = len(rig().vivavoce.takes)

# Disabled and enabled: what the .blend holds is there again.
worker = session._worker.process().pid
enabled_extension.disable()
said["worker_ended"] = not Path(f"/proc/{worker}").exists()
enabled_extension.enable()
choose_backend()
said["enabled_again"] = len(rig().vivavoce.takes), enabled_extension.complaint(bpy.ops.vivavoce.speak)

# Linked from another file.
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "library.blend"))
bpy.ops.wm.read_homefile(use_empty=True)
with bpy.data.libraries.load(str(folder / "library.blend"), link=True) as (source, target):
    target.objects = list(source.objects)
for item in target.objects:
    bpy.context.collection.objects.link(item)
bpy.context.view_layer.update()
bpy.context.view_layer.objects.active = rig()
said["linked"] = enabled_extension.complaint(bpy.ops.vivavoce.speak), enabled_extension.complaint(bpy.ops.vivavoce.bake)
enabled_extension.disable()
print(json.dumps(said))
