"""Alignment of the bundled line: one sentence of LibriVox, and the same said again and again."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pocketsphinx")
pytest.importorskip("soundfile")

from vivavoce.bridge.data import AudioClip, Phoneme
from vivavoce.bridge.errors import InvalidInput
from vivavoce.motion.speech.alignment import aligned_phonemes
from vivavoce.motion.speech.load import load_audio

LINE = Path(__file__).resolve().parents[3] / "addon" / "assets" / "demo_line.flac"
WORDS = "He might even have been made amiable himself."


@pytest.fixture(scope="module")
def line() -> AudioClip:
    return load_audio(LINE)


@pytest.fixture(scope="module")
def phonemes(line: AudioClip) -> tuple[Phoneme, ...]:
    return aligned_phonemes(line, WORDS)


def spoken(phonemes: tuple[Phoneme, ...]) -> list[str]:
    return [phoneme.symbol for phoneme in phonemes if phoneme.symbol != "sil"]


def test_every_phone_of_the_words_is_found_in_order(phonemes: tuple[Phoneme, ...]):
    assert " ".join(spoken(phonemes)) == "h i m aɪ t i v ɪ n h æ v b ɪ n m eɪ d eɪ m i ʌ b ʌ l h ɪ m s ɛ l f"


def test_phonemes_tile_the_clip(line: AudioClip, phonemes: tuple[Phoneme, ...]):
    assert phonemes[0].start_s == 0.0
    assert phonemes[-1].end_s == pytest.approx(line.duration_s)
    assert all(first.end_s == pytest.approx(second.start_s) for first, second in pairwise(phonemes))


def test_a_long_recording_is_aligned_window_by_window(line: AudioClip, phonemes: tuple[Phoneme, ...]):
    count = int(np.ceil(100.0 / line.duration_s))
    long_line = AudioClip(np.tile(line.samples, count), line.sample_rate)
    found = [phoneme for phoneme in aligned_phonemes(long_line, WORDS * count) if phoneme.symbol != "sil"]
    once = [phoneme for phoneme in phonemes if phoneme.symbol != "sil"]
    assert len(found) == count * len(once)
    shifts_s = [phoneme.start_s - once[index % len(once)].start_s for index, phoneme in enumerate(found)]
    wanted_s = np.repeat(np.arange(count) * line.duration_s, len(once))
    assert np.mean(np.abs(shifts_s - wanted_s) < 0.05) > 0.95


def test_words_that_no_dictionary_holds_are_aligned(line: AudioClip):
    pytest.importorskip("hama")
    assert spoken(aligned_phonemes(line, "He might even have bean maide amiablee himself."))[:5] == ["h", "i", "m", "aɪ", "t"]


@pytest.mark.parametrize("text", ["", "?! ...", "This is a very long story about something else entirely, " * 3])
def test_text_that_is_not_said_is_refused(line: AudioClip, text: str):
    with pytest.raises(InvalidInput):
        aligned_phonemes(line, text)


def test_another_sample_rate_is_refused(line: AudioClip):
    with pytest.raises(InvalidInput, match="16000 Hz"):
        aligned_phonemes(AudioClip(line.samples, 44100), WORDS)
