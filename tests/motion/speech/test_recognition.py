"""Recognition of the bundled line, and of what is not speech."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("hama")
pytest.importorskip("soundfile")

from vivavoce.bridge.data import AudioClip, Phoneme
from vivavoce.bridge.data.ipa import is_bilabial
from vivavoce.bridge.errors import InvalidInput
from vivavoce.motion.speech.alignment import aligned_phonemes
from vivavoce.motion.speech.load import load_audio
from vivavoce.motion.speech.prosody import prosody
from vivavoce.motion.speech.recognition import recognised_phonemes

LINE = Path(__file__).resolve().parents[3] / "addon" / "assets" / "demo_line.flac"
WORDS = "He might even have been made amiable himself."


@pytest.fixture(scope="module")
def line() -> AudioClip:
    return load_audio(LINE)


@pytest.fixture(scope="module")
def phonemes(line: AudioClip) -> tuple[Phoneme, ...]:
    return recognised_phonemes(line, prosody(line))


def starts_s(phonemes: tuple[Phoneme, ...]) -> np.ndarray:
    return np.array([phoneme.start_s for phoneme in phonemes if phoneme.symbol != "sil"])


def test_bilabials_are_heard_when_they_are_said(line: AudioClip, phonemes: tuple[Phoneme, ...]):
    aligned = [phoneme.start_s for phoneme in aligned_phonemes(line, WORDS) if is_bilabial(phoneme.symbol)]
    heard = np.array([phoneme.start_s for phoneme in phonemes if is_bilabial(phoneme.symbol)])
    assert len(heard) == len(aligned)
    assert np.abs(heard - aligned).max() < 0.06


def test_sounds_start_without_lag(line: AudioClip, phonemes: tuple[Phoneme, ...]):
    aligned = starts_s(aligned_phonemes(line, WORDS))
    nearest = [aligned[np.argmin(np.abs(aligned - start_s))] - start_s for start_s in starts_s(phonemes)]
    assert abs(np.median(nearest)) < 0.02


def test_phonemes_tile_the_clip(line: AudioClip, phonemes: tuple[Phoneme, ...]):
    assert phonemes[0].start_s == 0.0
    assert phonemes[-1].end_s == pytest.approx(line.duration_s)
    assert all(first.end_s == second.start_s for first, second in pairwise(phonemes))
    assert all(not phoneme.symbol.startswith("<") for phoneme in phonemes)


def test_the_same_sound_gives_the_same_phonemes(line: AudioClip, phonemes: tuple[Phoneme, ...]):
    assert recognised_phonemes(line, prosody(line)) == phonemes


def test_windows_leave_no_seam(line: AudioClip, phonemes: tuple[Phoneme, ...]):
    count = int(np.ceil(60.0 / line.duration_s))
    long_line = AudioClip(np.tile(line.samples, count), line.sample_rate)
    shares: list[float] = []
    found = recognised_phonemes(long_line, prosody(long_line), shares.append)
    assert len(starts_s(found)) == pytest.approx(count * len(starts_s(phonemes)), rel=0.1)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_silence_is_one_silence():
    quiet = AudioClip(np.zeros(16000, np.float32), 16000)
    assert recognised_phonemes(quiet, prosody(quiet)) == (Phoneme("sil", 0.0, 1.0),)


def test_a_fifth_of_a_second_is_enough(line: AudioClip):
    short = line.excerpt(0.5, 0.7)
    found = recognised_phonemes(short, prosody(short))
    assert found[-1].end_s == pytest.approx(0.2)


def test_another_sample_rate_is_refused(line: AudioClip):
    with pytest.raises(InvalidInput, match="16000 Hz"):
        recognised_phonemes(AudioClip(line.samples, 8000), prosody(line))
