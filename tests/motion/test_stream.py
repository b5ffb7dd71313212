import numpy as np
import pytest

from vivavoce.bridge.data import PerformanceStyle
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.lite.network import LiteWeights, tensor_shapes
from vivavoce.motion.models.channels import BLINK, CHANNEL_NAMES, HEAD, LIPS
from vivavoce.motion.stream import LONGEST_DELAY_S, StreamedFace


def small_weights() -> LiteWeights:
    rng = np.random.default_rng(0)
    shapes = tensor_shapes(8, 2)
    tensors = {name: (0.6 * rng.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32) for name, shape in shapes.items()}
    return LiteWeights({**tensors, "exit.bias": tensors["exit.bias"] + 0.3}, (1, 4), 10, {})


def murmur(seconds: float) -> np.ndarray:
    times_s = np.arange(int(seconds * 16_000)) / 16_000
    loudness = 0.5 - 0.5 * np.cos(2.0 * np.pi * 4.0 * times_s)
    return (0.1 * loudness * np.random.default_rng(0).standard_normal(len(times_s))).astype(np.float32)


def streamed(samples: np.ndarray, fps: float, block: int) -> tuple[np.ndarray, float]:
    """All frames, and the longest time from a frame's own to when it came out."""
    face, frames, delay_s = StreamedFace(fps, PerformanceStyle(seed=4), small_weights()), [], 0.0
    made = 0
    for start in range(0, len(samples), block):
        frames.append(face.feed(samples[start : start + block]))
        made += len(frames[-1])
        # The oldest frame that is still to come.
        delay_s = max(delay_s, min(start + block, len(samples)) / 16_000 - made / fps)
    return np.concatenate([*frames, face.finish()]), delay_s


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
@pytest.mark.parametrize("block", [100, 320, 512])
def test_frames_come_in_time_and_are_those_of_the_whole(fps: float, block: int):
    samples = murmur(4.0)
    whole, _ = streamed(samples, fps, len(samples))
    made, delay_s = streamed(samples, fps, block)
    assert made.shape == (int(4.0 * fps), len(CHANNEL_NAMES))
    assert np.abs(made - whole).max() < 0.02 * np.ptp(whole[:, LIPS])
    assert delay_s <= LONGEST_DELAY_S + block / 16_000


def test_memory_does_not_grow():
    face = StreamedFace(60.0, PerformanceStyle(), small_weights())
    block = murmur(1.0)
    for _ in range(30):
        face.feed(block)
    assert len(face._lips._frames._steps) < 20
    assert len(face._lips._mel._rest) < 1000
    assert len(face._blinks._peaks_s) < 10


def test_the_face_is_alive_and_obeys_its_style():
    whole, _ = streamed(murmur(20.0), 30.0, 1600)
    assert whole[:, BLINK].max() == pytest.approx(1.0)
    assert np.ptp(whole[:, HEAD], axis=0).min() > 0.01
    still = StreamedFace(30.0, PerformanceStyle(head=0.0, blinks=0.0, mouth=0.0, eyes=0.0), small_weights())
    frames = still.feed(murmur(3.0))
    assert not frames[:, HEAD].any()
    assert not frames[:, BLINK].any()
    with pytest.raises(InvalidInput, match="frames per second"):
        StreamedFace(5.0)
