"""vivavoce render-eval: the renderer beside its base and with parts switched off, on people and lights that it never saw."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import tyro

from ..bridge.errors import InvalidInput
from .console import STDOUT, ReportProgress, progress_bar

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
    heroes: tuple[int, ...] = (1,)
    """Hero frames that tell of the look, 1 to 3; the tables are for the first, and others are compared in one of their own."""
    beside: Path | None = None
    """A folder with the same sets of another number of samples, as a row: give `render-data` a copy of people and clips."""
    parts: bool = False
    """Also judge the renderer with each of its parts switched off."""
    out: Path | None = None
    """A csv file to keep every single score in."""

    def __post_init__(self) -> None:
        if not all(1 <= count <= 3 for count in self.heroes) or not all(1 <= count <= 1000 for count in self.steps):
            raise InvalidInput("Give 1 to 3 hero frames, and 1 to 1000 steps.")


def run(config: RenderEval) -> None:
    from ..rendering.data.sets import PEOPLE_FOLDER
    from ..rendering.evaluate import scores_of
    from ..rendering.evaluate_masks import mask_scores, mask_table
    from ..rendering.models.masks import MASKS_NAME
    from ..rendering.models.renderer import BUNDLED_WEIGHTS

    folder = config.weights or BUNDLED_WEIGHTS
    methods = _methods(config, folder)
    with progress_bar() as report:
        scores = scores_of(config.data, config.split, methods, config.heroes[0], report, most_heroes=max(config.heroes))
        by_count = _by_hero_count(config, methods, scores, report)
    if config.out is not None:
        with config.out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(asdict(scores[0])))
            writer.writeheader()
            writer.writerows(asdict(score) for score in scores)
    STDOUT.print(table(scores, list(methods)), soft_wrap=True)
    STDOUT.print(gap_table(scores, list(methods)), soft_wrap=True)
    if len(by_count) > 1:
        STDOUT.print(hero_table(by_count, list(methods)), soft_wrap=True)
    if (folder / MASKS_NAME).exists() and (config.data / PEOPLE_FOLDER).is_dir():
        STDOUT.print(mask_table(mask_scores(config.data, config.split, folder)), soft_wrap=True)


def _methods(config: RenderEval, folder: Path) -> "dict[str, Paint]":
    from ..rendering.evaluate import SILENCEABLE, base_alone, by_renderer, denoised_sample, silenced
    from ..rendering.models.renderer import Renderer
    from ..rendering.rivals import OtherPictures, fitted_harmonics, headlight

    renderer = Renderer.from_folder(folder)
    methods: dict[str, Paint] = {
        "pyrender's shading": headlight,
        "harmonics + reprojection": fitted_harmonics,
        "base": base_alone,
        "one sample, denoised": denoised_sample,
    }
    if config.beside is not None:
        methods[f"as in {config.beside.name}"] = OtherPictures(config.beside, config.split)
    methods |= {f"net, {count} step{'s' * (count > 1)}": by_renderer(renderer, count) for count in config.steps}
    if config.parts:
        methods |= {f"without {part}": by_renderer(silenced(renderer, part), config.steps[0]) for part in SILENCEABLE}
    return methods


def _by_hero_count(
    config: RenderEval, methods: "Mapping[str, Paint]", scores: "list[Score]", report: ReportProgress
) -> "dict[int, list[Score]]":
    """The mode look by each number of hero frames, on the same frames. scores: those of the first number."""
    from ..rendering.evaluate import scores_of

    most = max(config.heroes)
    others = {count: scores_of(config.data, config.split, methods, count, report, ("look",), most) for count in config.heroes[1:]}
    return {config.heroes[0]: scores, **others}


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


def hero_table(by_count: "Mapping[int, Sequence[Score]]", methods: Sequence[str]) -> str:
    """PSNR of the figure in the mode look, by how many hero frames were given."""
    from ..rendering.evaluate import mean_score

    rows = [["look, PSNR figure", *(f"{count} hero frame{'s' * (count > 1)}" for count in by_count)]]
    for method in methods:
        values = [mean_score(scores, method, "look", "psnr", "figure") for scores in by_count.values()]
        if np.isfinite(values[0]):
            rows.append([method, *(f"{value:.1f}" for value in values)])
    return _markdown(rows)


def _told(measure: str, value: float) -> str:
    if not np.isfinite(value):
        return "-"
    return f"{value:.3f}" if measure in ("ssim", "flip") else f"{value:.2f}"


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])
