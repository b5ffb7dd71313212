import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, EMOTION_NAMES, LIPS_NAMES, PerformanceStyle
from vivavoce.motion.articulation.emotion import (
    emotion_mouth_offsets,
    emotion_upper_face,
    emotion_weights,
    manner_of,
)
from vivavoce.motion.articulation.emotion_table import EXPRESSIONS, MANNERS, Manner
from vivavoce.motion.speech.prosody import Prosody

STRONG = [name for name in EMOTION_NAMES if name != "neutral"]


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
        assert not emotion_weights(style)
        assert manner_of(style) == Manner()
        assert not whole_face(line, style)


@pytest.mark.parametrize("label", STRONG)
def test_expressions_are_visible_and_grow_with_intensity(label: str):
    faces = [emotion_weights(PerformanceStyle({label: intensity})) for intensity in (0.3, 0.7, 1.0)]
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
    assert set(mouth) | set(upper) == set(emotion_weights(style))


@pytest.mark.parametrize("label", STRONG)
def test_speech_keeps_its_jaw_and_its_lips(label: str):
    weights = emotion_weights(PerformanceStyle({label: 1.0}))
    assert weights.get("jawOpen", 0.0) <= 0.1
    assert not set(weights) & {"mouthFunnel", "mouthPucker", "mouthClose", "mouthRollLower", "mouthRollUpper"}
    assert all(
        weights.get(f"{name}{side}", 0.0) <= 0.35 for name in ("mouthUpperUp", "mouthLowerDown") for side in ("Left", "Right")
    )


def test_emotions_blend(line: Prosody):
    happy, surprised = (emotion_weights(PerformanceStyle({label: 0.5})) for label in ("happy", "surprised"))
    both = emotion_weights(PerformanceStyle({"happy": 0.5, "surprised": 0.5}))
    assert both["mouthSmileLeft"] == pytest.approx(happy["mouthSmileLeft"])
    assert both["browInnerUp"] == pytest.approx(happy["browInnerUp"] + surprised["browInnerUp"])
    everything = PerformanceStyle(dict.fromkeys(EMOTION_NAMES, 1.0))
    assert max(max(curve) for curve in whole_face(line, everything).values()) <= 1.0
    assert manner_of(everything).head_gain > 0.0


def test_contempt_is_of_one_side():
    weights = emotion_weights(PerformanceStyle({"contempt": 1.0}))
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
