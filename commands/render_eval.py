"""vivavoce render-eval: the renderer beside its base and with parts switched off, on people and lights that it never saw."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import tyro

from ..bridge.errors import InvalidInput
from .console import STDOUT, progress_bar

if TYPE_CHECKING:
    from ..rendering.evaluate import Paint, Score

_COLUMNS = (
    ("psnr", "figure", "PSNR figure"),
    ("psnr", "mouth", "mouth"),
    ("psnr", "eyes", "eyes"),
    ("ssim", "figure", "SSIM"),
    ("flip", "figure", "FLIP"),
    ("tde", "frame", "TDE"),
    ("flicker", "frame", "flicker"),
    ("view", "frame", "view error"),
)


@dataclass(frozen=True)
class RenderEval:
    """Print a table by mode and method, and one by how far the nearest hero frame is."""

    data: Annotated[Path, tyro.conf.Positional]
    """The folder that render-data filled."""
    split: Literal["test", "validation", "train"] = "test"
    """Which of its people."""
    weights: Path | None = None
    """The folder of the renderer's weights; the bundled ones if none is given."""
    steps: tuple[int, ...] = (1,)
    """Steps of the diffusion; each is a row."""
    heroes: int = 1
    """Hero frames that the mode look is given, 1 to 3."""
    parts: bool = False
    """Also judge the renderer with each of its parts switched off."""
    out: Path | None = None
    """A csv file to keep every single score in."""

    def __post_init__(self) -> None:
        if not 1 <= self.heroes <= 3 or not all(1 <= count <= 1000 for count in self.steps):
            raise InvalidInput("Give 1 to 3 hero frames, and 1 to 1000 steps.")


def run(config: RenderEval) -> None:
    from ..rendering.evaluate import mask_scores, scores_of
    from ..rendering.models.masks import MASKS_NAME
    from ..rendering.models.renderer import BUNDLED_WEIGHTS

    folder = config.weights or BUNDLED_WEIGHTS
    methods = _methods(config, folder)
    with progress_bar() as report:
        scores = scores_of(config.data, config.split, methods, config.heroes, report)
    if config.out is not None:
        with config.out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(asdict(scores[0])))
            writer.writeheader()
            writer.writerows(asdict(score) for score in scores)
    STDOUT.print(table(scores, list(methods)), soft_wrap=True)
    STDOUT.print(gap_table(scores, list(methods)), soft_wrap=True)
    if (folder / MASKS_NAME).exists():
        STDOUT.print(f"Mask overlap (IoU, mean of regions): {np.nanmean(mask_scores(config.data, config.split, folder)):.3f}")


def _methods(config: RenderEval, folder: Path) -> "dict[str, Paint]":
    from ..rendering.evaluate import SILENCEABLE, base_alone, by_renderer, denoised_sample, silenced
    from ..rendering.models.renderer import Renderer

    renderer = Renderer.from_folder(folder)
    methods: dict[str, Paint] = {"base": base_alone, "one sample, denoised": denoised_sample}
    methods |= {f"net, {count} step{'s' * (count > 1)}": by_renderer(renderer, count) for count in config.steps}
    if config.parts:
        methods |= {f"without {part}": by_renderer(silenced(renderer, part), config.steps[0]) for part in SILENCEABLE}
    return methods


def table(scores: "Sequence[Score]", methods: Sequence[str]) -> str:
    """A Markdown table by mode and method."""
    from ..rendering.evaluate import mean_score
    from ..rendering.models.planes import MODES

    rows = [["mode", "method", *(title for _, _, title in _COLUMNS)]]
    for mode in MODES:
        for method in methods:
            values = [mean_score(scores, method, mode, measure, part) for measure, part, _ in _COLUMNS]
            if np.isfinite(values[0]):
                rows.append(
                    [mode, method, *(_told(measure, value) for (measure, _, _), value in zip(_COLUMNS, values, strict=True))]
                )
    return _markdown(rows)


def gap_table(scores: "Sequence[Score]", methods: Sequence[str]) -> str:
    """PSNR of the figure in the mode look, by the azimuth to the nearest hero frame."""
    from ..rendering.evaluate import GAPS_DEG, mean_score

    rows = [["look, PSNR figure", *(f"to {gap:.0f} deg" for gap in GAPS_DEG)]]
    for method in methods:
        if np.isnan(mean_score(scores, method, "look", "psnr", "figure")):
            continue
        rows.append([method, *(f"{mean_score(scores, method, 'look', 'psnr', 'figure', gap):.1f}" for gap in GAPS_DEG)])
    return _markdown(rows)


def _told(measure: str, value: float) -> str:
    if not np.isfinite(value):
        return "-"
    return f"{value:.3f}" if measure in ("ssim", "flip") else f"{value:.2f}"


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])
