"""Reduced keys as Blender evaluates them, against the clip at every frame; closures included."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import LIPS_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.formats import write_clip
from vivavoce.motion.data.facegood import FPS, HEADER, facegood_clip

from .conftest import run_script

FACEGOOD = Path(__file__).resolve().parents[3] / "shared" / "data" / "facegood"
CLOSED_M = 0.0015
KEY_ERROR = 0.01


def head_layer(times_s: np.ndarray) -> MotionLayer:
    turn = np.stack([0.1 * np.sin(2 * times_s), 0.2 * np.sin(3 * times_s), 0.05 * np.cos(times_s)], axis=1)
    return MotionLayer("head", np.zeros((len(times_s), 0)), (), np.stack([0.4 * turn, turn], axis=1), ("neck", "head"))


def test_every_frame_of_a_captured_mouth_is_within_the_bound(tmp_path: Path, blender_python: str) -> None:
    if not FACEGOOD.is_dir():
        pytest.skip(f"no captured faces at {FACEGOOD}")
    captured = facegood_clip(FACEGOOD / "facegood_3_16")
    columns = [column for column, name in enumerate(HEADER.curve_names) if name in LIPS_NAMES]
    lips = MotionLayer("lips", captured.curves[:, columns], tuple(HEADER.curve_names[column] for column in columns))
    clip = MotionClip(FPS, (lips, head_layer(np.arange(lips.frame_count) / FPS)))
    write_clip(clip, tmp_path / "clip.npz")
    said = run_script("reduced_keys", tmp_path / "clip.npz", str(FPS), str(KEY_ERROR), python=blender_python)
    assert said["dense_values"] < 1e-5
    for part in ("shape_keys", "bones"):
        assert said["dense"][part] < 1e-5
        assert said["reduced"][part] <= KEY_ERROR
    assert said["reduced_values"] <= KEY_ERROR
    assert said["baked_values"] <= KEY_ERROR
    assert said["dense"]["keys"] > 10 * said["reduced"]["keys"]
    assert said["handle_types"] == ["ALIGNED", "FREE"]
    exact, reduced = np.array(said["lip_gap_m"])
    assert (exact < CLOSED_M).sum() > 20
    assert ((exact < CLOSED_M) <= (reduced < CLOSED_M + 4e-4)).all(), "no closure opens by more than the bound moves the lips"


@pytest.mark.parametrize("scene_fps", [24.0, 50.0])
def test_keys_on_subframes_are_within_the_bound(tmp_path: Path, scene_fps: float) -> None:
    time = np.arange(90) / 29.97
    lips = np.stack([0.5 + 0.4 * np.sin(9 * time), 0.3 + 0.3 * np.cos(5 * time), (np.sin(12 * time) > 0.5).astype(float)], axis=1)
    clip = MotionClip(29.97, (MotionLayer("lips", lips, ("jawOpen", "mouthPucker", "mouthClose")), head_layer(time)))
    write_clip(clip, tmp_path / "clip.npz")
    said = run_script("reduced_keys", tmp_path / "clip.npz", str(scene_fps), str(KEY_ERROR))
    assert max(said["reduced"]["shape_keys"], said["reduced"]["bones"], said["reduced_values"], said["baked_values"]) <= KEY_ERROR
    assert said["dense_values"] < 1e-4
