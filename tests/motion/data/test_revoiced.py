"""Revoiced corpora: sound and face stay together at every speed, and splits stay where they were."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")

from vivavoce.bridge.data import AudioClip, Phoneme
from vivavoce.bridge.errors import InvalidInput
from vivavoce.motion.data.build import build_corpus
from vivavoce.motion.data.corpus import SAMPLE_RATE, ClipLabel, Corpus, CorpusClip, CorpusHeader, write_corpus
from vivavoce.motion.data.revoiced import revoiced_clip, revoiced_header, revoiced_parts
from vivavoce.motion.data.splits import split_by_sentence

FPS = 30.0


def clip_with_a_burst(name: str = "a", burst_s: float = 1.0) -> CorpusClip:
    """Two seconds with a click; the jaw is widest at the click, and what is captured ends with it."""
    samples = np.zeros(2 * SAMPLE_RATE, np.float32)
    samples[round(burst_s * SAMPLE_RATE)] = 0.9
    times_s = np.arange(60) / FPS
    curves = np.maximum(1.0 - 2.0 * np.abs(times_s - burst_s), 0.0)[:, None].astype(np.float32)
    label = ClipLabel(name, "somebody", f"line {name}", "en")
    return CorpusClip(
        label,
        AudioClip(samples, SAMPLE_RATE, name),
        curves,
        times_s <= burst_s,
        (Phoneme("p", 0.9, 1.1),),
        curves * [[0.1, 0, 0]],
    )


@pytest.mark.parametrize("speed", [0.87, 1.0, 1.17])
def test_the_face_keeps_to_the_sound(speed: float) -> None:
    told = revoiced_clip(clip_with_a_burst(), FPS, speed, np.random.default_rng(3))
    heard_s = np.abs(told.audio.samples).argmax() / SAMPLE_RATE
    assert told.audio.duration_s == pytest.approx(2.0 / speed, abs=1e-3)
    assert len(told.curves) == np.ceil(told.audio.duration_s * FPS - 1e-6)
    assert heard_s == pytest.approx(1.0 / speed, abs=0.002)
    assert told.curves[:, 0].argmax() / FPS == pytest.approx(heard_s, abs=0.5 / FPS + 1e-6)
    assert told.is_valid.sum() / FPS == pytest.approx(heard_s, abs=1.5 / FPS)
    assert told.phonemes[0].start_s == pytest.approx(0.9 / speed)
    assert told.head_rotation is not None
    np.testing.assert_allclose(told.head_rotation[:, 0], 0.1 * told.curves[:, 0], atol=1e-6)


def test_copies_differ_and_keep_their_split(tmp_path: Path) -> None:
    path = tmp_path / "once.safetensors"
    write_corpus(path, CorpusHeader(FPS, ("jawOpen",), {"teacher": "us"}), [clip_with_a_burst(name) for name in "abcdef"])
    corpus = Corpus(path)
    told = build_corpus(
        tmp_path / "more.safetensors", revoiced_header(corpus, 2, 7), revoiced_parts(corpus, 2, 7), lambda share, stage: None
    )
    assert len(told) == 12
    assert split_by_sentence(told.labels) == 2 * split_by_sentence(corpus.labels)
    assert told.header.provenance["teacher"] == "us"
    assert len({len(told.clip(index).audio.samples) for index in (0, 6)}) == 2
    assert told.fingerprint != corpus.fingerprint


def test_too_many_copies_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "once.safetensors"
    write_corpus(path, CorpusHeader(FPS, ("jawOpen",)), [clip_with_a_burst()])
    with pytest.raises(InvalidInput, match="1 to 50 times"):
        revoiced_header(Corpus(path), 0, 0)
