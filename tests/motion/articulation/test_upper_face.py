import numpy as np
import pytest

from vivavoce.bridge.data import UPPER_FACE_NAMES, MotionLayer, PerformanceStyle
from vivavoce.bridge.randomness import part_rng
from vivavoce.motion.articulation.upper_face import upper_face_layer
from vivavoce.motion.speech.phrasing import accents
from vivavoce.motion.speech.prosody import Prosody

NATURAL = PerformanceStyle()


def upper_face(prosody: Prosody, fps: float = 60.0, style: PerformanceStyle = NATURAL) -> MotionLayer:
    return upper_face_layer(prosody, fps, round(prosody.duration_s * fps), style, part_rng(style.seed, "upper_face"))


def test_a_neutral_face_is_subtle(speech: Prosody):
    layer = upper_face(speech, 30.0)
    assert layer.blend_shape_names == UPPER_FACE_NAMES
    assert layer.blend_shape("browInnerUp").mean() < 0.12
    assert 0.2 < layer.blend_shape("browInnerUp").max() <= 1.0
    assert not layer.blend_shape("noseSneerLeft").any()


def test_brows_rise_on_strong_accents(speech: Prosody):
    brow = upper_face(speech).blend_shape("browInnerUp")
    heard = accents(speech)
    at = (heard.times_s * 60.0).astype(int)
    strong, weak = brow[at[heard.strengths > 0.7]].mean(), brow[at[heard.strengths < 0.3]].mean()
    assert strong > 1.5 * weak


def test_brows_rise_with_a_question():
    times_s = np.arange(300) * 0.01
    is_speech = (times_s > 0.5) & (times_s < 2.2)
    falling = np.where(is_speech, 140.0 - 20.0 * times_s, 0.0)
    rising = falling + np.where(is_speech, np.clip(times_s - 1.8, 0.0, None) * 200.0, 0.0)
    loudness_db = np.where(is_speech, -20.0, -80.0).astype(np.float32)
    brows = []
    for pitch_hz in (falling, rising):
        layer = upper_face(Prosody(loudness_db, pitch_hz.astype(np.float32), is_speech), 100.0)
        brows.append(layer.blend_shape("browOuterUpLeft")[205:220].mean())
    assert brows[1] > brows[0] + 0.15


@pytest.mark.parametrize("emotion", [{}, {"surprised": 1.0}])
def test_amplitude_multiplies(line: Prosody, emotion: dict[str, float]):
    whole, half, none = (
        upper_face(line, style=PerformanceStyle(emotion, eyes=eyes)).blend_shape_weights for eyes in (1.0, 0.5, 0.0)
    )
    free = (whole > 0.0) & (whole < 1.0)
    np.testing.assert_allclose(half[free], 0.5 * whole[free], atol=1e-6)
    assert not none.any()


def test_the_same_motion_at_every_rate(line: Prosody):
    fine, coarse = upper_face(line, 120.0), upper_face(line, 30.0)
    np.testing.assert_allclose(fine.blend_shape_weights[::4], coarse.blend_shape_weights, atol=1e-5)


def test_seeds_are_takes(line: Prosody):
    first, again, other = (
        upper_face(line, style=PerformanceStyle(seed=seed)).blend_shape_weights.tobytes() for seed in (1, 1, 2)
    )
    assert first == again != other


def test_motion_is_smooth(speech: Prosody):
    weights = upper_face(speech, 240.0, PerformanceStyle({"angry": 0.7})).blend_shape_weights
    assert np.abs(np.diff(weights, axis=0)).max() * 240.0 < 12.0


def test_silence_leaves_a_resting_face(silence: Prosody):
    weights = upper_face(silence, 30.0).blend_shape_weights
    assert 0.0 < weights.max() < 0.12
