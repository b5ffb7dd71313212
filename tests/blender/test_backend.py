"""The backend's installation, by the operators an artist presses: a real environment and pip, packages of a few kilobytes."""

import os
from pathlib import Path

from vivavoce.bridge.protocol import VERSION

from .conftest import run_script
from .tiny_backend import write_project, write_torch, write_vivavoce


def test_a_backend_is_installed_cancelled_resumed_and_removed(tmp_path: Path, blender_python: str) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    write_torch(wheels)
    write_vivavoce(wheels, VERSION)
    project = write_project(tmp_path / "project", VERSION)
    environment = {
        "BLENDER_USER_RESOURCES": str(tmp_path / "user"),
        # Whatever the machine's own pip is set to, nothing is fetched.
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    said = run_script("install_backend", project, wheels, python=blender_python, environment=environment)
    assert Path(said["folder"]).is_relative_to(tmp_path / "user")
    assert [word in text for word, text in zip(("Press Install", "Nothing is", "Nothing has"), said["at_first"], strict=True)]
    assert "Online Access" in said["offline"]
    assert "cannot be reached" in said["no_network"]
    assert said["watched"]
    assert "already" in said["busy"]
    assert "Another Blender" in said["twice"]
    message, was_quick, chosen = said["cancelled"]
    assert "Stopped" in message
    assert was_quick
    assert "Press Install" in chosen
    assert said["left"] == [["env", "install.log", "lock", "state.json"], []]
    assert said["log"].count("-m venv") == 1
    assert said["log"].count("torch>=2.13,<2.14\n") == 2
    assert said["log"].count("@ file:") == 2
    assert said["ready"] == [True, True]
    assert said["kept"] == ["env", "install.log", "lock", "state.json"]
    assert "Vivavoce 0.0.9" in said["old"]
    assert "Press Install" in said["removed"][0]
    assert not said["removed"][1]
    assert said["wheels"]
    assert said["disabled"] == [False, True, []]
