"""SMPL-X motion as AMASS publishes it, on the open human: upright, in its place, and moving."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import SMPLX_JOINT_INDEX
from vivavoce.bridge.data.rotation import composed_rotations

from .conftest import run_script

FRAMES = 30


def write_amass(path: Path, is_z_up: bool) -> None:
    """A body that leans, walks half a metre forwards and nods."""
    share = np.linspace(0.0, 1.0, FRAMES)
    poses = np.zeros((FRAMES, 55, 3))
    poses[:, 0] = share[:, None] * (0.2, 0.0, 0.0)
    poses[:, SMPLX_JOINT_INDEX["head"]] = share[:, None] * (0.4, 0.0, 0.0)
    way = share[:, None] * (0.0, 0.0, 0.5) + (1.0, 1.2, 0.0)
    if is_z_up:
        poses[:, 0] = composed_rotations(np.broadcast_to([0.5 * np.pi, 0.0, 0.0], (FRAMES, 3)), poses[:, 0])
        way = np.stack([way[:, 0], -way[:, 2], way[:, 1]], axis=1)
    np.savez(path, poses=poses.reshape(FRAMES, -1), trans=way, mocap_framerate=30.0, gender="neutral", betas=np.zeros(16))


@pytest.mark.parametrize("is_z_up", [True, False])
def test_an_amass_motion_stands_walks_and_nods(tmp_path: Path, is_z_up: bool, blender_python: str) -> None:
    write_amass(tmp_path / "walk.npz", is_z_up)
    said = run_script("smplx_motion", tmp_path / "walk.npz", python=blender_python)
    np.testing.assert_allclose(said["pelvis"][0], 0.0, atol=1e-4)
    np.testing.assert_allclose(said["pelvis"][-1], [0.0, -0.5, 0.0], atol=1e-3)
    np.testing.assert_allclose(said["up"][0], [0.0, 0.0, 1.0], atol=1e-4)
    np.testing.assert_allclose(said["up"][-1], [0.0, -np.sin(0.2), np.cos(0.2)], atol=1e-4)
    np.testing.assert_allclose(said["head_rad"], 0.4 * np.linspace(0.0, 1.0, FRAMES), atol=1e-3)
    mouth, head, findings = said["review"]
    assert (mouth, findings) == (-1.0, [])
    assert head == pytest.approx(1.0, abs=0.05)
