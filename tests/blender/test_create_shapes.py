"""Create Shapes, as a script uses it: a real worker and a real Blender; a head in three objects of any size and place."""

import sys

import pytest

from .conftest import run_script

pytest.importorskip("fastapi", reason="the `server` extra is not installed")
pytest.importorskip("scipy", reason="the `motion` extra is not installed")


def test_a_head_gets_its_shapes_after_a_preview() -> None:
    said = run_script("create_shapes", sys.executable)
    assert "Select the meshes" in said["nothing"] or "backend" in said["nothing"]
    assert "needs a backend" in said["light_engine"]
    assert "no preview" in said["no_preview"]
    assert said["landmarks"] == 18
    assert 0.07 < said["apart"] < 0.11
    assert said["preview"] == [3, True, True]
    assert said["discarded"] == [3, False]
    assert said["kept"] == [3, 52, True]
    assert min(said["like"].values()) > 0.97
    assert said["teeth"] > 0.95
    assert "already" in said["again"]
    assert not said["jobs_left"]
