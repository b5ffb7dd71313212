"""Motion files and takes as an artist uses them: real operators in real Blenders."""

from pathlib import Path

import numpy as np

from vivavoce.addon.core.packing import packed_clip
from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.formats import read_clip, write_clip

from .conftest import run_script

FPS, FRAMES, START = 24.0, 24, 5
LOOKED_AT = [5, 10, 20]


def clip(amplitude: float) -> MotionClip:
    time = np.arange(FRAMES) / FPS
    jaw, blink = amplitude * np.sin(3 * time) ** 2, amplitude * np.cos(4 * time) ** 2
    head = np.stack([0.1 * np.sin(2 * time), 0.2 * np.sin(3 * time), 0.05 * np.cos(time)], axis=1)
    return MotionClip(
        FPS,
        (
            MotionLayer("lips", jaw[:, None], ("jawOpen",)),
            MotionLayer("blinks", blink[:, None], ("eyeBlinkLeft",)),
            MotionLayer("head", np.zeros((FRAMES, 0)), (), head[:, None], ("head",)),
        ),
    )


def expected(amplitude: float) -> np.ndarray:
    return clip(amplitude).blend_shapes(("jawOpen", "eyeBlinkLeft"))[[frame - START for frame in LOOKED_AT]]


def test_an_artist_imports_switches_exports_bakes_and_reopens(tmp_path: Path, blender_python: str) -> None:
    for amplitude, name in ((0.8, "loud"), (0.3, "quiet")):
        write_clip(clip(amplitude), tmp_path / f"{name}.npz")
    said = run_script("perform_takes", tmp_path / "loud.npz", tmp_path / "quiet.npz", tmp_path, python=blender_python)
    assert "Add Open Human" in said["no_character"]
    assert "import a motion" in said["no_take"]
    assert "absent.npz" in said["no_file"]
    can_regenerate, reason = said["not_spoken"]
    assert not can_regenerate
    assert "was imported" in reason
    for moment, amplitude in (("first", 0.8), ("second", 0.3), ("first_again", 0.8), ("reopened", 0.8), ("baked", 0.8)):
        np.testing.assert_allclose(said[moment], expected(amplitude), atol=1e-3, err_msg=moment)
    assert said["takes"] == ["loud 1", "quiet 1"]
    assert said["left"] == ["quiet 1"]
    assert said["by_hand"] == [[0.75]] * 3
    assert said["tracks"] == ["Vivavoce rest", "Vivavoce lips", "Vivavoce blinks", "by hand"]
    kept = ["Vivavoce HumanAction", "Vivavoce blinks", "Vivavoce head", "Vivavoce lips", "Vivavoce rest"]
    assert said["actions"] == kept, "the Actions of takes that were switched away are gone"
    assert said["active"].startswith("Vivavoce performance")
    mouth, head, findings = said["baked_review"]
    assert min(mouth, head) > 0.95
    assert findings == []
    assert said["leaves_nothing"]
    back = read_clip(tmp_path / "out.npz")
    assert packed_clip(back) == packed_clip(clip(0.8))
    assert read_clip(tmp_path / "out.bvh").frame_count == FRAMES
    assert len((tmp_path / "out.csv").read_text().splitlines()) == FRAMES + 1
