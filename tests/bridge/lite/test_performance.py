from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import LIPS_NAMES, AudioClip, PerformanceStyle
from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.bridge.formats.safe_npz import write_arrays
from vivavoce.bridge.lite.lips import LipsStream
from vivavoce.bridge.lite.network import LITE_WEIGHTS_PATH, LiteWeights, read_lite_weights, tensor_shapes
from vivavoce.bridge.lite.performance import LITE_LAYERS, lite_performance

from .test_mel import voice_like


def small_weights(width: int = 8, dilations: tuple[int, ...] = (1, 4), look_ahead: int = 10) -> LiteWeights:
    rng = np.random.default_rng(0)
    shapes = tensor_shapes(width, len(dilations))
    tensors = {name: (0.4 * rng.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32) for name, shape in shapes.items()}
    tensors["exit.bias"] = tensors["exit.bias"] + 0.3
    return LiteWeights(tensors, dilations, look_ahead, {})


def clip_of(seconds: float) -> AudioClip:
    return AudioClip(voice_like(seconds), 16_000, "noise")


@pytest.mark.parametrize(("seconds", "fps"), [(2.4, 25.0), (1.013, 23.976), (0.06, 60.0), (41.0, 30.0)])
def test_every_layer_is_as_long_as_the_recording(seconds: float, fps: float):
    clip = lite_performance(clip_of(seconds), PerformanceStyle(), fps, weights=small_weights())
    assert tuple(layer.name for layer in clip.layers) == LITE_LAYERS
    assert clip.frame_count == int(np.ceil(seconds * fps - 1e-6))
    assert clip.metadata["engine"] == "lite"


@pytest.mark.parametrize("block", [160, 777, 5000])
def test_blocks_give_the_frames_of_the_whole_recording_within_300_ms(block: int):
    audio, fps, weights = clip_of(3.0), 60.0, small_weights()
    whole = lite_performance(audio, PerformanceStyle(), fps, ("lips",), weights).layer("lips").blend_shape_weights
    stream, frames, made = LipsStream(weights, fps, PerformanceStyle()), [], 0
    for start in range(0, len(audio.samples), block):
        frames.append(stream.feed(audio.samples[start : start + block]))
        made += len(frames[-1])
        heard_s = min(start + block, len(audio.samples)) / 16_000
        assert heard_s - made / fps <= 0.3
    frames.append(stream.finish(len(whole)))
    np.testing.assert_allclose(np.concatenate(frames), whole, atol=1e-4)


def test_the_same_seed_gives_the_same_take_and_another_seed_another():
    audio, weights = clip_of(8.0), small_weights()
    first, again, other = (lite_performance(audio, PerformanceStyle(seed=seed), 30.0, weights=weights) for seed in (1, 1, 2))
    for name in LITE_LAYERS:
        np.testing.assert_array_equal(first.layer(name).blend_shape_weights, again.layer(name).blend_shape_weights)
    np.testing.assert_array_equal(first.layer("head").joint_rotations, again.layer("head").joint_rotations)
    assert np.abs(first.layer("head").joint_rotations - other.layer("head").joint_rotations).max() > 1e-3
    assert np.abs(first.layer("blinks").blend_shape_weights - other.layer("blinks").blend_shape_weights).max() > 0.5


def test_amplitudes_are_honoured():
    audio, weights = clip_of(8.0), small_weights()
    still = PerformanceStyle(mouth=0.0, head=0.0, eyes=0.0, blinks=0.0)
    clip = lite_performance(audio, still, 30.0, weights=weights)
    assert not clip.layer("head").joint_rotations.any()
    assert not clip.layer("upper_face").blend_shape_weights.any()
    assert not clip.layer("blinks").blend_shape_weights.any()
    assert clip.layer("lips").blend_shape("jawOpen").max() == 0.0


def test_blinks_come_and_shut_the_lids():
    clip = lite_performance(clip_of(60.0), PerformanceStyle(), 24.0, ("blinks",), small_weights())
    lid = clip.layer("blinks").blend_shape("eyeBlinkLeft")
    shut = np.flatnonzero((lid[1:-1] > 0.99) & (lid[:-2] < 0.99))
    assert 8 <= len(shut) <= 30


def test_an_emotion_shows_on_lips_and_brows():
    audio, weights = clip_of(2.0), small_weights()
    happy = lite_performance(audio, PerformanceStyle({"happy": 1.0}), 30.0, weights=weights)
    plain = lite_performance(audio, PerformanceStyle(), 30.0, weights=weights)
    assert np.mean(happy.layer("lips").blend_shape("mouthSmileLeft") - plain.layer("lips").blend_shape("mouthSmileLeft")) > 0.1
    assert happy.layer("upper_face").blend_shape("cheekSquintLeft").min() > 0.5


def test_what_it_cannot_do_is_said():
    audio, weights = clip_of(1.0), small_weights()
    with pytest.raises(InvalidInput, match="no layer 'gaze'"):
        lite_performance(audio, PerformanceStyle(), 30.0, ("gaze",), weights)
    with pytest.raises(InvalidInput, match="16000 Hz"):
        lite_performance(AudioClip(audio.samples, 44_100), PerformanceStyle(), 30.0, weights=weights)
    with pytest.raises(InvalidInput, match="too short"):
        lite_performance(clip_of(0.01), PerformanceStyle(), 30.0, weights=weights)


def test_damaged_weights_are_refused(tmp_path: Path):
    with pytest.raises(ModelMissing):
        read_lite_weights(tmp_path / "none.npz")
    weights = small_weights()
    told = {"dilations": np.array(weights.dilations), "look_ahead": np.array(10), "facts": np.array("{}")}
    write_arrays(tmp_path / "whole.npz", {**weights.tensors, **told})
    assert read_lite_weights(tmp_path / "whole.npz").dilations == weights.dilations
    lacking = {name: tensor for name, tensor in weights.tensors.items() if name != "exit.bias"}
    write_arrays(tmp_path / "lacking.npz", {**lacking, **told})
    with pytest.raises(InvalidInput, match=r"exit\.bias"):
        read_lite_weights(tmp_path / "lacking.npz")
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:3000])
    with pytest.raises(InvalidInput):
        read_lite_weights(tmp_path / "cut.npz")


def test_the_bundled_weights_are_small():
    assert LITE_WEIGHTS_PATH.stat().st_size < 3_000_000
    weights = read_lite_weights()
    assert sum(tensor.size for tensor in weights.tensors.values()) < 1_000_000
    assert weights.tensors["exit.weight"].shape[0] == len(LIPS_NAMES) + 2
