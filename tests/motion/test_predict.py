"""The whole engine on real sound: what must hold whatever the parts do."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, AudioClip, Mood, PerformanceStyle
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.metrics import lip_closures
from vivavoce.motion.predict import PERFORMED_LAYERS, Hearing, hear, perform, predict
from vivavoce.motion.speech.load import load_audio

LINE = Path(__file__).resolve().parents[2] / "addon" / "assets" / "demo_line.flac"


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    return hear(load_audio(LINE), "He might even have been made amiable himself.")


def test_the_same_seed_is_the_same_take_to_the_bit(hearing: Hearing):
    first, second = (perform(hearing, PerformanceStyle({"happy": 0.5}, seed=3)) for _ in range(2))
    for layer in PERFORMED_LAYERS:
        np.testing.assert_array_equal(first.layer(layer).blend_shape_weights, second.layer(layer).blend_shape_weights)
        np.testing.assert_array_equal(first.layer(layer).joint_rotations, second.layer(layer).joint_rotations)


def test_another_seed_keeps_the_lips_and_changes_the_rest(hearing: Hearing):
    first, second = (perform(hearing, PerformanceStyle(seed=seed)) for seed in (0, 1))
    np.testing.assert_array_equal(first.layer("lips").blend_shape_weights, second.layer("lips").blend_shape_weights)
    assert not np.allclose(first.layer("head").joint_rotations, second.layer("head").joint_rotations, atol=1e-3)
    assert not np.allclose(first.layer("gaze").blend_shape_weights, second.layer("gaze").blend_shape_weights, atol=1e-2)


@pytest.mark.parametrize("fps", [12.0, 23.976, 24.0, 25.0, 30.0, 60.0])
@pytest.mark.parametrize("emotion", [{}, {"happy": 1.0}, {"sad": 1.0}, {"angry": 1.0}, {"surprised": 1.0}, {"disgusted": 1.0}])
def test_every_p_b_m_closes_the_lips(hearing: Hearing, fps: float, emotion: dict[str, float]):
    closures = lip_closures(perform(hearing, PerformanceStyle(emotion), fps=fps), load_open_human())
    assert len(closures.wanted) == 6
    assert closures.closed.all()


def test_moods_of_one_emotion_are_that_emotion(hearing: Hearing):
    emotion = {"happy": 0.6, "surprised": 0.3}
    clips = [
        perform(hearing, style)
        for style in (PerformanceStyle(emotion), PerformanceStyle(moods=(Mood(0.5, emotion), Mood(2.0, emotion))))
    ]
    for constant, moody in zip(clips[0].layers, clips[1].layers, strict=True):
        assert constant.blend_shape_names == moody.blend_shape_names
        np.testing.assert_allclose(moody.blend_shape_weights, constant.blend_shape_weights, atol=1e-6)
        np.testing.assert_allclose(moody.joint_rotations, constant.joint_rotations, atol=1e-6)


def test_lips_close_while_moods_change(hearing: Hearing):
    moods = (Mood(0.0, {"happy": 1.0}), Mood(1.0, {"sad": 1.0}), Mood(1.01, {"angry": 1.0}), Mood(2.0, {"disgusted": 1.0}))
    assert lip_closures(perform(hearing, PerformanceStyle(moods=moods)), load_open_human()).closed.all()


@pytest.mark.parametrize("mouth", [0.3, 1.0, 2.0, 4.0])
def test_closures_hold_at_every_amplitude(hearing: Hearing, mouth: float):
    assert lip_closures(perform(hearing, PerformanceStyle(mouth=mouth), fps=60.0), load_open_human()).closed.all()


def test_head_amplitude_zero_freezes_the_head_and_nothing_else(hearing: Hearing):
    moving, frozen = (perform(hearing, PerformanceStyle(head=head)) for head in (1.0, 0.0))
    assert np.ptp(frozen.joints(["neck", "head"]), axis=0).max() == 0.0
    np.testing.assert_array_equal(moving.blend_shapes(ARKIT_NAMES), frozen.blend_shapes(ARKIT_NAMES))


def test_frames_cover_the_audio(hearing: Hearing):
    for fps in (1.0, 23.976, 25.0, 60.0):
        clip = perform(hearing, PerformanceStyle(), fps=fps)
        assert 0 <= clip.duration_s - hearing.duration_s < 1.0 / fps


def test_a_whole_number_of_frames_stays_whole():
    audio = AudioClip(np.zeros(round(2.4 * 16000), np.float32), 16000)
    assert predict(audio, fps=25.0).frame_count == 60


def test_only_the_wanted_layers_are_performed(hearing: Hearing):
    clip = perform(hearing, PerformanceStyle(), layers=["head", "lips"])
    assert [layer.name for layer in clip.layers] == ["lips", "head"]


def test_bad_wishes_are_told(hearing: Hearing):
    with pytest.raises(InvalidInput, match="layer"):
        perform(hearing, PerformanceStyle(), layers=["legs"])
    with pytest.raises(InvalidInput, match="frame rate"):
        perform(hearing, PerformanceStyle(), fps=float("nan"))
    with pytest.raises(InvalidInput, match="cheerful"):
        PerformanceStyle({"cheerful": 1.0})
