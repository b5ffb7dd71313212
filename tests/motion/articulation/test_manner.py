"""How moods change the behaviour: blended, smooth, and neutral where there is none."""

import numpy as np
import pytest

from vivavoce.bridge.data import EMOTION_NAMES, Mood, PerformanceStyle
from vivavoce.motion.articulation.emotion_table import MANNERS, Manner
from vivavoce.motion.articulation.manner import manner_curves
from vivavoce.motion.speech.prosody import Prosody


@pytest.mark.parametrize("label", EMOTION_NAMES)
def test_a_full_emotion_has_the_manner_of_the_table(line: Prosody, label: str):
    curves = manner_curves(PerformanceStyle({label: 1.0}), line)
    for name, values in vars(curves).items():
        expected = np.broadcast_to(getattr(MANNERS[label], name), values.shape)
        np.testing.assert_allclose(values, expected, atol=1e-12)
        assert len(values) == line.step_count
    assert set(vars(curves)) == set(vars(Manner()))


def test_all_emotions_at_once_leave_a_manner_that_works(line: Prosody):
    everything = manner_curves(PerformanceStyle(dict.fromkeys(EMOTION_NAMES, 1.0)), line)
    assert min(everything.head_gain.min(), everything.blink_rate.min(), everything.aversion.min()) > 0.0


def test_a_sudden_change_of_mood_moves_the_head_gently(line: Prosody):
    style = PerformanceStyle(moods=(Mood(4.0, {"happy": 1.0}), Mood(4.01, {"sad": 1.0})))
    posture_deg = manner_curves(style, line).head_posture_deg
    np.testing.assert_allclose(posture_deg[[0, -1]], [MANNERS[name].head_posture_deg for name in ("happy", "sad")], atol=1e-6)
    assert np.abs(np.diff(posture_deg, axis=0)).max() / line.hop_s < 15.0
