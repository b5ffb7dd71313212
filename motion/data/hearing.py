"""Examples of hearing: excerpts of speech from many microphones, what lips do in them, and what the default encoder hears."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...bridge.data import PerformanceStyle, Phoneme
from ...bridge.errors import InvalidInput
from ...bridge.lite.mel import STEP_SAMPLES, STEPS_PER_SECOND, mel_steps
from ..articulation.visemes import VISEME_INDEX, visemes
from ..models.channels import LIPS
from ..models.perform_codes import PROBABILISTIC_NAME, CodePerformer, file_hash
from .corpus import Corpus, CorpusClip
from .features import corpus_features, step_starts
from .lines import Recipe, prepared_lines
from .microphones import Excerpt, heard_from_another, recorded_elsewhere
from .splits import Split, split_by_sentence
from .targets import contacts

_NEUTRAL = PerformanceStyle()
_REPORT_EVERY = 100
UNKNOWN = -1
"""The viseme of a step whose sound is not known."""
_CAPTURED_SHARE = 0.4
"""Of the excerpts, where there are both captured and synthetic ones."""


@dataclass(frozen=True, eq=False)
class HearingBatch:
    """mel: (B, T + A, 160), A steps more than the rest. lips, known: (B, T, 29), known 0 or 1. contact: (B, T, 2), or NaN.
    viseme: (B, T) int64, or UNKNOWN. features: (B, T, 384) of the sound as it was recorded; heard: (B, T), 0 beyond its end."""

    mel: Tensor
    lips: Tensor
    known: Tensor
    contact: Tensor
    viseme: Tensor
    features: Tensor
    heard: Tensor


@dataclass(frozen=True, eq=False)
class _Source:
    """One corpus. labels: for each clip the lips (T, 29), which are known, and contacts (T, 2), all at 50 Hz."""

    corpus: Corpus
    features: np.ndarray
    starts: np.ndarray
    clips: tuple[int, ...]
    labels: Callable[[int, CorpusClip], tuple[np.ndarray, np.ndarray, np.ndarray]]


class HearingExamples:
    """Excerpts of all clips of the split, in several corpora."""

    def __init__(
        self,
        paths: Sequence[Path],
        encoder: str,
        split: Split = "train",
        report: Callable[[float, str], None] = lambda share, stage: None,
        teacher: Path | None = None,
    ) -> None:
        """teacher: folder of a prior and a probabilistic model that perform synthetic lines, in place of their corpus's curves.

        Raises InvalidInput where a file is no corpus, where nothing is left to learn from, or where the teacher hears otherwise.
        """
        performer = CodePerformer.from_folder(teacher) if teacher else None
        if performer is not None and performer.encoder != Path(encoder).name:
            raise InvalidInput(
                f"{teacher} hears through {performer.encoder}, not through {encoder}. Name its encoder: --encoder."
            )
        self._sources = [_source(Corpus(path), encoder, split, report, performer) for path in paths]
        self.fingerprints = {source.corpus.path.stem: source.corpus.fingerprint for source in self._sources}
        if teacher is not None:
            self.fingerprints["teacher"] = file_hash(teacher / PROBABILISTIC_NAME)
        self._chosen = [(source, clip) for source in self._sources for clip in source.clips]
        if not self._chosen:
            raise InvalidInput(f"The corpora hold nothing to learn from in the split {split!r}.")
        lengths = np.array([source.starts[clip + 1] - source.starts[clip] for source, clip in self._chosen], np.float64)
        self.hours = float(lengths.sum() / STEPS_PER_SECOND / 3600.0)
        is_captured = np.array([not _is_synthetic(source.corpus) for source, _ in self._chosen])
        for kind, share in ((is_captured, _CAPTURED_SHARE), (~is_captured, 1.0 - _CAPTURED_SHARE)):
            # Square root, so that the few takes of minutes do not outweigh the many of seconds.
            lengths[kind] = np.sqrt(lengths[kind]) * share / max(np.sqrt(lengths[kind]).sum(), 1.0)
        self._shares = lengths / lengths.sum()

    def batch(self, rng: np.random.Generator, size: int, step_count: int, look_ahead: int) -> HearingBatch:
        """Excerpts of `step_count` steps, and of the sound `look_ahead` steps more."""
        drawn = [self._chosen[index] for index in rng.choice(len(self._chosen), size, p=self._shares)]
        crops = [_crop(source, clip, step_count, look_ahead, rng) for source, clip in drawn]
        return HearingBatch(**{name: torch.from_numpy(np.stack([crop[name] for crop in crops])) for name in crops[0]})


def _crop(source: _Source, index: int, step_count: int, look_ahead: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    clip = source.corpus.clip(index)
    excerpt = Excerpt.drawn(clip.audio.duration_s, step_count / STEPS_PER_SECOND, rng)
    samples = excerpt.samples(clip.audio.samples, (step_count + look_ahead) * STEP_SAMPLES)
    lips, known, contact = source.labels(index, clip)
    times_s = excerpt.times_s(np.arange(step_count), STEPS_PER_SECOND)
    heard = times_s < clip.audio.duration_s
    features = source.features[source.starts[index] : source.starts[index + 1]]
    return {
        "mel": heard_from_another(mel_steps(recorded_elsewhere(samples, rng)), rng),
        "lips": _read(lips, times_s),
        "known": (_read(known, times_s) > 0.99).astype(np.float32) * heard[:, None],
        "contact": np.where(heard[:, None], _read(contact, times_s), np.nan).astype(np.float32),
        "viseme": np.where(heard, _visemes_at(clip.phonemes, times_s), UNKNOWN),
        "features": _read(features, times_s),
        "heard": heard.astype(np.float32),
    }


def _read(table: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Rows of a table at 50 Hz, (T, C), at other times (F,), linear between them -> (F, C) float32; the last row holds."""
    position = np.minimum(times_s * STEPS_PER_SECOND, len(table) - 1)
    first = position.astype(np.int64)
    rows = np.asarray(table[first[0] : first[-1] + 2], np.float32)
    index, share = first - first[0], (position - first).astype(np.float32)[:, None]
    return rows[index] * (1.0 - share) + rows[np.minimum(index + 1, len(rows) - 1)] * share


