"""Corpora small enough to train on in a test: real structure, made-up sound."""

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def tiny_corpora(tmp_path: Path) -> list[Path]:
    """A synthetic corpus of two voices and a captured one, with the features of an encoder `noise` beside them."""
    pytest.importorskip("torch")
    from vivavoce.bridge.data import LIPS_NAMES, AudioClip, Phoneme
    from vivavoce.motion.data.corpus import OPENING, ClipLabel, CorpusClip, CorpusHeader, write_corpus

    def clip(number: int, speaker: str, names: tuple[str, ...], fps: float) -> CorpusClip:
        draw = np.random.default_rng([number, *speaker.encode()])
        sounds = [Phoneme(str(draw.choice(["a", "m", "i", "f", "u"])), 0.2 * index, 0.2 * index + 0.2) for index in range(8)]
        seconds = 1.6
        tone = np.sin(2 * np.pi * 150 * np.arange(int(seconds * 16_000)) / 16_000)
        audio = AudioClip((0.3 * tone).astype(np.float32), 16_000)
        frames = int(seconds * fps)
        label = ClipLabel(f"{speaker} {number}", speaker, f"line {number}", "en" if names == LIPS_NAMES else "zh")
        phonemes = tuple(sounds) if names == LIPS_NAMES else ()
        return CorpusClip(label, audio, draw.uniform(0, 0.5, (frames, len(names))), np.ones(frames, bool), phonemes)

    synthetic, captured = tmp_path / "synthetic.safetensors", tmp_path / "captured.safetensors"
    clips = [clip(number, voice, LIPS_NAMES, 50.0) for voice in ("ada", "bob") for number in range(20)]
    write_corpus(synthetic, CorpusHeader(50.0, LIPS_NAMES, {"teacher": "made up"}), clips)
    faces = [clip(number, "cy", (OPENING,), 25.0) for number in range(6)]
    write_corpus(captured, CorpusHeader(25.0, (OPENING,)), faces)
    for path in (synthetic, captured):
        _write_features(path, 12)
    return [synthetic, captured]


def _write_features(path: Path, width: int) -> None:
    """Features as an encoder of that name would have left them beside the corpus: they follow the captured curves' mean."""
    from vivavoce.motion.data.corpus import Corpus
    from vivavoce.motion.data.features import features_path, step_starts

    corpus = Corpus(path)
    features = np.random.default_rng(1).standard_normal((int(step_starts(corpus)[-1]), width)).astype(np.float16)
    place = features_path(corpus, "noise")
    place.parent.mkdir(parents=True)
    np.save(place, features)
