"""Installs, cancels, resumes and removes a backend; prints what was seen. Arguments: a project, and a folder of wheels."""

import json
import os
import sys
import time
from pathlib import Path

import bpy
import enabled_extension

project, wheels = Path(sys.argv[1]), Path(sys.argv[2])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.installation import Installation  # noqa: E402
from vivavoce.addon.operators import backend as operators  # noqa: E402
from vivavoce.addon.preferences import backend_folder, backend_request, chosen_backend  # noqa: E402
from vivavoce.addon.session import session  # noqa: E402
from vivavoce.bridge.errors import VivavoceError  # noqa: E402
from vivavoce.bridge.process import Worker  # noqa: E402

ops, folder = bpy.ops.vivavoce, backend_folder()
preferences = bpy.context.preferences.addons[enabled_extension.NAME].preferences
said: dict[str, object] = {"folder": str(folder)}


def chosen() -> str:
    """The backend's Python, or why there is none."""
    try:
        return chosen_backend().python
    except VivavoceError as error:
        return str(error)


def begin() -> None:
    """As the button does; a Blender without a window takes what is invoked for executed."""
    session.install(backend_request())
    operators.start_watching()


def is_ready(python: str) -> bool:
    """Whether a worker of this Python says that it is, in our protocol."""
    worker = Worker([python, "-m", "vivavoce", "serve", "--ends-with-parent"])
    try:
        while worker.process().address() is None:
            time.sleep(0.05)
        return True
    finally:
        worker.stop()


def processes() -> list[str]:
    """The command lines of processes that name the folder."""
    found = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.parent.name != str(os.getpid())]
    return [line.decode().replace("\0", " ") for line in found if str(folder).encode() in line]


complaint = enabled_extension.complaint
preferences.backend = "INSTALLED"
said["at_first"] = [chosen(), complaint(ops.cancel_installation), complaint(ops.remove_backend)]
bpy.context.preferences.system.use_online_access = False
preferences.source = str(project)
said["offline"] = complaint(ops.install_backend)

# An index that nobody can reach.
bpy.context.preferences.system.use_online_access = True
preferences.source, preferences.torch_build = "", "CONFIGURED"
fenced = {name: os.environ.pop(name) for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS")}
os.environ |= {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "1"}
said["no_network"] = complaint(ops.install_backend)
os.environ |= fenced

# Resumed with another source, cancelled in the middle, while another Blender tries too.
preferences.source = str(project)
begin()
said["watched"] = bpy.app.timers.is_registered(operators._watch)
stages = []
while not stages or stages[-1] != "Processing project":
    time.sleep(0.02)
    stages.append(session.installation.poll().stage)
    assert not session.installation.status.has_ended, session.installation.status
said["busy"] = complaint(ops.install_backend)
try:
    Installation(backend_request()).wait()
except VivavoceError as error:
    said["twice"] = str(error)
ops.cancel_installation()
while not session.installation.poll().has_ended:
    time.sleep(0.01)
said["cancelled"] = [str(session.installation.status.error), chosen()]
said["left"] = [sorted(path.name for path in folder.iterdir()), processes()]

# Resumed.
(project / "go").touch()
ops.install_backend()
said["log"] = (folder / "install.log").read_text()
said["ready"] = [chosen() == str(folder / "env/bin/python"), is_ready(chosen())]
said["kept"] = sorted(path.name for path in folder.iterdir())

# A source of another version is told from ours, whether it comes now or was there.
state = folder / "state.json"
text = state.read_text()
state.write_text(text.replace('"0.1.0"', '"0.0.9"'))
said["old"] = chosen()
state.write_text(text)

# From a folder of wheels, where Blender must not go online.
bpy.context.preferences.system.use_online_access = False
preferences.source, preferences.torch_build = str(wheels), "AUTO"
ops.install_backend()
said["wheels"] = is_ready(chosen())

ops.remove_backend()
said["removed"] = [chosen(), (folder / "env").exists()]

# Disabled in the middle.
bpy.context.preferences.system.use_online_access = True
preferences.source = str(project)
begin()
enabled_extension.disable()
said["disabled"] = [bpy.app.timers.is_registered(operators._watch), session.installation is None, processes()]
print(json.dumps(said))
