"""Synthetic speech: sentences, voices, exact times, the teacher's mouth."""

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")

from vivavoce.bridge.data import LIPS_NAMES, SILENCE, Phoneme
from vivavoce.bridge.data.ipa import is_bilabial, is_vowel, sounds
from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.motion.data.phone_sets import PHONE_SETS, ipa
from vivavoce.motion.data.sentences import languages, sentences
from vivavoce.motion.data.synthesizers import SYNTHESIZERS
from vivavoce.motion.data.synthetic import SyntheticSpeech, build_synthetic, recorded, spoken_clips
from vivavoce.motion.data.voices import VOICES, Reading, Utterance, Voice, readings

PROGRAMS = {"flite": "flite", "festival": "festival", "espeak": "espeak-ng"}


def installed(voice: Voice) -> Voice:
    if shutil.which(PROGRAMS[voice.synthesizer]) is None:
        pytest.skip(f"{PROGRAMS[voice.synthesizer]} is not installed")
    if voice.synthesizer == "festival" and not any(Path("/usr/share/festival/voices").glob(f"*/{voice.code}")):
        pytest.skip(f"the festival voice {voice.code} is not installed")
    return voice


def test_enough_voices_and_languages() -> None:
    assert len({voice.name for voice in VOICES}) == len(VOICES) >= 8
    assert len({voice.language for voice in VOICES}) >= 4
    assert {voice.language for voice in VOICES} <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_sentences_are_many_and_repeatable(language: str) -> None:
    drawn = sentences(language, 300, seed=1)
    assert drawn[:10] == sentences(language, 10, seed=1) != sentences(language, 10, seed=2)
    assert len(set(drawn)) > 240
    with pytest.raises(InvalidInput, match="Choose from"):
        sentences("tlh", 1, seed=0)


@pytest.mark.parametrize("language", PHONE_SETS)
def test_phone_sets_are_ipa(language: str) -> None:
    for phone in PHONE_SETS[language]:
        assert sounds(ipa(phone, language)), phone
    assert is_bilabial(ipa("p", language))
    assert ipa("pau", language) == ipa("#", language) == SILENCE
    with pytest.raises(InvalidInput, match="phone set"):
        ipa("xyz", language)


def test_readings_vary_and_repeat() -> None:
    drawn = readings(["a"] * 50, "seed")
    assert drawn == readings(["a"] * 50, "seed")
    assert len({reading.stretch for reading in drawn}) == 50
    assert any(reading.size == 1.0 for reading in drawn)


def loud_lag_s(samples: np.ndarray, sample_rate: int, phonemes: tuple[Phoneme, ...]) -> float:
    """By how much the sound's loudness comes after the labels: vowels are loud, stops and pauses are not."""
    step = sample_rate // 200
    loudness = np.log10(np.square(samples[: len(samples) // step * step].reshape(-1, step)).mean(axis=1) + 1e-8)
    times_s = (np.arange(len(loudness)) + 0.5) / 200
    label = np.zeros(len(loudness))
    for phoneme in phonemes:
        is_soft = phoneme.symbol == SILENCE or sounds(phoneme.symbol)[0].manner == "stop"
        label[(times_s >= phoneme.start_s) & (times_s < phoneme.end_s)] = is_vowel(phoneme.symbol) - float(is_soft)
    lags = range(-20, 21)
    correlations = [np.corrcoef(loudness, np.roll(label, lag))[0, 1] for lag in lags]
    return lags[int(np.argmax(correlations))] / 200


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_labels_tile_the_sound_and_tell_its_time(voice: Voice) -> None:
    texts = sentences(installed(voice).language, 6, seed=3)
    utterances = SYNTHESIZERS[voice.synthesizer](voice, [Reading(text, 1.0, 1.0) for text in texts])
    lags_s = []
    for utterance in utterances:
        edges_s = [(each.start_s, each.end_s) for each in utterance.phonemes]
        assert edges_s[0][0] == 0.0
        assert all(before[1] == after[0] for before, after in pairwise(edges_s))
        assert edges_s[-1][1] == pytest.approx(len(utterance.samples) / utterance.sample_rate)
        lags_s.append(loud_lag_s(utterance.samples, utterance.sample_rate, utterance.phonemes))
    assert abs(np.median(lags_s)) <= 0.03


def test_stretch_stretches() -> None:
    for voice in {voice.synthesizer: voice for voice in reversed(VOICES)}.values():
        speak = SYNTHESIZERS[installed(voice).synthesizer]
        text = sentences(voice.language, 1, seed=5)[0]
        short, long = speak(voice, [Reading(text, 0.8, 1.0), Reading(text, 1.3, 1.0)])
        assert 1.25 < len(long.samples) / len(short.samples) < 2.0


def test_a_larger_speaker_is_deeper_and_labels_follow() -> None:
    times_s = np.arange(22_050) / 22_050
    tone = Utterance(
        np.sin(2 * np.pi * 440 * times_s).astype(np.float32), 22_050, (Phoneme("ɑ", 0.0, 0.5), Phoneme("m", 0.5, 1.0))
    )
    audio, phonemes = recorded(tone, 1.1, np.random.default_rng(0))
    assert [each.symbol for each in phonemes] == [SILENCE, "ɑ", "m", SILENCE]
    assert phonemes[1].end_s - phonemes[1].start_s == pytest.approx(0.55)
    spectrum = np.abs(np.fft.rfft(audio.samples))
    assert np.fft.rfftfreq(len(audio.samples), 1 / 16_000)[spectrum.argmax()] == pytest.approx(400, abs=2)


def test_clips_repeat_and_close_their_lips() -> None:
    voice = installed(VOICES[0])
    clips = list(spoken_clips(voice, 0, 0))
    again = next(iter(spoken_clips(voice, 0, 0)))
    np.testing.assert_array_equal(clips[0].audio.samples, again.audio.samples)
    np.testing.assert_array_equal(clips[0].curves, again.curves)
    jaw, close = (LIPS_NAMES.index(name) for name in ("jawOpen", "mouthClose"))
    for clip in clips[:5]:
        for phoneme in clip.phonemes:
            if is_bilabial(phoneme.symbol):
                frame = round((phoneme.start_s + 0.4 * (phoneme.end_s - phoneme.start_s)) * 50)
                assert clip.curves[frame, jaw] - clip.curves[frame, close] < 0.05


def test_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vivavoce.motion.data.synthetic._SENTENCES_PER_PART", 3)
    wanted = SyntheticSpeech(0.004, (installed(VOICES[0]),))
    corpus = build_synthetic(tmp_path / "speech.safetensors", wanted, lambda share, stage: None)
    assert corpus.header.curve_names == LIPS_NAMES
    assert 0.6 < corpus.duration_s / (0.004 * 3600) < 1.6
    with pytest.raises(InvalidInput, match="hours"):
        SyntheticSpeech(0.0)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ModelMissing, match="apt-get"):
        list(spoken_clips(replace(VOICES[0], name="other"), 0, 0))
