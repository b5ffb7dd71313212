"""vivavoce motion-eval: what the engines are worth, in one table."""

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from ..bridge.errors import InvalidInput
from ..bridge.formats import whole_file
from .console import STDOUT, ReportProgress, progress_bar

if TYPE_CHECKING:
    from ..motion.evaluation.candidates import Candidate
    from ..motion.evaluation.evaluate import Row

_HEADINGS = {
    "lve": "LVE", "mve": "MVE", "fdd": "FDD", "mee": "MEE", "ce": "CE", "diversity": "Div", "mod": "MOD", "ba": "BA", "r0": "r0",
    "f1": "F1", "auc": "AUC",
}  # fmt: skip
_LEAST_WIDTH = 140


@dataclass(frozen=True)
class MotionEval:
    """Judge engines on what none of them learnt from: held-out lines of corpora, and tracked mouths of real people."""

    corpora: tuple[Path, ...] = ()
    """Corpus files of `vivavoce motion-data`; their lines for validation are performed."""
    grid: Path | None = None
    """Folder with recordings, tracked mouths and eval_lipsync.py, the script that scores them."""
    engines: tuple[str, ...] = ()
    """Which engines; all without it."""
    weights: Path | None = None
    """Folder with weights that motion-train made, in place of the bundled ones."""
    variation: float = 0.2
    """How freely learned engines draw."""
    ridge_from: tuple[Path, ...] = ()
    """Corpora on whose training lines a ridge regression is fitted, to stand beside the engines."""
    encoder: str = "whisper-tiny"
    """What the regression hears with: whisper-tiny, or a folder that transformers wrote."""
    limit: int = 40
    """Clips of each corpus, at most."""
    draws: int = 10
    """Takes of each line, for MEE, CE and Div."""
    emotions: bool = False
    """Perform the held-out lines in all emotions: does more intensity show more, can they be told apart, do lips still follow."""
    out: Path | None = None
    """Writes OUT.json and OUT.csv beside the printed table."""

    def __post_init__(self) -> None:
        if not self.corpora and self.grid is None:
            raise InvalidInput("Name what to judge on: --corpora FILE ..., --grid FOLDER, or both.")
        if self.emotions and not self.corpora:
            raise InvalidInput("Emotions are performed on the held-out lines of a corpus: --corpora FILE.")


def run(config: MotionEval) -> None:
    from ..motion.evaluation.evaluate import rows_as_records

    with progress_bar() as report:
        engines = _chosen_engines(config, report)
        emotions = _emotion_records(config, engines, report) if config.emotions else []
        rows = [] if config.emotions else _rows(config, engines, report)
    if rows:
        print_rows(rows)
    if emotions:
        print_emotions(emotions)
    if config.out is not None:
        _write_records(emotions or rows_as_records(rows), config.out)


def _chosen_engines(config: MotionEval, report: ReportProgress) -> "dict[str, Candidate]":
    from ..motion.engines import BUNDLED_WEIGHTS, ENGINE_NAMES, engine
    from ..motion.evaluation.candidates import candidates

    weights = config.weights or BUNDLED_WEIGHTS
    known = candidates(weights)
    unknown = [name for name in config.engines if name not in known]
    if unknown:
        raise InvalidInput(f"No engine is called {', '.join(unknown)}. Choose from: {', '.join(known)}.")
    engines = {name: known[name] for name in config.engines or known}
    for name in set(ENGINE_NAMES) & set(engines):
        # Weights that are missing are told now, not after the first engines' hour.
        engine(name, weights)
    if config.ridge_from:
        from ..motion.evaluation.ridge import ridge_of_corpora

        engines["ridge"] = ridge_of_corpora(config.ridge_from, config.encoder, report)
    return engines


def _rows(config: MotionEval, engines: "dict[str, Candidate]", report: ReportProgress) -> "list[Row]":
    from ..bridge.formats.open_human import load_open_human
    from ..motion.data.corpus import Corpus
    from ..motion.evaluation.evaluate import Judging, evaluated_corpus, evaluated_real_mouths

    judging = Judging(config.limit, config.draws, config.variation)
    rows, parts = [], len(config.corpora) + (config.grid is not None)
    for number, path in enumerate(config.corpora):
        share = _within(report, number, parts)
        rows += evaluated_corpus(Corpus(path), engines, load_open_human(), judging, share)
    if config.grid is not None:
        rows += evaluated_real_mouths(config.grid, engines, judging, _within(report, parts - 1, parts))
    return rows


def _emotion_records(config: MotionEval, engines: "dict[str, Candidate]", report: ReportProgress) -> list[dict]:
    from ..bridge.formats.open_human import load_open_human
    from ..motion.data.corpus import Corpus
    from ..motion.evaluation.emotions import emotion_records, emotions_shown
    from ..motion.evaluation.real_mouths import r0_by_emotion
    from ..motion.evaluation.truths import held_out
    from ..motion.metrics import face_mesh

    corpora, mesh, records = [Corpus(path) for path in config.corpora], face_mesh(load_open_human()), []
    audios = [corpus.clip(index).audio for corpus in corpora for index in held_out(corpus, config.limit)]
    for number, (name, candidate) in enumerate(engines.items()):
        lines, mouths = (_within(_within(report, number, len(engines)), half, 2) for half in (0, 1))
        shown = emotions_shown(audios, candidate, mesh, config.variation, _at_stage(lines, f"{name}: lines"))
        r0: dict[str, float] = {}
        if config.grid is not None:
            r0 = r0_by_emotion(config.grid, candidate, config.variation, _at_stage(mouths, f"{name}: real mouths"))
        records += emotion_records(name, shown, r0)
    return records


def _within(report: ReportProgress, number: int, parts: int) -> ReportProgress:
    """Progress of one part as progress of the whole."""
    return lambda share, stage: report((number + share) / parts, stage)


def _at_stage(report: ReportProgress, stage: str) -> Callable[[float], None]:
    return lambda share: report(share, stage)


def print_rows(rows: "Sequence[Row]") -> None:
    title = "engines on what they did not learn from; LVE to MOD in mm, FDD in mm²"
    table = Table("data", "engine", "clips", *_HEADINGS.values(), title=title)
    for row in rows:
        values = (getattr(row.scores, name) for name in _HEADINGS)
        cells = (f"{value:.3f}" if math.isfinite(value) else "-" for value in values)
        table.add_row(row.data, row.engine, str(row.clips), *cells)
    # A log or a narrow window would cut the figures off.
    Console(width=max(STDOUT.width, _LEAST_WIDTH)).print(table)


def print_emotions(records: Sequence[dict]) -> None:
    table = Table(*records[0], title="emotions: displacement from neutral, share that is told apart, r0 on real mouths")
    for record in records:
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value or "-") for value in record.values()))
    STDOUT.print(table)


def _write_records(records: Sequence[dict], out: Path) -> None:
    with whole_file(out.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(records, indent=1), encoding="utf-8")
    with whole_file(out.with_suffix(".csv")) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, records[0].keys())
        writer.writeheader()
        writer.writerows(records)
