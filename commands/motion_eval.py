"""vivavoce motion-eval: what the engines are worth, in one table."""

import csv
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from ..bridge.errors import InvalidInput
from ..bridge.formats import whole_file
from .console import STDOUT, ReportProgress, progress_bar

if TYPE_CHECKING:
    from ..motion.evaluation.engines import Engine
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
    ridge_from: tuple[Path, ...] = ()
    """Corpora on whose training lines a ridge regression is fitted, to stand beside the engines."""
    encoder: str = "whisper-tiny"
    """What the regression hears with: whisper-tiny, or a folder that transformers wrote."""
    limit: int = 40
    """Clips of each corpus, at most."""
    draws: int = 10
    """Takes of each line, for MEE, CE and Div."""
    out: Path | None = None
    """Writes OUT.json and OUT.csv beside the printed table."""

    def __post_init__(self) -> None:
        if not self.corpora and self.grid is None:
            raise InvalidInput("Name what to judge on: --corpora FILE ..., --grid FOLDER, or both.")
        if self.limit < 1 or not 2 <= self.draws <= 100:
            raise InvalidInput("Judging needs at least one clip and 2 to 100 draws.")


def run(config: MotionEval) -> None:
    from ..motion.evaluation.evaluate import rows_as_records

    with progress_bar() as report:
        rows = _rows(config, _chosen_engines(config, report), report)
    print_rows(rows)
    if config.out is not None:
        _write_records(rows_as_records(rows), config.out)


def _chosen_engines(config: MotionEval, report: ReportProgress) -> "dict[str, Engine]":
    from ..motion.evaluation.engines import ENGINES

    unknown = [name for name in config.engines if name not in ENGINES]
    if unknown:
        raise InvalidInput(f"No engine is called {', '.join(unknown)}. Choose from: {', '.join(ENGINES)}.")
    engines = {name: ENGINES[name] for name in config.engines or ENGINES}
    if config.ridge_from:
        from ..motion.evaluation.ridge import ridge_of_corpora

        engines["ridge"] = ridge_of_corpora(config.ridge_from, config.encoder, report)
    return engines


def _rows(config: MotionEval, engines: "dict[str, Engine]", report: ReportProgress) -> "list[Row]":
    from ..bridge.formats.open_human import load_open_human
    from ..motion.data.corpus import Corpus
    from ..motion.evaluation.evaluate import evaluated_corpus, evaluated_real_mouths

    rows, parts = [], len(config.corpora) + (config.grid is not None)
    for number, path in enumerate(config.corpora):
        share = _within(report, number, parts)
        rows += evaluated_corpus(Corpus(path), engines, load_open_human(), config.limit, config.draws, share)
    if config.grid is not None:
        rows += evaluated_real_mouths(config.grid, engines, _within(report, parts - 1, parts))
    return rows


def _within(report: ReportProgress, number: int, parts: int) -> ReportProgress:
    """Progress of one part as progress of the whole."""
    return lambda share, stage: report((number + share) / parts, stage)


def print_rows(rows: "Sequence[Row]") -> None:
    title = "engines on what they did not learn from; LVE to MOD in mm, FDD in mm²"
    table = Table("data", "engine", "clips", *_HEADINGS.values(), title=title)
    for row in rows:
        values = (getattr(row.scores, name) for name in _HEADINGS)
        cells = (f"{value:.3f}" if math.isfinite(value) else "-" for value in values)
        table.add_row(row.data, row.engine, str(row.clips), *cells)
    # A log or a narrow window would cut the figures off.
    Console(width=max(STDOUT.width, _LEAST_WIDTH)).print(table)


def _write_records(records: Sequence[dict], out: Path) -> None:
    with whole_file(out.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(records, indent=1), encoding="utf-8")
    with whole_file(out.with_suffix(".csv")) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, records[0].keys())
        writer.writeheader()
        writer.writerows(records)
