"""Bodies in Blender: wrists and head stay where the source's are, on armatures of other names, rests, rolls, axes and units."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.formats import write_clip

from .conftest import ROOT, run_script

MOST_DEG = 3.0
ROCKETBOX = ROOT.parent / "shared" / "data" / "rigs" / "rocketbox_female_adult_01.fbx"
REACHES_RAD = {"spine1": 0.1, "spine3": 0.15, "neck": 0.2, "head": 0.3, "left_collar": 0.1, "left_elbow": 0.4, "right_elbow": 0.4,
               "left_wrist": 0.5, "right_wrist": 0.5, "left_hip": 0.1, "left_index1": 0.4}  # fmt: skip


def talking_body(frames: int = 8) -> MotionClip:
    """Trunk and head sway, both arms are lowered, bent and moved about."""
    generator = np.random.default_rng(5)
    times = np.linspace(0.0, 2.0 * np.pi, frames)[:, None]
    turns = {joint: reach * np.sin(times + generator.uniform(0.0, 6.0, 3)) for joint, reach in REACHES_RAD.items()}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        turns[f"{side}_shoulder"] = 0.4 * np.sin(times + generator.uniform(0.0, 6.0, 3)) - np.array([0.0, 0.0, 0.9 * sign])
        turns[f"{side}_elbow"] = turns[f"{side}_elbow"] - np.array([0.0, 1.2 * sign, 0.0])
    layer = MotionLayer("gestures", np.zeros((frames, 0)), (), np.stack(list(turns.values()), axis=1), tuple(turns))
    return MotionClip(30.0, (layer,))


def test_wrists_and_head_are_where_the_source_has_them(tmp_path: Path, blender_python: str) -> None:
    write_clip(talking_body(), tmp_path / "body.npz")
    wanted = [f"{convention} {rest}" for convention in ("mixamo", "vrm", "rocketbox") for rest in "AT"]
    off_deg = run_script("body_directions", tmp_path / "body.npz", *wanted, python=blender_python)
    assert off_deg.keys() == set(wanted)
    assert max(max(parts) for parts in off_deg.values()) < MOST_DEG, off_deg


@pytest.mark.skipif(not ROCKETBOX.exists(), reason="the shared rigs are not beside the repository")
def test_controls_of_rigify_and_bones_of_a_game_follow_too(tmp_path: Path) -> None:
    write_clip(talking_body(), tmp_path / "body.npz")
    off_deg = run_script("body_directions", tmp_path / "body.npz", "rigify human", ROCKETBOX)
    assert max(max(parts) for parts in off_deg.values()) < MOST_DEG, off_deg
