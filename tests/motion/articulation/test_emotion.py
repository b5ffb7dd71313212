import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, EMOTION_NAMES, LIPS_NAMES, Mood, PerformanceStyle
from vivavoce.bridge.data.expressions import EXPRESSIONS, expressions
from vivavoce.motion.articulation.emotion import (
    emotion_mouth_offsets,
    emotion_upper_face,
)
from vivavoce.motion.articulation.emotion_table import MANNERS
from vivavoce.motion.speech.prosody import Prosody

STRONG = [name for name in EMOTION_NAMES if name != "neutral"]


def resting(style: PerformanceStyle) -> dict[str, float]:
    weights = expressions(style.emotion_at(np.zeros(1)))[0]
    return {name: weight for name, weight in zip(ARKIT_NAMES, weights, strict=True) if weight}


def whole_face(prosody: Prosody, style: PerformanceStyle, fps: float = 30.0) -> dict[str, np.ndarray]:
    frame_count = round(prosody.duration_s * fps)
    curves: dict[str, np.ndarray] = {}
    for part in (emotion_mouth_offsets, emotion_upper_face):
        names, weights = part(style, prosody, fps, frame_count)
        assert weights.shape == (frame_count, len(names))
        curves |= dict(zip(names, weights.T, strict=True))
    return curves


def test_the_tables_cover_every_label():
    assert set(EXPRESSIONS) == set(MANNERS) == set(EMOTION_NAMES)


def test_neutral_changes_nothing(line: Prosody):
    for style in (PerformanceStyle(), PerformanceStyle({"neutral": 1.0})):
        assert not resting(style)
        assert not whole_face(line, style)


@pytest.mark.parametrize("label", STRONG)
def test_expressions_are_visible_and_grow_with_intensity(label: str):
    faces = [resting(PerformanceStyle({label: intensity})) for intensity in (0.3, 0.7, 1.0)]
    assert max(faces[1].values()) > 0.45
    assert all(
        name in ARKIT_NAMES and weak < middle < strong <= 1.0
        for name, weak, middle, strong in ((name, faces[0][name], faces[1][name], faces[2][name]) for name in faces[2])
    )


@pytest.mark.parametrize("label", STRONG)
def test_mouth_and_upper_face_share_an_expression_between_them(line: Prosody, label: str):
    style = PerformanceStyle({label: 1.0})
    mouth, _ = emotion_mouth_offsets(style, line, 30.0, 100)
    upper, _ = emotion_upper_face(style, line, 30.0, 100)
    assert set(mouth) <= set(LIPS_NAMES)
    assert not set(mouth) & set(upper)
    assert set(mouth) | set(upper) == set(resting(style))


@pytest.mark.parametrize("label", STRONG)
def test_speech_keeps_its_jaw_and_its_lips(label: str):
    weights = resting(PerformanceStyle({label: 1.0}))
    assert weights.get("jawOpen", 0.0) <= 0.1
    assert not set(weights) & {"mouthFunnel", "mouthPucker", "mouthClose", "mouthRollLower", "mouthRollUpper"}
    assert all(
        weights.get(f"{name}{side}", 0.0) <= 0.35 for name in ("mouthUpperUp", "mouthLowerDown") for side in ("Left", "Right")
    )


def test_emotions_blend(line: Prosody):
    happy, surprised = (resting(PerformanceStyle({label: 0.5})) for label in ("happy", "surprised"))
    both = resting(PerformanceStyle({"happy": 0.5, "surprised": 0.5}))
    assert both["mouthSmileLeft"] == pytest.approx(happy["mouthSmileLeft"])
    assert both["browInnerUp"] == pytest.approx(happy["browInnerUp"] + surprised["browInnerUp"])
    everything = PerformanceStyle(dict.fromkeys(EMOTION_NAMES, 1.0))
    assert max(max(curve) for curve in whole_face(line, everything).values()) <= 1.0


def test_contempt_is_of_one_side():
    weights = resting(PerformanceStyle({"contempt": 1.0}))
    assert weights["mouthSmileLeft"] > 0.3
    assert "mouthSmileRight" not in weights


def test_the_expression_comes_up_and_lives(line: Prosody):
    smile = whole_face(line, PerformanceStyle({"happy": 1.0}))["mouthSmileLeft"]
    assert 0.25 < smile[0] < 0.75 * smile[60:].max()
    assert smile[60:].std() > 0.01
    assert smile[60:].min() > 0.3


def test_one_corner_leads(line: Prosody):
    curves = whole_face(line, PerformanceStyle({"happy": 1.0}))
    difference = np.abs(curves["mouthSmileLeft"] - curves["mouthSmileRight"])
    assert 0.01 < difference.max() < 0.2


def test_seeds_are_takes_and_rates_agree(line: Prosody):
    faces = [whole_face(line, PerformanceStyle({"sad": 0.7}, seed=seed))["mouthFrownLeft"] for seed in (1, 1, 2)]
    np.testing.assert_array_equal(faces[0], faces[1])
    assert np.abs(faces[0] - faces[2]).max() > 0.001
    fine = whole_face(line, PerformanceStyle({"sad": 0.7}, seed=1), 120.0)["mouthFrownLeft"]
    np.testing.assert_allclose(fine[::4], faces[0], atol=1e-9)


def test_silence_keeps_the_expression(silence: Prosody):
    curves = whole_face(silence, PerformanceStyle({"angry": 0.7}))
    assert curves["browDownLeft"][60:].min() > 0.4


def test_the_expression_follows_the_moods(line: Prosody):
    moods = (Mood(3.0, {"happy": 1.0}), Mood(6.0, {"sad": 1.0}), Mood(6.01, {"angry": 1.0}))
    changing = whole_face(line, PerformanceStyle(moods=moods))
    alone = {label: whole_face(line, PerformanceStyle({label: 1.0})) for label in ("happy", "angry")}
    np.testing.assert_allclose(changing["mouthSmileLeft"][:70], alone["happy"]["mouthSmileLeft"][:70], atol=1e-6)
    np.testing.assert_allclose(changing["browDownLeft"][200:], alone["angry"]["browDownLeft"][200:], atol=1e-6)
    assert changing["mouthSmileLeft"][110:160].min() > 0.05
    assert not changing["mouthSmileLeft"][200:].any()
    assert max(np.abs(np.diff(curve)).max() for curve in changing.values()) < 0.15


def test_a_part_of_the_face_that_only_one_mood_moves_is_still_in_the_others(line: Prosody):
    curves = whole_face(line, PerformanceStyle(moods=(Mood(2.0), Mood(4.0, {"disgusted": 1.0}))))
    assert not curves["noseSneerLeft"][:40].any()
    assert curves["noseSneerLeft"][150:].min() > 0.3
