"""The lips layer: closures are constraints, whatever the amplitude and the frame rate."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.bridge.data import ARKIT_NAMES, LIPS_NAMES, MotionClip, MotionLayer, Phoneme
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.articulation.closures import heard_contacts
from vivavoce.motion.articulation.closures import lip_closures as contacts_of
from vivavoce.motion.articulation.mouth import mouth_layer
from vivavoce.motion.metrics import lip_closures
from vivavoce.motion.speech.prosody import Prosody

DURATION_S = 2.4
SYLLABLES = ("m", "ɑ", "p", "æ", "b", "u", "f", "i", "v", "oʊ", "p", "ɔ", "m", "eɪ")


@pytest.fixture(scope="module")
def phonemes() -> list[Phoneme]:
    """Open and rounded vowels between short consonants, 55 and 140 ms, with a silence at both ends."""
    clock_s, found = 0.3, [Phoneme("sil", 0.0, 0.3)]
    for index, symbol in enumerate(SYLLABLES):
        end_s = clock_s + (0.14 if index % 2 else 0.055)
        found.append(Phoneme(symbol, clock_s, end_s))
        clock_s = end_s
    return [*found, Phoneme("sil", clock_s, DURATION_S)]


@pytest.fixture(scope="module")
def heard() -> Prosody:
    count = round(100 * DURATION_S)
    times_s = np.arange(count) * 0.01
    is_speech = (times_s > 0.3) & (times_s < 1.7)
    loudness_db = np.where(is_speech, -20.0 + 6.0 * np.sin(30.0 * times_s), -80.0)
    return Prosody(loudness_db.astype(np.float32), np.where(is_speech, 120.0, 0.0).astype(np.float32), is_speech)


def performed(phonemes: list[Phoneme], heard: Prosody, fps: float, amplitude: float = 1.0) -> MotionLayer:
    return mouth_layer(phonemes, heard, fps, int(np.ceil(DURATION_S * fps)), amplitude)


@pytest.mark.parametrize("fps", [12.0, 23.976, 24.0, 25.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("amplitude", [0.0, 0.5, 1.0, 2.0, 4.0])
def test_bilabials_close_the_open_human_s_lips(phonemes: list[Phoneme], heard: Prosody, fps: float, amplitude: float):
    clip = MotionClip(fps, (performed(phonemes, heard, fps, amplitude),), tuple(phonemes))
    closures = lip_closures(clip, load_open_human())
    assert len(closures.wanted) == 5
    assert closures.closed.all()


def test_lips_open_between_closures(phonemes: list[Phoneme], heard: Prosody):
    layer = performed(phonemes, heard, 100.0)
    weights = np.zeros((layer.frame_count, len(ARKIT_NAMES)), np.float32)
    weights[:, [ARKIT_NAMES.index(name) for name in layer.blend_shape_names]] = layer.blend_shape_weights
    gap_mm = 1000.0 * load_open_human().lip_gap_m(weights)
    for phoneme in phonemes:
        if phoneme.symbol in ("ɑ", "æ", "eɪ"):
            assert gap_mm[round(100 * phoneme.start_s) : round(100 * phoneme.end_s)].max() > 6.0


def test_labiodentals_bring_the_lower_lip_to_the_teeth(phonemes: list[Phoneme], heard: Prosody):
    layer = performed(phonemes, heard, 100.0, 2.0)
    for phoneme in phonemes:
        if phoneme.symbol in ("f", "v"):
            held = slice(round(100 * phoneme.start_s) + 1, round(100 * phoneme.start_s) + 4)
            assert layer.blend_shape("mouthRollLower")[held].min() > 0.3
            assert layer.blend_shape("mouthLowerDownLeft")[held].max() < 0.02
            assert layer.blend_shape("jawOpen")[held].max() < 0.12


def test_every_frame_rate_samples_one_movement(phonemes: list[Phoneme], heard: Prosody):
    coarse, fine = performed(phonemes, heard, 30.0), performed(phonemes, heard, 120.0)
    free = [column for column, name in enumerate(LIPS_NAMES) if name in ("mouthPucker", "mouthStretchLeft", "mouthSmileRight")]
    np.testing.assert_allclose(
        coarse.blend_shape_weights[:, free], fine.blend_shape_weights[::4][: coarse.frame_count, free], atol=1e-6
    )


def test_movement_is_smooth(phonemes: list[Phoneme], heard: Prosody):
    steps = np.abs(np.diff(performed(phonemes, heard, 100.0).blend_shape_weights, axis=0))
    assert steps.max() < 0.15


def test_amplitude_scales_the_jaw(phonemes: list[Phoneme], heard: Prosody):
    peaks = [performed(phonemes, heard, 60.0, amplitude).blend_shape("jawOpen").max() for amplitude in (0.0, 0.5, 1.0)]
    assert peaks[0] == 0.0
    assert peaks[1] == pytest.approx(0.5 * peaks[2], rel=0.05)
    assert 0.25 < peaks[2] < 0.6


def test_sides_move_alike_and_weights_stay_in_range(phonemes: list[Phoneme], heard: Prosody):
    layer = performed(phonemes, heard, 30.0, 4.0)
    assert layer.blend_shape_names == LIPS_NAMES
    assert layer.blend_shape_weights.min() >= 0.0
    assert layer.blend_shape_weights.max() <= 1.0
    for name in LIPS_NAMES:
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            np.testing.assert_array_equal(layer.blend_shape(name), layer.blend_shape(f"{name.removesuffix('Left')}Right"))


def test_what_comes_later_does_not_change_what_was(phonemes: list[Phoneme], heard: Prosody):
    """Two hours are performed block by block: a frame depends on what is near it alone."""
    whole = performed(phonemes, heard, 60.0).blend_shape_weights
    ended = mouth_layer([*phonemes[:-3], Phoneme("sil", phonemes[-4].end_s, DURATION_S)], heard, 60.0, len(whole))
    untouched = int(60.0 * (phonemes[-4].start_s - 0.5))
    np.testing.assert_allclose(whole[:untouched], ended.blend_shape_weights[:untouched], atol=1e-3)


def test_silence_is_a_still_mouth(heard: Prosody):
    layer = mouth_layer([Phoneme("sil", 0.0, DURATION_S)], heard, 30.0, 72)
    assert np.ptp(layer.blend_shape_weights, axis=0).max() < 0.01
    assert 0.0 < layer.blend_shape("jawOpen").max() < 0.06
    assert layer.blend_shape("mouthClose").max() == 0.0


def test_a_mouth_without_phonemes_is_refused(heard: Prosody):
    with pytest.raises(InvalidInput):
        mouth_layer([], heard, 30.0, 10)


def test_contacts_are_heard_where_they_were():
    wanted = contacts_of([Phoneme("m", 0.3, 0.42), Phoneme("a", 0.42, 0.8), Phoneme("p", 0.8, 0.9)])
    heard = heard_contacts(wanted.strength(np.arange(60) / 50.0), 50.0)
    np.testing.assert_allclose(heard.start_s, wanted.start_s, atol=0.006)
    np.testing.assert_allclose(heard.end_s, wanted.end_s, atol=0.006)
    assert len(heard_contacts(np.zeros(20), 50.0).start_s) == 0
