"""Moods: a timeline reads back, blends linearly, and refuses what it cannot mean."""

import numpy as np
import pytest

from vivavoce.bridge.data import EMOTION_NAMES, Mood, PerformanceStyle
from vivavoce.bridge.data.mood import timeline_from_text, timeline_text
from vivavoce.bridge.errors import InvalidInput

HAPPY, SAD, ANGRY = (EMOTION_NAMES.index(label) for label in ("happy", "sad", "angry"))
TURN = (Mood(1.0, {"happy": 1.0}), Mood(3.0, {"sad": 0.5}))


def test_a_timeline_is_linear_between_moods_and_held_outside():
    read = PerformanceStyle(moods=TURN).emotion_at(np.array([-5.0, 1.0, 2.0, 3.0, 9.0]))
    np.testing.assert_allclose(read[:, HAPPY], [1.0, 1.0, 0.5, 0.0, 0.0])
    np.testing.assert_allclose(read[:, SAD], [0.0, 0.0, 0.25, 0.5, 0.5])
    np.testing.assert_allclose(read[:, 0], [0.0, 0.0, 0.25, 0.5, 0.5])


def test_a_constant_emotion_is_one_mood():
    times_s, emotion = np.linspace(0.0, 7.0, 50), {"happy": 0.3, "angry": 0.9}
    constant = PerformanceStyle(emotion).emotion_at(times_s)
    np.testing.assert_array_equal(constant, PerformanceStyle(moods=(Mood(2.0, emotion),)).emotion_at(times_s))
    assert constant.shape == (50, len(EMOTION_NAMES))
    np.testing.assert_allclose(constant[:, [0, HAPPY, ANGRY]], np.tile([0.0, 0.3, 0.9], (50, 1)))


@pytest.mark.parametrize("style", [PerformanceStyle(), PerformanceStyle({"neutral": 0.2}), PerformanceStyle(moods=(Mood(1.0),))])
def test_without_an_emotion_all_is_neutral(style: PerformanceStyle):
    np.testing.assert_array_equal(style.emotion_at(np.zeros(2)), np.tile(np.eye(8)[0], (2, 1)))


def test_text_reads_back():
    moods = timeline_from_text("0s:happy=1  2.5s:sad=.5,angry=.2 4s:neutral")
    assert moods == (Mood(0.0, {"happy": 1.0}), Mood(2.5, {"sad": 0.5, "angry": 0.2}), Mood(4.0, {"neutral": 1.0}))
    assert timeline_from_text(timeline_text((*TURN, Mood(3600.125)))) == (*TURN, Mood(3600.125, {"neutral": 1.0}))
    assert timeline_from_text("3:sad") == (Mood(3.0, {"sad": 1.0}),)
    assert timeline_from_text("") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("happy", "'happy' cannot be read"), ("0s:happy=much", "2s:sad"), ("0s:glad", "glad"), ("0s", "Choose from"),
        ("0s:sad=2", "between 0 and 1"), ("2s:sad 1s:happy", "1 s comes after 2 s"), ("0s:sad 0s:happy", "follow"),
        ("infs:sad", "time in seconds"),
    ],
)  # fmt: skip
def test_an_unusable_timeline_is_refused(text: str, told: str):
    with pytest.raises(InvalidInput, match=told):
        timeline_from_text(text)


def test_emotion_and_moods_exclude_each_other():
    with pytest.raises(InvalidInput, match="exclude"):
        PerformanceStyle({"happy": 1.0}, TURN)
