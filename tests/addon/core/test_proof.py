"""What witnesses tell of a mesh that follows a clip, of one that does not, and of one that is turned meanwhile."""

import numpy as np
import pytest

from vivavoce.addon.core.proof import (
    change_share,
    head_chain,
    mouth_moments,
    moved_share,
    own_motion,
    turn_moments,
    turn_rad,
    witness_pairs,
)
from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.data.rotation import axis_angle_to_matrix
from vivavoce.bridge.formats.open_human import load_open_human

TURN = axis_angle_to_matrix(np.array([0.1, 0.4, -0.2]))


def face_shapes() -> tuple[np.ndarray, np.ndarray]:
    """A ball of points at rest, and with its lower front pulled down; far below it a body that never moves."""
    rng = np.random.default_rng(0)
    rest = np.concatenate([rng.normal(size=(400, 3)), rng.normal(size=(400, 3)) - (0.0, 30.0, 0.0)])
    pulled = rest.copy()
    pulled[(rest[:, 1] < -0.3) & (rest[:, 1] > -4.0) & (rest[:, 2] > 0.0), 1] -= 0.5
    return rest, pulled


def test_a_mesh_that_follows_makes_all_of_the_motion() -> None:
    rest, pulled = face_shapes()
    pairs = witness_pairs(rest, pulled)
    assert len(pairs) > 20
    assert moved_share(pairs, (rest, pulled), (rest, pulled)) == pytest.approx(1.0)
    assert moved_share(pairs, (rest, pulled), (rest, rest)) == pytest.approx(0.0)
    half = 0.5 * (rest + pulled)
    assert moved_share(pairs, (rest, pulled), (rest, half)) == pytest.approx(0.5, abs=0.1)


def test_a_turn_meanwhile_changes_nothing() -> None:
    rest, pulled = face_shapes()
    pairs = witness_pairs(rest, pulled)
    turned = pulled @ TURN.T
    turned[400:] = rest[400:]
    assert moved_share(pairs, (rest, pulled), (rest, turned)) == pytest.approx(1.0, abs=1e-6)
    assert moved_share(pairs, (rest, pulled), (rest, rest @ TURN.T)) == pytest.approx(0.0, abs=1e-6)


def test_where_nothing_or_all_moves_there_are_no_witnesses() -> None:
    rest, _ = face_shapes()
    assert len(witness_pairs(rest, rest)) == 0
    assert len(witness_pairs(rest, rest + np.array([0.0, 0.3, 0.0]))) == 0
    assert len(witness_pairs(rest[:0], rest[:0])) == 0


def test_a_turn_is_told_apart_from_what_the_face_does() -> None:
    rest, pulled = face_shapes()
    head = slice(0, 400)
    angle = float(np.linalg.norm([0.1, 0.4, -0.2]))
    assert turn_rad((rest[head], pulled[head]), (rest[head], pulled[head] @ TURN.T)) == pytest.approx(angle, abs=1e-6)
    assert turn_rad((rest[head], pulled[head]), (rest[head], pulled[head])) == pytest.approx(0.0, abs=1e-6)


def test_moments_are_the_extremes_of_the_clip() -> None:
    jaw = np.array([0.1, 0.0, 0.9, 0.3])[:, None]
    turns = np.array([[0, 0.1, 0], [0, -0.2, 0], [0, 0.0, 0], [0, 0.3, 0]])[:, None]
    clip = MotionClip(24.0, (MotionLayer("lips", jaw, ("jawOpen",)), MotionLayer("head", np.zeros((4, 0)), (), turns, ("head",))))
    assert mouth_moments(clip, load_open_human()) == (1, 2)
    first, second, angle = turn_moments(clip, head_chain()) or (0, 0, 0.0)
    assert {first, second} == {1, 3}
    assert angle == pytest.approx(0.5, abs=1e-6)


def test_a_clip_that_asks_nothing_has_no_moments() -> None:
    still = MotionClip(24.0, (MotionLayer("blinks", np.ones((4, 1)), ("eyeBlinkLeft",)),))
    assert mouth_moments(still, load_open_human()) is None
    assert turn_moments(still, head_chain()) is None
    assert turn_moments(still, ()) is None


def test_the_head_is_turned_by_all_below_it() -> None:
    assert head_chain() == ("pelvis", "spine1", "spine2", "spine3", "neck", "head")


def test_what_moves_within_a_mesh_is_told_from_the_turn_of_the_whole() -> None:
    rest, pulled = face_shapes()
    assert own_motion(rest, rest @ TURN.T + 3.0) == pytest.approx(0.0, abs=1e-9)
    assert own_motion(rest, pulled @ TURN.T) == pytest.approx(0.5 / np.ptp(rest, axis=0).max(), rel=0.2)


def test_numbers_that_change_as_asked() -> None:
    asked = np.array([0.3, -0.2, 0.0])
    assert change_share(asked, asked) == pytest.approx(1.0)
    assert change_share(asked, 0.0 * asked) == 0.0
    assert change_share(0.0 * asked, asked) == 1.0