def _visemes_at(phonemes: Sequence[Phoneme], times_s: np.ndarray) -> np.ndarray:
    """(F,) int64: of a diphthong the first half is its first vowel."""
    if not phonemes:
        return np.full(len(times_s), UNKNOWN)
    shapes = [visemes(phoneme.symbol) for phoneme in phonemes]
    starts_s = np.concatenate(
        [np.linspace(each.start_s, each.end_s, len(shape), endpoint=False) for each, shape in zip(phonemes, shapes, strict=True)]
    )
    found = np.searchsorted(starts_s, times_s, side="right") - 1
    return np.where(found < 0, VISEME_INDEX["rest"], np.concatenate(shapes)[np.maximum(found, 0)])


def _is_synthetic(corpus: Corpus) -> bool:
    return "teacher" in corpus.header.provenance


def _source(
    corpus: Corpus, encoder: str, split: Split, report: Callable[[float, str], None], teacher: CodePerformer | None
) -> _Source:
    features, starts = corpus_features(corpus, encoder, report), step_starts(corpus)
    clips = tuple(index for index, found in enumerate(split_by_sentence(corpus.labels)) if found == split)
    if not _is_synthetic(corpus):
        labels = _captured(corpus, starts, split, report)
    elif teacher is None:
        labels = _taught
    else:
        labels = _distilled(teacher, [features[starts[index] : starts[index + 1]] for index in clips], clips, report)
    return _Source(corpus, features, starts, clips, labels)


def _taught(index: int, clip: CorpusClip) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return clip.curves, np.ones(clip.curves.shape), contacts(clip.phonemes, len(clip.curves))


def _distilled(
    teacher: CodePerformer, heard: Sequence[np.ndarray], clips: Sequence[int], report: Callable[[float, str], None]
) -> Callable[[int, CorpusClip], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Lips of the teacher, neutral, in nobody's style and not drawn; contacts stay those of the exact times."""
    performed: dict[int, np.ndarray] = {}
    for number, (index, features) in enumerate(zip(clips, heard, strict=True)):
        if number % _REPORT_EVERY == 0:
            report(number / len(clips), "lips of the teacher")
        performed[index] = teacher.perform(features, _NEUTRAL.emotion_at(np.zeros(len(features))))[:, LIPS].astype(np.float16)

    def labels(index: int, clip: CorpusClip) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        lips = performed[index]
        return lips, np.ones(lips.shape), contacts(clip.phonemes, len(lips))

    return labels


def _captured(
    corpus: Corpus, starts: np.ndarray, split: Split, report: Callable[[float, str], None]
) -> Callable[[int, CorpusClip], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    tables, lines = prepared_lines(corpus, Recipe(split=split), report)
    spans = {int(np.searchsorted(starts, tables["rows"][line.first], side="right")) - 1: line for line in lines}

    def labels(index: int, clip: CorpusClip) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = slice(spans[index].first, spans[index].last)
        return tables["channels"][rows, LIPS], tables["known"][rows, LIPS], tables["contact"][rows]

    return labels
