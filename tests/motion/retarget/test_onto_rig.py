"""From a rig's arrays to its curves, as the command and the worker do it."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import Phoneme
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.process import Worker
from vivavoce.bridge.rigs import TargetName
from vivavoce.bridge.rigs.curves_file import read_curves, request_arrays, request_from
from vivavoce.bridge.rigs.geometry_file import LIMITS, geometry_arrays
from vivavoce.motion.retarget.onto_rig import retarget_onto

from .faces import VISEMES, human, rig, talking_clip
from .test_bone_faces import bone_face


def test_the_worker_makes_curves_out_of_a_file(tmp_path: Path):
    pytest.importorskip("fastapi", reason="the `server` extra is not installed")
    worker = Worker([sys.executable, "-m", "vivavoce", "serve", "--ends-with-parent"])
    try:
        request = request_arrays(talking_clip(1.0), rig(VISEMES))
        worker.submit("retarget", {"face": "quick"}, request, tmp_path / "output.npz").wait()
        with pytest.raises(InvalidInput, match="no performance"):
            worker.submit("retarget", {}, geometry_arrays(rig(VISEMES)), tmp_path / "refused.npz").wait()
    finally:
        worker.stop()
    assert not (tmp_path / "refused.npz").exists()
    curves, poses = read_curves(tmp_path / "output.npz")
    assert poses is None
    assert curves.values.shape == (30, len(VISEMES))
    assert {target.name for target in curves.targets} == set(VISEMES)
    with np.load(tmp_path / "output.npz") as file:
        assert file["score_opening_correlation"] > 0.95


def test_a_face_of_bones_gets_curves_poses_and_eyes():
    clip = talking_clip(1.0)
    labials = (Phoneme("m", 0.42, 0.5), Phoneme("a", 0.5, 0.9), Phoneme("p", 0.92, 1.0))
    result = retarget_onto(replace(clip, phonemes=labials), bone_face(), human())
    assert result.poses is not None
    assert TargetName("bone_rotation", "Rig", "Jaw", "x") in result.curves.targets
    assert TargetName("bone_rotation", "Rig", "LeftEye", "x") in result.curves.targets
    assert result.scores.labials_kept == 1.0
    assert result.scores.opening_correlation > 0.95
    assert 0.0 < result.scores.error_of_head < 0.01


@pytest.mark.parametrize("key", ["clip_weights", "vertices"])
def test_a_request_that_lacks_a_part_is_refused(key):
    arrays = request_arrays(talking_clip(1.0), rig({}))
    del arrays[key]
    with pytest.raises(InvalidInput, match=key):
        request_from(arrays)


def test_a_rig_fits_the_limits_of_a_file():
    assert sum(array.nbytes for array in geometry_arrays(rig(VISEMES)).values()) < LIMITS.total_bytes
