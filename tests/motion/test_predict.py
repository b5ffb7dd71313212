"""Every engine on real sound: what must hold whatever the parts do."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, AudioClip, Mood, MotionClip, MotionLayer, PerformanceStyle
from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.engines import ENGINE_NAMES, engine
from vivavoce.motion.metrics import diversity_mm, face_mesh, lip_closures
from vivavoce.motion.predict import PERFORMED_LAYERS, Hearing, hear, perform, predict
from vivavoce.motion.speech.alignment import aligned_phonemes
from vivavoce.motion.speech.load import load_audio

LINE = Path(__file__).resolve().parents[2] / "addon" / "assets" / "demo_line.flac"


TEXT = "He might even have been made amiable himself."


@pytest.fixture(scope="module", params=ENGINE_NAMES)
def hearing(request: pytest.FixtureRequest) -> Hearing:
    return hear(load_audio(LINE), TEXT, by=engine(request.param))


def test_the_same_seed_is_the_same_take_to_the_bit(hearing: Hearing):
    first, second = (perform(hearing, PerformanceStyle({"happy": 0.5}, seed=3)) for _ in range(2))
    for layer in PERFORMED_LAYERS:
        np.testing.assert_array_equal(first.layer(layer).blend_shape_weights, second.layer(layer).blend_shape_weights)
        np.testing.assert_array_equal(first.layer(layer).joint_rotations, second.layer(layer).joint_rotations)


def test_another_seed_is_another_take(hearing: Hearing):
    first, second = (perform(hearing, PerformanceStyle(seed=seed)) for seed in (0, 1))
    are_lips_equal = np.array_equal(first.layer("lips").blend_shape_weights, second.layer("lips").blend_shape_weights)
    assert are_lips_equal == (hearing.engine == "articulation")
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


def test_head_amplitude_zero_freezes_the_head_and_leaves_the_face(hearing: Hearing):
    moving, frozen = (perform(hearing, PerformanceStyle(head=head)) for head in (1.0, 0.0))
    assert np.ptp(frozen.joints(["neck", "head"]), axis=0).max() == 0.0
    # The diffusion engine performs eyes and head as one: a still head looks about in another way.
    for layer in ("lips", "upper_face"):
        weights = [clip.layer(layer).blend_shape_weights for clip in (moving, frozen)]
        np.testing.assert_allclose(*weights, atol=1e-6)


def test_ten_draws_differ_and_all_close_the_lips():
    hearing, human = hear(load_audio(LINE), by=engine("probabilistic")), load_open_human()
    clips = [perform(hearing, PerformanceStyle(seed=seed, variation=0.2)) for seed in range(10)]
    wanted = [MotionClip(clip.fps, clip.layers, aligned_phonemes(load_audio(LINE), TEXT)) for clip in clips]
    assert all(lip_closures(clip, human).closed.all() for clip in wanted)
    assert diversity_mm(face_mesh(human), np.stack([clip.blend_shapes(ARKIT_NAMES) for clip in clips])) > 0.3


def test_no_variation_is_the_same_face_with_every_seed():
    hearing = hear(load_audio(LINE), by=engine("probabilistic"))
    first, second = (
        perform(hearing, PerformanceStyle(seed=seed, variation=0.0), layers=["lips", "upper_face"]) for seed in (0, 1)
    )
    np.testing.assert_array_equal(first.blend_shapes(ARKIT_NAMES), second.blend_shapes(ARKIT_NAMES))


@pytest.mark.parametrize("name", ["probabilistic", "diffusion"])
def test_a_style_from_a_clip_changes_how_and_not_what(name: str):
    hearing = hear(load_audio(LINE), by=engine(name))
    plain = perform(hearing, PerformanceStyle(variation=0.0))
    wide = perform(hear(load_audio(LINE), by=engine("articulation")), PerformanceStyle(mouth=2.0))
    styled = perform(hearing, PerformanceStyle(variation=0.0), style_clip=wide)
    openings = [clip.blend_shapes(["jawOpen"])[:, 0] for clip in (plain, styled)]
    assert not np.allclose(*openings, atol=0.01)
    assert np.corrcoef(*openings)[0, 1] > 0.9
    assert lip_closures(styled, load_open_human()).closed.all()
    short = MotionClip(
        wide.fps, tuple(MotionLayer("lips", layer.blend_shape_weights[:10], layer.blend_shape_names) for layer in wide.layers[:1])
    )
    with pytest.raises(InvalidInput, match="style"):
        perform(hearing, PerformanceStyle(), style_clip=short)


def test_the_rules_take_no_style_from_a_clip():
    hearing = hear(load_audio(LINE), TEXT, by=engine("articulation"))
    with pytest.raises(InvalidInput, match="no style from a clip"):
        perform(hearing, PerformanceStyle(), style_clip=perform(hearing, PerformanceStyle()))


def test_an_encoder_that_the_weights_do_not_know_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="hear through 'whisper-tiny'"):
        engine("probabilistic", encoder=str(tmp_path / "hubert"))
    with pytest.raises(InvalidInput, match="No engine"):
        engine("puppet")
    with pytest.raises(ModelMissing):
        engine("probabilistic", tmp_path)


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
