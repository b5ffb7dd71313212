"""Re-render, as an artist and as a script use it: a real worker, real Blenders."""

import sys
from pathlib import Path

import pytest

from .conftest import run_script

pytest.importorskip("fastapi", reason="the `server` extra is not installed")
pytest.importorskip("pyrender", reason="the `rendering` extra is not installed")


def test_a_take_is_rendered_anew_from_its_hero_frame(tmp_path: Path, blender_python: str) -> None:
    said = run_script("rerender", sys.executable, tmp_path, python=blender_python)
    assert "No take" in said["no_take"]
    assert "needs a backend" in said["light_engine"]
    assert "hero frame" in said["no_hero"]
    assert "no camera" in said["no_camera"]
    assert said["settings_kept"]
    assert said["hero"][0].endswith("_hero_00005_1.exr")
    assert said["hero"][1]
    assert [name[-9:] for name in said["frames"]] == ["00004.png", "00005.png", "00006.png"]
    assert said["strip"] == [4, 7, 3]
    assert said["overlap"] > 0.93
    assert 0.1 < said["lit"] < 0.9
    assert said["still"] == [192, 192]
    assert "ends at frame 1" in said["empty_range"]
    assert "no hero frame at" in said["hero_gone"]
    assert said["jobs_left"] == 0
