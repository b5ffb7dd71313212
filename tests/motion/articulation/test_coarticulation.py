from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.bridge.data import Phoneme
from vivavoce.motion.articulation.coarticulation import blended_shapes, gestures, nearby
from vivavoce.motion.articulation.mouth_shapes import CHANNEL_INDEX, calibrated_mouth_shapes
from vivavoce.motion.articulation.textbook_shapes import textbook_shapes
from vivavoce.motion.articulation.visemes import VISEME_INDEX
from vivavoce.motion.speech.prosody import Prosody

SHAPES = textbook_shapes()


def sequence(*symbols: str, length_s: float = 0.1) -> list[Phoneme]:
    return [Phoneme(symbol, index * length_s, (index + 1) * length_s) for index, symbol in enumerate(symbols)]


def steady(duration_s: float, loudness_db: float = -20.0) -> Prosody:
    count = round(100 * duration_s)
    return Prosody(np.full(count, loudness_db, np.float32), np.full(count, 120.0, np.float32), np.ones(count, bool))


def channel(name: str, phonemes: list[Phoneme], times_s: np.ndarray, shapes=SHAPES, heard: Prosody | None = None) -> np.ndarray:
    around, is_there = nearby(gestures(phonemes, heard or steady(phonemes[-1].end_s)), times_s)
    return blended_shapes(around, is_there, times_s, shapes)[:, CHANNEL_INDEX[name]]


def test_a_sound_alone_is_its_shape():
    times_s = np.linspace(0.0, 1.0, 11)
    target = SHAPES.targets[VISEME_INDEX["ah"], CHANNEL_INDEX["jawOpen"]]
    np.testing.assert_allclose(channel("jawOpen", sequence("ɑ", length_s=1.0), times_s), target)


def test_a_blend_lies_between_its_targets():
    times_s = np.arange(0.0, 0.8, 0.01)
    jaw = channel("jawOpen", sequence("s", "ɑ", "i", "æ", "t", "ʌ", "k", "u"), times_s)
    assert jaw.min() >= SHAPES.targets[:, CHANNEL_INDEX["jawOpen"]].min()
    assert jaw.max() <= SHAPES.targets[:, CHANNEL_INDEX["jawOpen"]].max()


def test_a_long_sound_is_held_to_its_edges():
    phonemes = [Phoneme("t", 0.0, 0.06), Phoneme("ɑ", 0.06, 1.06), Phoneme("t", 1.06, 1.12)]
    held = channel("jawOpen", phonemes, np.linspace(0.16, 0.96, 9))
    np.testing.assert_allclose(held, SHAPES.targets[VISEME_INDEX["ah"], CHANNEL_INDEX["jawOpen"]], rtol=0.05)


def test_hasty_speech_undershoots():
    peaks = [
        channel("jawOpen", sequence("t", "ɑ", "t", length_s=length_s), np.array([1.5 * length_s])) for length_s in (0.2, 0.06)
    ]
    assert peaks[1] < 0.9 * peaks[0]


def test_rounding_is_anticipated_and_the_jaw_is_not():
    phonemes = sequence("s", "t", "u", length_s=0.08)
    times_s = np.array([0.08])
    lips, jaw = channel("mouthPucker", phonemes, times_s), channel("jawOpen", phonemes, times_s)
    without = sequence("s", "t", "i", length_s=0.08)
    assert lips > 0.1 * SHAPES.targets[VISEME_INDEX["oo"], CHANNEL_INDEX["mouthPucker"]]
    assert lips > channel("mouthPucker", without, times_s) + 0.05
    assert abs(jaw - channel("jawOpen", without, times_s)) < 0.02


def test_louder_is_wider_and_pauses_are_not():
    shout = steady(0.9)
    loudness_db = shout.loudness_db.copy()
    loudness_db[30:60] += 10.0
    shout = replace(shout, loudness_db=loudness_db)
    phonemes = [Phoneme("ɑ", 0.0, 0.3), Phoneme("ɑ", 0.3, 0.6), Phoneme("sil", 0.6, 0.9)]
    quiet, loud, pause = channel("jawOpen", phonemes, np.array([0.1, 0.45, 0.85]), heard=shout)
    assert loud > 1.1 * quiet
    assert pause == pytest.approx(SHAPES.targets[VISEME_INDEX["pause"], CHANNEL_INDEX["jawOpen"]], rel=0.1)


def test_short_pauses_stay_part_open_and_long_ones_come_to_rest():
    shapes = calibrated_mouth_shapes()
    short = [Phoneme("ɑ", 0.0, 0.2), Phoneme("sil", 0.2, 0.6), Phoneme("ɑ", 0.6, 0.8)]
    long = [Phoneme("ɑ", 0.0, 0.2), Phoneme("sil", 0.2, 3.2), Phoneme("ɑ", 3.2, 3.4)]
    assert channel("jawOpen", short, np.array([0.4]), shapes)[0] > 0.03
    rest = shapes.targets[VISEME_INDEX["rest"], CHANNEL_INDEX["jawOpen"]]
    assert channel("jawOpen", long, np.array([1.7]), shapes)[0] == pytest.approx(rest, abs=1e-3)


def test_numpy_and_torch_agree():
    torch = pytest.importorskip("torch")
    phonemes = sequence("m", "ɑ", "m", "ɑ")
    times_s = np.arange(0.0, 0.4, 0.01)
    around, is_there = nearby(gestures(phonemes, steady(0.4)), times_s)
    fields = ("viseme", "start_s", "end_s", "loudness_db")
    tensors = replace(around, **{name: torch.from_numpy(getattr(around, name)) for name in fields})
    arrays = ("targets", "strength", "reach_before_s", "reach_after_s", "loudness_gain")
    shapes = replace(SHAPES, **{name: torch.from_numpy(getattr(SHAPES, name)) for name in arrays})
    found = blended_shapes(tensors, torch.from_numpy(is_there), torch.from_numpy(times_s), shapes)
    np.testing.assert_allclose(found.numpy(), blended_shapes(around, is_there, times_s, SHAPES), rtol=1e-9)
