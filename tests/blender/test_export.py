"""Files that the panel writes hold the character, and it moves in them as the take says."""

from pathlib import Path

import numpy as np

from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.formats import write_clip

from .conftest import run_script

FPS, FRAMES = 24.0, 30


def sample_clip() -> MotionClip:
    time = np.arange(FRAMES) / FPS
    turn = np.stack([0.1 * np.sin(2 * time), 0.3 * np.sin(3 * time), 0.05 * np.cos(time)], axis=1)
    lips = MotionLayer("lips", 0.7 * np.sin(3 * time)[:, None] ** 2, ("jawOpen",))
    return MotionClip(FPS, (lips, MotionLayer("head", np.zeros((FRAMES, 0)), (), turn[:, None], ("head",))))


def test_exported_characters_move(tmp_path: Path, blender_python: str) -> None:
    clip = sample_clip()
    write_clip(clip, tmp_path / "clip.npz")
    said = run_script("export_character", tmp_path / "clip.npz", tmp_path, python=blender_python)
    assert said["glb"] == said["fbx"] == ""
    assert "folder" in said["no_folder"]
    assert said["is_undisturbed"]
    for name in ("out.glb", "out.fbx"):
        found = run_script("open_file", tmp_path / name, python=blender_python)
        jaw = found["values"]["jawOpen"]
        np.testing.assert_allclose(jaw[:FRAMES], clip.blend_shapes(["jawOpen"])[:, 0], atol=0.02, err_msg=name)
        angles = 2.0 * np.arccos(np.clip(np.abs(np.array(found["heads"])[:, 0]), 0.0, 1.0))
        expected = np.linalg.norm(clip.joints(["head"])[:, 0], axis=1)
        np.testing.assert_allclose(angles[:FRAMES], expected, atol=0.01, err_msg=name)
        assert "Cube" not in found["objects"]
        assert name == "out.fbx" or abs(found["range"][0]) <= 1, "a glb begins with the take"
