"""The backend's installation, by the operators an artist presses: a real environment and pip, packages of a few kilobytes."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from vivavoce.bridge.protocol import VERSION

from .conftest import run_script
from .tiny_backend import write_project, write_torch, write_vivavoce

_KILLED = """
import sys, time
from vivavoce.addon.core.backend_plan import BackendRequest
from vivavoce.addon.installation import Installation
request = BackendRequest(sys.argv[1], sys.executable, source=sys.argv[2], build="configured", is_online=True)
installation = Installation(request)
while installation.poll().stage != "Processing project":
    assert not installation.status.has_ended, installation.status
    time.sleep(0.02)
print("now", flush=True)
time.sleep(600)
"""


def pip_settings(wheels: Path) -> dict[str, str]:
    """Whatever the machine's own pip is set to, nothing is fetched."""
    return {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}


def test_a_backend_is_installed_cancelled_resumed_and_removed(tmp_path: Path, blender_python: str) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    write_torch(wheels)
    write_vivavoce(wheels, VERSION)
    project = write_project(tmp_path / "project", VERSION)
    environment = {"BLENDER_USER_RESOURCES": str(tmp_path / "user"), **pip_settings(wheels)}
    said = run_script("install_backend", project, wheels, python=blender_python, environment=environment)
    assert Path(said["folder"]).is_relative_to(tmp_path / "user")
    assert all(word in text for word, text in zip(("Press Install", "Nothing is", "Nothing has"), said["at_first"], strict=True))
    assert "Online Access" in said["offline"]
    assert "cannot be reached" in said["no_network"]
    assert said["watched"]
    assert "already" in said["busy"]
    assert "Another Blender" in said["twice"]
    assert all(word in text for word, text in zip(("Stopped", "Press Install"), said["cancelled"], strict=True))
    assert said["left"] == [["env", "install.log", "lock", "state.json"], []]
    assert said["log"].count("-m venv") == 1
    assert said["log"].count("torch>=2.13,<2.14\n") == 1
    assert said["log"].count("@ file:") == 2
    assert said["ready"] == [True, True]
    assert said["kept"] == ["env", "install.log", "lock", "state.json"]
    assert "Vivavoce 0.0.9" in said["old"]
    assert "Press Install" in said["removed"][0]
    assert not said["removed"][1]
    assert said["wheels"]
    assert said["disabled"] == [False, True, []]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")
def test_a_killed_blender_leaves_no_installer(tmp_path: Path) -> None:
    for name in ("wheels", "backend"):
        (tmp_path / name).mkdir()
    write_torch(tmp_path / "wheels")
    project = write_project(tmp_path / "project", VERSION)
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "backend"), str(project)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **pip_settings(tmp_path / "wheels")}) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"now\n"
        assert processes_naming(tmp_path / "backend")
        parent.kill()
    deadline_s = time.monotonic() + 20
    while processes_naming(tmp_path / "backend") and time.monotonic() < deadline_s:
        time.sleep(0.1)
    assert not processes_naming(tmp_path / "backend")
    assert not (tmp_path / "backend" / "temp").exists()


def processes_naming(folder: Path) -> list[bytes]:
    """Command lines of running processes in which the folder stands."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_bytes())
    return [line for line in found if str(folder).encode() in line]
