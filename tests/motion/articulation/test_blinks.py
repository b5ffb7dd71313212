import numpy as np
import pytest

from vivavoce.bridge.data import Mood, PerformanceStyle
from vivavoce.bridge.randomness import part_rng
from vivavoce.motion.articulation.blinks import blink_layer, blink_starts_s
from vivavoce.motion.speech.phrasing import phrases
from vivavoce.motion.speech.prosody import Prosody

NATURAL = PerformanceStyle()


def lids(prosody: Prosody, fps: float = 60.0, style: PerformanceStyle = NATURAL) -> np.ndarray:
    frame_count = round(prosody.duration_s * fps)
    return blink_layer(prosody, fps, frame_count, style, part_rng(style.seed, "blinks")).blend_shape_weights


def blink_count(lid: np.ndarray) -> int:
    return int(np.count_nonzero((lid[1:] > 0.5) & (lid[:-1] <= 0.5)))


@pytest.mark.parametrize("seed", range(4))
def test_the_rate_is_natural_in_speech_and_in_silence(speech: Prosody, silence: Prosody, seed: int):
    for prosody in (speech, silence):
        per_minute = (
            len(blink_starts_s(prosody, np.ones(prosody.step_count), part_rng(seed, "blinks"))) / prosody.duration_s * 60.0
        )
        assert 14.0 < per_minute < 21.0


def test_the_rate_follows_the_style(speech: Prosody):
    counts = [blink_count(lids(speech, style=PerformanceStyle(blinks=rate))[:, 0]) for rate in (0.5, 1.0, 2.0)]
    assert counts[1] / counts[0] == pytest.approx(2.0, abs=0.35)
    assert counts[2] / counts[1] == pytest.approx(2.0, abs=0.35)
    assert not lids(speech, style=PerformanceStyle(blinks=0.0)).any()


def test_emotion_changes_the_rate(speech: Prosody):
    counts = {name: blink_count(lids(speech, style=PerformanceStyle({name: 1.0}))[:, 0]) for name in ("fear", "neutral", "angry")}
    assert counts["fear"] > 1.2 * counts["neutral"] > 1.4 * counts["angry"]


def test_the_rate_changes_with_the_mood(speech: Prosody):
    style = PerformanceStyle(moods=(Mood(300.0, {"fear": 1.0}), Mood(301.0, {"angry": 1.0})))
    lid = lids(speech, style=style)[:, 0]
    assert blink_count(lid[: len(lid) // 2]) > 1.5 * blink_count(lid[len(lid) // 2 :])


@pytest.mark.parametrize("fps", [23.976, 24.0, 30.0, 59.94])
def test_every_blink_shuts_both_lids_at_some_sample(speech: Prosody, fps: float):
    weights = lids(speech, fps)
    starts_s = blink_starts_s(speech, np.ones(speech.step_count), part_rng(0, "blinks"))
    for start_s in starts_s:
        frames = weights[int(start_s * fps) : int((start_s + 0.25) * fps) + 1]
        assert np.all(frames.max(axis=0) > 0.999)


def test_lids_close_faster_than_they_open(speech: Prosody):
    lid = lids(speech, 1000.0)[:, 0]
    rises, falls = np.flatnonzero(np.diff(lid > 0.02)).reshape(-1, 2).T
    for start, end in zip(rises, falls, strict=True):
        if end - start < 360:  # not a double
            shut = np.flatnonzero(lid[start:end] > 0.98)
            assert 50 <= shut[0] <= 100
            assert 80 <= end - start - shut[-1] <= 200


def test_the_eyes_differ_a_little(speech: Prosody):
    weights = lids(speech, 120.0)
    difference = np.abs(weights[:, 0] - weights[:, 1])
    assert 0.01 < difference.max() < 0.3


def test_blinks_prefer_the_ends_of_phrases(speech: Prosody):
    ends_s = phrases(speech)[:, 1]
    starts_s = np.concatenate(
        [blink_starts_s(speech, np.ones(speech.step_count), part_rng(seed, "blinks")) for seed in range(10)]
    )
    near = np.abs(starts_s[:, None] - ends_s).min(axis=1) < 0.3
    chance = len(ends_s) * 0.6 / speech.duration_s
    assert near.mean() > 1.5 * chance


def test_blinks_fall_at_the_same_times_at_every_rate(line: Prosody):
    fine, coarse = lids(line, 120.0), lids(line, 30.0)
    np.testing.assert_allclose(fine[::4], coarse, atol=1e-6)


def test_seeds_are_takes(line: Prosody):
    first, again = (lids(line, style=PerformanceStyle(seed=1)) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != lids(line, style=PerformanceStyle(seed=2)).tobytes()


def test_lids_move_smoothly(speech: Prosody):
    assert np.abs(np.diff(lids(speech, 1000.0), axis=0)).max() < 0.035
