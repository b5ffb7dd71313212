"""A rig that nothing is known of is mapped by posing it."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.formats import write_clip

from .conftest import run_script


def test_a_posed_jaw_speaks(tmp_path: Path) -> None:
    opening = np.linspace(0.0, 1.0, 6)
    weights = np.stack([opening, np.where(opening > 0.7, opening, 0.0)], axis=1)
    write_clip(MotionClip(30.0, (MotionLayer("lips", weights, ("jawOpen", "mouthClose")),)), tmp_path / "line.npz")
    said = run_script("map_pose", tmp_path / "line.npz")
    assert "Nothing is posed" in said["unposed"]
    assert said["left_rad"] == pytest.approx(0.0, abs=1e-6)
    assert said["jaw_rad"] == pytest.approx([0.0, 0.08, 0.16, 0.24, 0.0, 0.0], abs=1e-5)
    assert said["rows"] == [["jawOpen", "Kiefer"], ["mouthClose", "Kiefer"]]
