"""Emotions told apart: by a classifier that can only do so where they differ, and by displacement that grows."""

import numpy as np
import pytest

from vivavoce.bridge.data import EMOTION_NAMES, UPPER_FACE_NAMES, AudioClip, MotionClip, MotionLayer, PerformanceStyle
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.evaluation.candidates import Performer
from vivavoce.motion.evaluation.emotions import confusion_across_halves, emotions_shown, motion_statistics
from vivavoce.motion.metrics import face_mesh

RATE = 16_000
LINES = [AudioClip(np.zeros(RATE, np.float32), RATE, f"line {number}") for number in range(6)]


def expressive(audio: AudioClip) -> Performer:
    """Each emotion moves a shape of its own, over what chance does."""

    def perform(style: PerformanceStyle, fps: float) -> MotionClip:
        rng = np.random.default_rng([style.seed, len(audio.samples)])
        weights = 0.2 + 0.05 * rng.standard_normal((round(audio.duration_s * fps), len(UPPER_FACE_NAMES)))
        for label, intensity in style.emotion.items():
            weights[:, EMOTION_NAMES.index(label)] += 0.3 * intensity * (label != "neutral")
        return MotionClip(fps, (MotionLayer("upper_face", np.clip(weights, 0.0, 1.0), UPPER_FACE_NAMES),))

    return perform


def unmoved(audio: AudioClip) -> Performer:
    performer = expressive(audio)
    return lambda style, fps: performer(PerformanceStyle(seed=style.seed), fps)


def test_emotions_that_differ_are_told_apart() -> None:
    shown = emotions_shown(LINES, expressive, face_mesh(load_open_human()))
    assert shown.accuracy == 1.0
    assert shown.confusion.sum() == len(LINES) * len(EMOTION_NAMES)
    assert (shown.displacement_mm[:, 0] == 0.0).all()
    assert (np.diff(shown.displacement_mm[1:], axis=1) > 0.0).all()
    np.testing.assert_array_equal(shown.displacement_mm[0], 0.0)


def test_emotions_that_do_not_show_are_not() -> None:
    shown = emotions_shown(LINES, unmoved, face_mesh(load_open_human()))
    assert shown.accuracy < 0.3
    assert not shown.displacement_mm.any()


def test_the_classifier_is_judged_on_lines_that_it_did_not_see() -> None:
    noise = np.random.default_rng(0).standard_normal((40, 8, 30))
    assert np.trace(confusion_across_halves(noise)) / 320 == pytest.approx(1 / 8, abs=0.08)
    shifted = noise + 6.0 * np.eye(8, 30)
    assert np.trace(confusion_across_halves(shifted)) / 320 > 0.95


def test_statistics_have_a_mean_and_a_spread_of_every_channel() -> None:
    clip = expressive(LINES[0])(PerformanceStyle(), 25.0)
    statistics = motion_statistics(clip)
    assert statistics.shape == (96,)
    assert np.isfinite(statistics).all()


def test_too_few_lines_are_refused() -> None:
    with pytest.raises(InvalidInput, match="four lines"):
        emotions_shown(LINES[:3], expressive, face_mesh(load_open_human()))
