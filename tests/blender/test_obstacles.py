"""Everything that keeps a take from being seen is named, and a button brings the motion back."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.formats import write_clip

from .conftest import run_script

FPS, FRAMES = 24.0, 48


def write_small_clip(path: Path) -> None:
    """A mouth that opens to 0.7, a lid, and a head that turns by half a radian."""
    time = np.arange(FRAMES) / FPS
    turn = np.stack([0.1 * np.sin(2 * time), 0.25 * np.sin(3 * time), 0.05 * np.cos(time)], axis=1)
    lips = MotionLayer("lips", 0.7 * np.sin(3 * time)[:, None] ** 2, ("jawOpen",))
    blinks = MotionLayer("blinks", np.clip(np.cos(4 * time), 0.0, 1.0)[:, None], ("eyeBlinkLeft",))
    head = MotionLayer("head", np.zeros((FRAMES, 0)), (), np.stack([0.4 * turn, turn], axis=1), ("neck", "head"))
    write_clip(MotionClip(FPS, (lips, blinks, head)), path)


def assert_all_moves(seen: dict[str, Any], name: str) -> None:
    assert seen["findings"] == [], name
    assert seen["mouth"] == pytest.approx(1.0, abs=0.05), name
    assert seen["head"] == pytest.approx(1.0, abs=0.05), name


def test_each_obstacle_is_named_and_mended(tmp_path: Path, blender_python: str) -> None:
    write_small_clip(tmp_path / "clip.npz")
    said = run_script("obstacles", tmp_path / "clip.npz", tmp_path, python=blender_python)
    assert len(said) >= 19
    for name, case in said.items():
        assert_all_moves(case["before"], name)
        assert set(case["stopped"]["findings"]) == {case["kind"]}, name
        assert min(case["stopped"]["mouth"], case["stopped"]["head"]) < 0.5, name
        assert "Vivavoce" in case["text"], name
        assert_all_moves(case["mended"], name)


def test_linked_characters_are_refused_until_they_are_local(tmp_path: Path, blender_python: str) -> None:
    write_small_clip(tmp_path / "clip.npz")
    said = run_script("linked_character", tmp_path / "clip.npz", tmp_path, python=blender_python)
    for state in ("linked", "overridden"):
        assert "Make Local" in said[state], state
    assert said["local"] == ""
    assert min(said["seen"]) > 0.95
