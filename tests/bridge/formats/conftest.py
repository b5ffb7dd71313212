"""A performance in which everything moves, and one that a test can shape."""

from collections.abc import Callable

import numpy as np
import pytest

from vivavoce.bridge.data import (
    BLINK_NAMES,
    FACE_JOINT_NAMES,
    GAZE_NAMES,
    LIPS_NAMES,
    UPPER_FACE_NAMES,
    MotionClip,
    MotionLayer,
    Phoneme,
)

ClipMaker = Callable[..., MotionClip]


def _full_clip(frames: int = 90, fps: float = 30.0, seed: int = 0) -> MotionClip:
    rng = np.random.default_rng(seed)

    def weights(names: tuple[str, ...]) -> np.ndarray:
        return rng.uniform(0.0, 1.0, (frames, len(names))).astype(np.float32)

    def turns(joints: int) -> np.ndarray:
        return rng.uniform(-0.8, 0.8, (frames, joints, 3)).astype(np.float32)

    still = np.zeros((frames, 0), np.float32)
    layers = (
        MotionLayer("lips", weights(LIPS_NAMES), LIPS_NAMES, turns(1), ("jaw",), None, turns(10)[:, :, 0], "smplx"),
        MotionLayer("upper_face", weights(UPPER_FACE_NAMES), UPPER_FACE_NAMES),
        MotionLayer("blinks", weights(BLINK_NAMES), BLINK_NAMES),
        MotionLayer("gaze", weights(GAZE_NAMES), GAZE_NAMES, turns(2), FACE_JOINT_NAMES[1:]),
        MotionLayer("head", still, (), turns(3), ("spine3", "neck", "head")),
        MotionLayer("gestures", still, (), turns(2), ("spine3", "left_wrist"), turns(1)[:, 0]),
    )
    phonemes = (Phoneme("sil", 0.0, 0.1), Phoneme("ɑ̃", 0.1, 1 / 3))
    return MotionClip(fps, layers, phonemes, {"engine": "articulation", "text": 'Olá, "mundo"'})


@pytest.fixture
def full_clip() -> ClipMaker:
    """Makes a clip that uses every part of every layer: full_clip(frames, fps, seed)."""
    return _full_clip


@pytest.fixture
def assert_same_clip() -> Callable[[MotionClip, MotionClip], None]:
    """Fails unless two clips are equal to the bit."""

    def check(first: MotionClip, second: MotionClip) -> None:
        assert first.fps == second.fps
        assert first.phonemes == second.phonemes
        assert dict(first.metadata) == dict(second.metadata)
        assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
        for one, other in zip(first.layers, second.layers, strict=True):
            assert (one.blend_shape_names, one.joint_names, one.expression_basis) == (
                other.blend_shape_names,
                other.joint_names,
                other.expression_basis,
            )
            for part in ("blend_shape_weights", "joint_rotations", "translation", "expression"):
                values, others = getattr(one, part), getattr(other, part)
                assert (values is None) == (others is None)
                assert values is None or (values.shape == others.shape and values.tobytes() == others.tobytes())

    return check
