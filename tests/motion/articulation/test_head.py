import numpy as np
import pytest

from vivavoce.bridge.data import MotionLayer, PerformanceStyle
from vivavoce.bridge.randomness import part_rng
from vivavoce.motion.articulation.breathing import breath
from vivavoce.motion.articulation.head import HEAD_JOINTS, LARGEST_DEG, head_layer
from vivavoce.motion.speech.phrasing import accents, phrases
from vivavoce.motion.speech.prosody import Prosody

NATURAL = PerformanceStyle()


def head(prosody: Prosody, fps: float = 60.0, style: PerformanceStyle = NATURAL) -> MotionLayer:
    return head_layer(prosody, fps, round(prosody.duration_s * fps), style, part_rng(style.seed, "head"))


def turn_deg(layer: MotionLayer) -> np.ndarray:
    """(F, 3) nod, turn, tilt of the whole head."""
    return np.degrees(layer.joint_rotations.sum(axis=1))


@pytest.mark.parametrize("seed", range(3))
def test_angles_and_speeds_are_those_of_people(speech: Prosody, seed: int):
    angle = turn_deg(head(speech, style=PerformanceStyle(seed=seed)))
    speed = np.abs(np.diff(angle, axis=0)) * 60.0
    assert np.all(angle.std(axis=0) > 0.8)
    assert np.all(angle.std(axis=0) < 4.0)
    assert np.all(np.abs(angle).max(axis=0) < np.array(LARGEST_DEG) + 0.6)
    assert np.all(np.percentile(speed, 95, axis=0) < 30.0)
    assert speed.max() < 110.0


def test_motion_is_smooth(speech: Prosody):
    """No sample jumps: at 240 per second the speed changes by little from one to the next."""
    speed = np.diff(turn_deg(head(speech, 240.0)), axis=0) * 240.0
    assert np.abs(np.diff(speed, axis=0)).max() < 9.0


def test_the_head_does_not_drift(speech: Prosody):
    angle = turn_deg(head(speech, 30.0))
    halves = angle[: len(angle) // 2].mean(axis=0) - angle[len(angle) // 2 :].mean(axis=0)
    assert np.all(np.abs(halves) < 0.8)


def test_nods_go_with_accents(speech: Prosody):
    """Beat alignment: the head turns faster around the strong accents than elsewhere in speech."""
    speed = np.abs(np.diff(turn_deg(head(speech))[:, 0])) * 60.0
    heard = accents(speech)
    strong = heard.times_s[heard.strengths > 0.7]
    frames = (strong[:, None] * 60.0 + np.arange(-15, 20)).astype(int)
    assert speed[np.clip(frames, 0, len(speed) - 1)].mean() > 1.2 * speed.mean()


def test_amplitude_zero_freezes_everything(line: Prosody):
    style = PerformanceStyle({"sad": 1.0}, head=0.0)
    layer = head(line, style=style)
    assert not layer.joint_rotations.any()
    assert layer.translation is not None
    assert not layer.translation.any()


def test_amplitude_multiplies(line: Prosody):
    whole, twice = (head(line, style=PerformanceStyle(head=amplitude)) for amplitude in (1.0, 2.0))
    np.testing.assert_allclose(twice.joint_rotations, 2.0 * whole.joint_rotations, atol=1e-6)


def test_the_same_motion_at_every_rate(line: Prosody):
    fine, coarse = head(line, 120.0), head(line, 30.0)
    np.testing.assert_allclose(fine.joint_rotations[::4], coarse.joint_rotations, atol=1e-5)


def test_seeds_are_takes(line: Prosody):
    first, again, other = (head(line, style=PerformanceStyle(seed=seed)).joint_rotations.tobytes() for seed in (1, 1, 2))
    assert first == again != other


def test_the_head_idles_and_breathes_in_silence(silence: Prosody):
    layer = head(silence, 30.0)
    assert layer.joint_names == HEAD_JOINTS
    assert np.all(turn_deg(layer).std(axis=0) > 0.3)
    assert layer.translation is not None
    rise = layer.translation[:, 1]
    breaths = np.count_nonzero((rise[1:] > 0.0005) & (rise[:-1] <= 0.0005))
    assert 12.0 < breaths / silence.duration_s * 60.0 < 20.0
    assert 0.0008 < rise.max() < 0.003


def test_emotion_holds_the_head(line: Prosody):
    nod = {
        name: turn_deg(head(line, style=PerformanceStyle({name: 1.0})))[:, 0].mean() for name in ("sad", "neutral", "contempt")
    }
    assert nod["sad"] > nod["neutral"] + 3.0
    assert nod["contempt"] < nod["neutral"] - 2.0


def test_breath_is_drawn_before_phrases(speech: Prosody):
    times_s = np.arange(0.0, speech.duration_s, 0.01)
    chest = breath(speech, times_s, np.random.default_rng(0))
    onsets_s = phrases(speech)[1:-1, 0]
    rise = np.interp(onsets_s, times_s, chest) - np.interp(onsets_s - 0.6, times_s, chest)
    assert np.mean(rise > 0.1) > 0.6
    assert np.abs(np.diff(chest)).max() < 0.07
