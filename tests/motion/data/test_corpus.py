"""Corpora: what is written is read, builds go on where they stood, and damage is told."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")

from vivavoce.bridge.data import AudioClip, Phoneme
from vivavoce.bridge.errors import InvalidInput
from vivavoce.motion.data.build import Part, build_corpus
from vivavoce.motion.data.corpus import OPENING, ClipLabel, Corpus, CorpusClip, CorpusHeader, write_corpus
from vivavoce.motion.data.splits import split_by_sentence, split_by_speaker

HEADER = CorpusHeader(25.0, ("jawOpen", OPENING), {"licence": "CC0-1.0"})


def clip(number: int, speaker: str = "ada", has_head: bool = True) -> CorpusClip:
    draw = np.random.default_rng(number)
    frames = 20 + number
    curves = draw.uniform(0.0, 1.0, (frames, 2))
    curves[:3, 1] = np.nan
    audio = AudioClip(draw.uniform(-0.9, 0.9, frames * 640).astype(np.float32), 16_000)
    head = draw.normal(size=(frames, 3)).astype(np.float32) if has_head else None
    label = ClipLabel(f"clip {number}", speaker, f"sentence {number}", "en", "happy", 0.5)
    return CorpusClip(
        label, audio, curves, draw.uniform(size=frames) > 0.1, (Phoneme("ɑ", 0.1, 0.25), Phoneme("sil", 0.25, 0.8)), head
    )


def assert_equal(found: CorpusClip, wanted: CorpusClip) -> None:
    assert found.label == wanted.label
    np.testing.assert_allclose(found.audio.samples, wanted.audio.samples, atol=2e-5)
    np.testing.assert_allclose(found.curves, wanted.curves, atol=5e-4)
    np.testing.assert_array_equal(found.is_valid, wanted.is_valid)
    assert [(each.symbol, round(each.start_s, 4)) for each in found.phonemes] == [("ɑ", 0.1), ("sil", 0.25)]
    assert (found.head_rotation is None) == (wanted.head_rotation is None)


def test_a_corpus_is_read_as_it_was_written(tmp_path: Path) -> None:
    clips = [clip(0), clip(1, has_head=False), clip(2)]
    write_corpus(tmp_path / "a.safetensors", HEADER, clips)
    corpus = Corpus(tmp_path / "a.safetensors")
    assert corpus.header == HEADER
    assert len(corpus) == 3
    assert corpus.duration_s == pytest.approx((20 + 21 + 22) / 25)
    for index, wanted in enumerate(clips):
        assert_equal(corpus.clip(index), wanted)


def test_a_build_goes_on_where_it_stood(tmp_path: Path) -> None:
    made: list[int] = []

    def work(number: int, fails: bool = False) -> Iterator[CorpusClip]:
        if fails:
            raise KeyboardInterrupt
        made.append(number)
        yield clip(number)

    def parts(failing: int | None) -> list[Part]:
        return [Part(f"part {number}", lambda number=number: work(number, number == failing)) for number in range(4)]

    path = tmp_path / "a.safetensors"
    with pytest.raises(KeyboardInterrupt):
        build_corpus(path, HEADER, parts(failing=2), lambda share, stage: None)
    assert not path.exists()
    corpus = build_corpus(path, HEADER, parts(failing=None), lambda share, stage: None)
    assert made == [0, 1, 2, 3]
    assert list(tmp_path.iterdir()) == [path]
    for number in range(4):
        assert_equal(corpus.clip(number), clip(number))


def test_parts_of_another_plan_are_left_alone(tmp_path: Path) -> None:
    def stop() -> Iterator[CorpusClip]:
        raise KeyboardInterrupt
        yield

    path = tmp_path / "a.safetensors"
    with pytest.raises(KeyboardInterrupt):
        build_corpus(path, HEADER, [Part("one", stop)], lambda share, stage: None)
    with pytest.raises(InvalidInput, match="another corpus"):
        build_corpus(path, HEADER, [Part("two", lambda: [clip(0)])], lambda share, stage: None)


def test_files_that_are_no_corpus_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    with pytest.raises(InvalidInput, match="cannot be read"):
        Corpus(path)
    write_corpus(path, HEADER, [clip(0)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InvalidInput, match="cannot be read"):
        Corpus(path)
    from safetensors.numpy import save_file

    save_file({"weights": np.zeros(3)}, path)
    with pytest.raises(InvalidInput, match="not a corpus"):
        Corpus(path)


def test_clips_and_headers_are_checked() -> None:
    with pytest.raises(InvalidInput, match="frames per second"):
        CorpusHeader(25.0, ("jaw",))
    good = clip(0)
    with pytest.raises(InvalidInput, match="curves"):
        CorpusClip(good.label, good.audio, good.curves, good.is_valid[1:])
    with pytest.raises(InvalidInput, match="head_rotation"):
        CorpusClip(good.label, good.audio, good.curves, good.is_valid, head_rotation=np.zeros((3, 3)))


def test_no_sentence_and_no_speaker_crosses_a_split() -> None:
    labels = [
        ClipLabel(f"{speaker} {number}", speaker, f"sentence {number}", "en") for speaker in "abcdefghij" for number in range(200)
    ]
    for splits, key in (
        (split_by_sentence(labels), lambda label: label.sentence),
        (split_by_speaker(labels), lambda label: label.speaker),
    ):
        sides = {name: {key(label) for label, split in zip(labels, splits, strict=True) if split == name} for name in splits}
        assert sides["train"].isdisjoint(sides["validation"])
        assert 0.05 <= splits.count("validation") / len(splits) <= 0.2
    assert set(split_by_speaker(labels[:200])) == {"train"}
