"""Synthetic speech with the articulation engine's mouth: many voices and languages, every phone's time exact."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soxr

from ...bridge.data import LIPS_NAMES, SILENCE, AudioClip, Phoneme
from ...bridge.errors import InvalidInput
from ..articulation.mouth import mouth_layer
from ..articulation.mouth_shapes import MOUTH_SHAPES_PATH
from ..speech.prosody import prosody
from .build import Part, build_corpus
from .corpus import SAMPLE_RATE, ClipLabel, Corpus, CorpusClip, CorpusHeader
from .sentences import sentences
from .synthesizers import SYNTHESIZERS
from .voices import VOICES, Reading, Utterance, Voice, readings

FPS = 50.0
_SENTENCES_PER_PART = 40
_SECONDS_PER_SENTENCE = 3.6
"""About what a sentence of the lexicon takes; the corpus is as long as asked within a tenth."""
_SILENCE_S = (0.1, 0.7)
_NOISE_LEVEL = 2e-4
_LEVEL_DB = (-32.0, -16.0)


@dataclass(frozen=True)
class SyntheticSpeech:
    """What to make. hours: of speech, in equal parts from every voice. seed: other seeds, other sentences."""

    hours: float
    voices: tuple[Voice, ...] = VOICES
    seed: int = 0

    def __post_init__(self) -> None:
        if not (0.0 < self.hours <= 100.0 and self.voices):
            raise InvalidInput(f"Synthetic speech needs voices and up to 100 hours, not {self.hours}.")


def build_synthetic(path: Path, wanted: SyntheticSpeech, report: Callable[[float, str], None]) -> Corpus:
    """The corpus at `path`; a build that was stopped goes on. Raises ModelMissing where a synthesizer is not installed."""
    per_voice = wanted.hours * 3600.0 / _SECONDS_PER_SENTENCE / len(wanted.voices)
    rounds = max(round(per_voice / _SENTENCES_PER_PART), 1)
    parts = [
        Part(f"{voice.name} {number}", partial(spoken_clips, voice, number, wanted.seed))
        for number in range(rounds)
        for voice in wanted.voices
    ]
    provenance = {
        "command": f"vivavoce motion-data synthetic --hours {wanted.hours:g} --seed {wanted.seed}",
        "voices": ", ".join(voice.name for voice in wanted.voices),
        "teacher": f"mouth shapes sha256 {hashlib.sha256(MOUTH_SHAPES_PATH.read_bytes()).hexdigest()[:16]}",
    }
    return build_corpus(path, CorpusHeader(FPS, LIPS_NAMES, provenance), parts, report)


def spoken_clips(voice: Voice, number: int, seed: int) -> Iterator[CorpusClip]:
    """The clips of one part: the same for the same voice, number and seed."""
    key = f"{voice.name} {number} {seed}"
    texts = sentences(voice.language, _SENTENCES_PER_PART, int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big"))
    wanted = readings(texts, key)
    utterances = SYNTHESIZERS[voice.synthesizer](voice, [_at_normal_size(reading) for reading in wanted])
    draw = np.random.default_rng(list(key.encode()))
    for index, (reading, utterance) in enumerate(zip(wanted, utterances, strict=True)):
        label = ClipLabel(f"{voice.name}-{number:03d}-{index:02d}", voice.name, reading.text, voice.language)
        yield taught_clip(label, *recorded(utterance, reading.size, draw))


def _at_normal_size(reading: Reading) -> Reading:
    """What the synthesizer is asked for: the resampling to the speaker's size stretches time as well."""
    return Reading(reading.text, reading.stretch / reading.size, 1.0)


def recorded(utterance: Utterance, size: float, draw: np.random.Generator) -> tuple[AudioClip, tuple[Phoneme, ...]]:
    """The utterance from a speaker of another size, at 16 kHz and some level, with silence and a little noise around."""
    samples = soxr.resample(utterance.samples, utterance.sample_rate / size, SAMPLE_RATE, quality="HQ")
    before_s, after_s = draw.uniform(*_SILENCE_S, 2)
    level = 10.0 ** (draw.uniform(*_LEVEL_DB) / 20.0) / max(float(np.sqrt(np.mean(samples**2))), 1e-6)
    samples = np.pad(samples * level, [round(seconds * SAMPLE_RATE) for seconds in (before_s, after_s)])
    samples = np.clip(samples + draw.normal(0.0, _NOISE_LEVEL, len(samples)), -1.0, 1.0)
    spoken = [Phoneme(each.symbol, before_s + size * each.start_s, before_s + size * each.end_s) for each in utterance.phonemes]
    end_s = len(samples) / SAMPLE_RATE
    tail = Phoneme(SILENCE, min(spoken[-1].end_s, end_s), end_s)
    return AudioClip(samples.astype(np.float32), SAMPLE_RATE), _without_repeats([Phoneme(SILENCE, 0.0, before_s), *spoken, tail])


def _without_repeats(phonemes: list[Phoneme]) -> tuple[Phoneme, ...]:
    """Silences that follow each other become one, and what lasts no time is left out."""
    merged: list[Phoneme] = []
    for phoneme in phonemes:
        if phoneme.end_s <= phoneme.start_s:
            continue
        if merged and phoneme.symbol == merged[-1].symbol == SILENCE:
            phoneme = Phoneme(SILENCE, merged.pop().start_s, phoneme.end_s)
        merged.append(phoneme)
    return tuple(merged)


def taught_clip(label: ClipLabel, audio: AudioClip, phonemes: tuple[Phoneme, ...]) -> CorpusClip:
    """The clip with the mouth that the articulation engine makes of its phonemes."""
    frame_count = int(np.ceil(audio.duration_s * FPS - 1e-6))
    weights = mouth_layer(phonemes, prosody(audio), FPS, frame_count).blend_shape_weights
    return CorpusClip(label, audio, weights, np.ones(frame_count, bool), phonemes)
