"""Body motion of files whose Z or Y is up stands upright, and begins where the character is."""

import numpy as np
import pytest

from vivavoce.addon.core.standing import is_z_up, motion_in_place, standing_motion
from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.data.rotation import axis_angle_to_matrix, composed_rotations

FRAMES = 10


def walking(is_z_up_file: bool) -> MotionClip:
    """A body that turns about its own axis while it walks forwards and up a slope."""
    turn = np.linspace(0.0, 1.0, FRAMES)[:, None] * (0.0, 1.0, 0.0)
    way = np.linspace(0.0, 1.0, FRAMES)[:, None] * (0.2, 0.1, 1.0) + (3.0, 0.9, 2.0)
    if is_z_up_file:
        upright = np.broadcast_to([0.5 * np.pi, 0.0, 0.0], (FRAMES, 3))
        turn, way = composed_rotations(upright, turn), way @ axis_angle_to_matrix(upright[0]).T
    rotations = np.stack([turn, np.full((FRAMES, 3), 0.1)], axis=1)
    layer = MotionLayer("gestures", np.zeros((FRAMES, 0)), (), rotations, ("pelvis", "spine1"), way)
    return MotionClip(30.0, (layer,))


@pytest.mark.parametrize("is_z_up_file", [False, True])
def test_both_kinds_of_files_stand(is_z_up_file: bool) -> None:
    clip = walking(is_z_up_file)
    assert is_z_up(clip) == is_z_up_file
    standing = standing_motion(clip)
    assert not is_z_up(standing)
    np.testing.assert_allclose(standing.joints(["pelvis"]), walking(False).joints(["pelvis"]), atol=1e-6)
    np.testing.assert_allclose(standing.joints(["spine1"]), 0.1, atol=1e-6)
    np.testing.assert_allclose(standing.translation()[0], 0.0, atol=1e-6)
    np.testing.assert_allclose(standing.translation()[-1], [0.2, 0.1, 1.0], atol=1e-5)


def test_a_clip_of_a_face_is_not_touched() -> None:
    clip = MotionClip(30.0, (MotionLayer("lips", np.ones((4, 1)), ("jawOpen",)),))
    assert standing_motion(clip) is clip


def test_a_body_may_stay_in_its_place() -> None:
    clip = motion_in_place(walking(False))
    assert all(layer.translation is None for layer in clip.layers)
    np.testing.assert_array_equal(clip.joints(["pelvis"]), walking(False).joints(["pelvis"]))
