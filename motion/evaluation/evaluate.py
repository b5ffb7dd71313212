"""The table: engines by measures, on the held-out lines of corpora."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from ...bridge.data import OpenHuman, PerformanceStyle
from ...bridge.errors import InvalidInput
from ..data.corpus import Corpus
from ..metrics import face_mesh
from .candidates import Candidate
from .performances import Performed, performed
from .real_mouths import real_mouth_scores
from .scores import Judge, Scores, mean_scores
from .truths import held_out, truth_of

ReportProgress = Callable[[float, str], None]
TRUTH = "truth"
_SAME_MM = 1e-4
"""Draws whose errors differ by less are one."""


@dataclass(frozen=True)
class Judging:
    """How much is judged. limit: clips of a corpus at most; draws: takes of each line; variation: how freely they are drawn."""

    limit: int = 40
    draws: int = 10
    variation: float = 0.2

    def __post_init__(self) -> None:
        if self.limit < 1 or not 2 <= self.draws <= 100:
            raise InvalidInput(f"Judging needs at least one clip and 2 to 100 draws, not {self.limit} and {self.draws}.")

    def style(self, draw: int, emotion: Mapping[str, float]) -> PerformanceStyle:
        return PerformanceStyle(emotion, seed=draw, variation=self.variation)


@dataclass(frozen=True)
class Row:
    """One line of the table. data: the corpus or recordings; seconds: how much of them was judged."""

    data: str
    engine: str
    clips: int
    seconds: float
    scores: Scores


def evaluated_corpus(
    corpus: Corpus,
    engines: Mapping[str, Candidate],
    human: OpenHuman,
    judging: Judging,
    report: ReportProgress = lambda share, stage: None,
) -> list[Row]:
    """Rows of one corpus: for each engine one draw, and where its lips differ from draw to draw their mean and the best.

    Draw n has seed n. Raises InvalidInput where the corpus holds nothing out.
    """
    indices, mesh, data = held_out(corpus, judging.limit), face_mesh(human), corpus.path.stem
    if not indices:
        raise InvalidInput(f"{corpus.path} holds no clips that are kept for validation. Give a larger corpus.")
    found: dict[str, list[Scores]] = defaultdict(list)
    lengths: dict[str, list[float]] = defaultdict(list)
    for number, index in enumerate(indices):
        judge = Judge(truth_of(corpus, index, human), mesh, human)
        for engine_number, (name, engine) in enumerate(engines.items()):
            report((number + engine_number / len(engines)) / len(indices), f"{data}: {name}")
            for row_name, scores in _clip_rows(name, engine, judge, judging).items():
                found[row_name].append(scores)
                lengths[row_name].append(judge.seconds)
        if judge.truth.head_rotation is not None:
            found[TRUTH].append(Scores(ba=judge.beats(judge.truth.head_rotation)))
            lengths[TRUTH].append(judge.seconds)
    return [
        Row(data, name, len(scores), sum(lengths[name]), mean_scores(scores, lengths[name])) for name, scores in found.items()
    ]


def _clip_rows(name: str, engine: Candidate, judge: Judge, judging: Judging) -> dict[str, Scores]:
    """One engine on one clip."""
    performer = engine(judge.truth.audio)
    takes = [performed(performer(judging.style(draw, judge.truth.emotion), judge.truth.fps)) for draw in range(judging.draws)]
    scores = [judge.scores(take) for take in takes]
    rows = {name: replace(scores[0], **judge.over_draws(takes))}
    if max(each.lve for each in scores) - min(each.lve for each in scores) > _SAME_MM:
        mean = Performed(np.mean([take.weights for take in takes], axis=0), takes[0].head_rotation)
        rows[f"{name}, mean of {judging.draws}"] = judge.scores(mean)
        rows[f"{name}, best of {judging.draws}"] = min(scores, key=lambda each: each.lve)
    return rows


def evaluated_real_mouths(
    folder: Path, engines: Mapping[str, Candidate], judging: Judging, report: ReportProgress = lambda share, stage: None
) -> list[Row]:
    """Rows of recordings with tracked mouths, one take each. Raises InvalidInput as real_mouth_scores does."""
    rows = []
    for number, (name, engine) in enumerate(engines.items()):
        told = partial(_tell, report, number, len(engines), f"{folder.name}: {name}")
        rows.append(Row(f"{folder.name} (tracked)", name, *real_mouth_scores(folder, engine, judging.style(0, {}), told)))
    return rows


def _tell(report: ReportProgress, number: int, count: int, stage: str, share: float) -> None:
    report((number + share) / count, stage)


def rows_as_records(rows: Sequence[Row]) -> list[dict[str, str | int | float | None]]:
    """Rows as plain tables for JSON and csv; None is what cannot be measured."""
    return [
        {"data": row.data, "engine": row.engine, "clips": row.clips, "seconds": round(row.seconds, 2)}
        | {name: round(value, 4) if np.isfinite(value) else None for name, value in vars(row.scores).items()}
        for row in rows
    ]
