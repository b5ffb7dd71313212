"""Speak, as an artist and as a script use it: a real worker, a real recording, real Blenders."""

import sys
from pathlib import Path

import pytest

from .conftest import ROOT, run_script

pytest.importorskip("fastapi", reason="the `server` extra is not installed")
pytest.importorskip("torch", reason="the `motion` extra is not installed")

LINE = ROOT / "addon" / "assets" / "demo_line.flac"


def test_a_character_speaks_and_takes_of_it_are_kept(tmp_path: Path, blender_python: str) -> None:
    said = run_script("speak", sys.executable, LINE, tmp_path, python=blender_python)
    assert "Preferences" in said["no_backend"]
    assert "address and token" in said["no_server"]
    assert said["offline"] == "" or "Online Access" in said["offline"]
    assert "sound strip" in said["no_strip"]
    assert "No take" in said["no_take"]
    assert said["takes"] == [["demo_line 1", 11, 0]]
    mouth, head, findings = said["seen"]
    assert min(mouth, head) > 0.95
    assert findings == 0
    made, wanted = said["closures"]
    assert 0 < made <= wanted
    assert said["lag_ms"] == pytest.approx(0.0, abs=80.0)
    assert said["source"] == ["STRIP", "demo_line"]
    layers = ["rest", "lips", "upper_face", "blinks", "gaze"]
    assert said["tracks"][: len(layers)] == [f"Vivavoce {name}" for name in layers]
    assert said["jaw_open"] > 0.1
    assert max(said["jaw_kept"], said["gaze_kept"]) < 1e-5
    assert said["blinks_changed"] > 0.1
    assert said["from_strip"] == [["demo_line 1", 11, 0], ["demo_line 2", 11, 5]]
    assert said["next_seed"] == 6
    assert said["steps"] > 1
    assert "was deleted" in said["gone"]
    assert said["abandoned"] == "cancelled"
    assert said["worker_ended"]
    assert said["jobs_left"] == 0
