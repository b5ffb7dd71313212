"""Moods that an artist keys over time: a real worker, real Blenders."""

import sys

import numpy as np
import pytest

from .conftest import ROOT, run_script

pytest.importorskip("fastapi", reason="the `server` extra is not installed")
pytest.importorskip("torch", reason="the `motion` extra is not installed")

LINE = ROOT / "addon" / "assets" / "demo_line.flac"


def test_the_face_follows_keyed_moods(blender_python: str) -> None:
    said = run_script("moods", sys.executable, LINE, python=blender_python)
    assert said["constant"] == [[0.0, {"sad": 0.5}]]
    assert said["keyed"] == [[0.0, {}], [60.0, {"happy": 1.0}]]
    assert said["from_the_middle"] == [[0.0, {"happy": 0.5}], [30.0, {"happy": 1.0}]]
    assert said["made_with"] == [[0.0, {}], [2.5, {"happy": 1.0}]]
    smile = np.array(said["smile"])
    thirds = [part.mean() for part in np.array_split(smile, 3)]
    assert thirds[0] < 0.4 < thirds[1] < thirds[2] - 0.05
    assert smile[0] < 0.1 < 0.6 < smile[-1]
    assert said["again"] == ["demo_line 2", True, True, 40]
    assert said["still_being_keyed"]
    assert said["baked_over"]
    assert said["below"] == said["keyed"]
    assert said["halved"] == [[10.0, {}], [40.0, {"happy": 1.0}]]
    assert said["mixed"] == said["halved"]
    assert said["frame_kept"] == 74
    assert min(said["driven"]) == 0.0
    assert max(said["driven"]) == 1.0
