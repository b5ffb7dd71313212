"""Speak without any backend, in real Blenders: marked as the light engine, and scored on real mouths."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, run_script

GRID = ROOT.parent / "shared" / "data" / "grid"


def test_a_real_recording_makes_the_open_human_speak_with_nothing_installed(tmp_path: Path, blender_python: str) -> None:
    if not GRID.is_dir():
        pytest.skip(f"no captured mouths at {GRID}")
    said = run_script("speak_lightly", GRID, tmp_path, python=blender_python)
    assert said["backend"] == "LIGHT"
    assert (said["takes"], said["engines"]) == (10, ["lite"])
    assert {"Vivavoce lips", "Vivavoce upper_face", "Vivavoce blinks"} <= set(said["tracks"])
    assert said["jaw_open"] > 0.1
    assert "no layer 'gaze'" in said["no_gaze"]
    report = tmp_path / "scores.json"
    command = [sys.executable, str(GRID / "eval_lipsync.py"), str(tmp_path), "--unit", "arkit", "--json", str(report)]
    subprocess.run(command, check=True, capture_output=True)
    scores = json.loads(report.read_text())["summary"]
    print({name: round(scores[name], 3) for name in ("r0", "f1", "f1_pool", "auc", "lag", "range")})
    assert scores["clips"] == 10
    assert scores["r0"] >= 0.55
