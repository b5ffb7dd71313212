import numpy as np
import pytest

from vivavoce.bridge.data import GAZE_NAMES, MotionLayer, PerformanceStyle
from vivavoce.bridge.randomness import part_rng
from vivavoce.motion.articulation.gaze import gaze_layer, gaze_saccades
from vivavoce.motion.articulation.manner import manner_curves
from vivavoce.motion.speech.prosody import Prosody

NATURAL = PerformanceStyle()


def gaze(prosody: Prosody, fps: float = 60.0, style: PerformanceStyle = NATURAL) -> MotionLayer:
    return gaze_layer(prosody, fps, round(prosody.duration_s * fps), style, part_rng(style.seed, "gaze"))


def held_shares(prosody: Prosody, style: PerformanceStyle) -> tuple[float, np.ndarray]:
    """How much of the time the eyes are away from the listener, and the (N, 2) directions of looks away."""
    saccades = gaze_saccades(prosody, manner_curves(style, prosody), part_rng(0, "gaze"))
    is_away = np.linalg.norm(saccades.targets_deg, axis=1) > 6.0
    held_s = np.diff(np.r_[saccades.onsets_s, prosody.duration_s])
    return float(held_s[is_away].sum() / held_s.sum()), saccades.targets_deg[is_away]


def test_the_eyes_rest_mostly_on_the_listener(speech: Prosody, silence: Prosody):
    for prosody in (speech, silence):
        share, directions = held_shares(prosody, NATURAL)
        assert 0.1 < share < 0.4
        assert abs(directions[:, 0].mean()) < 3.0


def test_sadness_looks_away_and_down_and_anger_stares(speech: Prosody):
    neutral, sad, angry = (held_shares(speech, PerformanceStyle({name: 1.0})) for name in ("neutral", "sad", "angry"))
    assert sad[0] > neutral[0] > angry[0]
    assert sad[1][:, 1].mean() < neutral[1][:, 1].mean() - 4.0


def test_saccades_are_quick_and_apart(speech: Prosody):
    saccades = gaze_saccades(speech, manner_curves(NATURAL, speech), part_rng(0, "gaze"))
    assert np.all(np.diff(saccades.onsets_s) > saccades.durations_s[:-1])
    assert 0.02 < saccades.durations_s.min() < saccades.durations_s.max() < 0.1
    assert 1.0 < len(saccades.onsets_s) / speech.duration_s < 4.0


def test_both_eyes_look_at_one_point(line: Prosody):
    """Out of one eye is in of the other, apart from the convergence on a near listener."""
    layer = gaze(line)
    left = layer.blend_shape("eyeLookOutLeft") - layer.blend_shape("eyeLookInLeft")
    right = layer.blend_shape("eyeLookInRight") - layer.blend_shape("eyeLookOutRight")
    np.testing.assert_allclose(right - left, 2.0 * 1.2 / 32.0, atol=1e-5)
    np.testing.assert_array_equal(layer.blend_shape("eyeLookUpLeft"), layer.blend_shape("eyeLookUpRight"))


def test_weights_stay_small_and_valid(speech: Prosody):
    layer = gaze(speech, 30.0)
    assert layer.blend_shape_names == GAZE_NAMES
    assert layer.blend_shape_weights.min() >= 0.0
    assert layer.blend_shape_weights.max() < 0.9


def test_amplitude_multiplies(line: Prosody):
    whole, half, none = (gaze(line, style=PerformanceStyle(eyes=eyes)).blend_shape_weights for eyes in (1.0, 0.5, 0.0))
    np.testing.assert_allclose(half, 0.5 * whole, atol=1e-6)
    assert not none.any()


def test_the_same_looks_at_every_rate(line: Prosody):
    np.testing.assert_allclose(gaze(line, 120.0).blend_shape_weights[::4], gaze(line, 30.0).blend_shape_weights, atol=1e-6)


def test_seeds_are_takes(line: Prosody):
    first, again, other = (gaze(line, style=PerformanceStyle(seed=seed)).blend_shape_weights.tobytes() for seed in (1, 1, 2))
    assert first == again != other


def test_eyes_are_alive_in_silence(silence: Prosody):
    weights = gaze(silence, 30.0).blend_shape_weights
    assert weights[:, [GAZE_NAMES.index("eyeLookOutLeft")]].std() == pytest.approx(0.08, abs=0.06)
