"""Cameras that cannot see the character are found before anything is rendered."""

import logging

import numpy as np
import pytest

from vivavoce.bridge.data import Camera
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.rendering.preview import visible_triangles
from vivavoce.rendering.sight import check_sight, is_inside

HUMAN = load_open_human()
TRIANGLES = visible_triangles(HUMAN)
HEAD = HUMAN.joint_positions[HUMAN.joint_names.index("head")] + np.array([0.0, 0.07, 0.02])
AHEAD, BESIDE = np.array([0.0, 0.0, 1.0]), np.array([0.3, 0.0, 0.0])


def camera_at(position: np.ndarray, is_turned: bool = False) -> Camera:
    """One that looks along -Z (towards the face from before it), or away from it."""
    pose = np.diag([-1.0, 1.0, -1.0, 1.0]) if is_turned else np.eye(4)
    pose[:3, 3] = position
    return Camera(pose, 0.4, 64, 64)


def test_a_point_is_inside_the_head_or_not() -> None:
    assert is_inside(HEAD, HUMAN.vertices, TRIANGLES)
    assert not is_inside(HEAD + 0.3 * AHEAD, HUMAN.vertices, TRIANGLES)
    assert not is_inside(HEAD + BESIDE, HUMAN.vertices, TRIANGLES)


def test_a_camera_inside_the_head_is_refused() -> None:
    cameras = [camera_at(HEAD + AHEAD), camera_at(HEAD)]
    with pytest.raises(InvalidInput, match="frame 2 the camera is inside"):
        check_sight(cameras, HUMAN.vertices, TRIANGLES, np.zeros((2, 3)))
    check_sight(cameras, HUMAN.vertices, TRIANGLES, np.array([[0.0, 0.0, 0.0], [0.0, 0.0, -2.0]]))


def test_a_camera_that_never_sees_the_character_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    away, towards = (camera_at(HEAD + AHEAD, is_turned) for is_turned in (True, False))
    with pytest.raises(InvalidInput, match="never sees"):
        check_sight([away, away], HUMAN.vertices, TRIANGLES, np.zeros((2, 3)))
    with caplog.at_level(logging.WARNING):
        check_sight([towards, away], HUMAN.vertices, TRIANGLES, np.zeros((2, 3)))
    assert "1 frames, from frame 2 on" in caplog.text
