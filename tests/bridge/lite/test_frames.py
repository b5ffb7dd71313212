import numpy as np
import pytest

from vivavoce.bridge.lite.frames import FrameReader


def read(steps: np.ndarray, fps: float, frame_count: int, block: int) -> np.ndarray:
    reader = FrameReader(fps, steps.shape[1] - 1)
    frames = [reader.feed(steps[start : start + block]) for start in range(0, len(steps), block)]
    return np.concatenate([*frames, reader.feed(steps[:0], is_last=True, frame_count=frame_count)])


@pytest.mark.parametrize("fps", [5.0, 23.976, 24.0, 30.0, 50.0, 60.0, 120.0])
@pytest.mark.parametrize("block", [1, 7])
def test_pieces_give_the_same_frames_as_the_whole(fps: float, block: int):
    steps = np.random.default_rng(0).random((90, 4)).astype(np.float32)
    frame_count = int(np.ceil(90 / 50 * fps))
    whole = read(steps, fps, frame_count, 90)
    assert whole.shape == (frame_count, 4)
    np.testing.assert_allclose(read(steps, fps, frame_count, block), whole, atol=1e-6)


def test_at_the_rate_of_the_steps_frames_are_steps():
    steps = np.random.default_rng(1).random((40, 3)).astype(np.float32)
    np.testing.assert_allclose(read(steps, 50.0, 40, 40)[:, :2], steps[:, :2], atol=1e-6)


def test_a_line_stays_a_line():
    steps = np.repeat(np.arange(60, dtype=np.float32)[:, None], 2, axis=1)
    frames = read(steps, 30.0, 30, 60)
    np.testing.assert_allclose(frames[2:28, 0], np.arange(2, 28) * 50.0 / 30.0, atol=1e-4)


@pytest.mark.parametrize("fps", [5.0, 12.0, 24.0])
def test_no_contact_falls_between_two_frames(fps: float):
    for step in range(10, 40):
        steps = np.zeros((60, 2), np.float32)
        steps[step, 1] = 1.0
        assert read(steps, fps, int(60 / 50 * fps), 60)[:, 1].max() == pytest.approx(1.0)
