"""Training examples: crops of lines with what was heard, what was performed and how, and another moment of the same speaker."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...bridge.errors import InvalidInput
from ..models.batch import Batch
from .corpus import Corpus
from .features import corpus_features
from .lines import TABLE_NAMES, Line, Recipe, prepared_lines
from .targets import STEPS_PER_SECOND

STYLE_STEPS = 200
"""Four seconds of another moment tell a style."""
_CAPTURED_SHARE = 0.45
"""Of the examples, where there are both captured and synthetic lines."""
_READ = tuple(name for name in TABLE_NAMES if name != "rows")


class Examples:
    """The lines of several corpora. Everything large is memory-mapped."""

    def __init__(
        self,
        paths: Sequence[Path],
        encoder: str,
        recipe: Recipe | None = None,
        report: Callable[[float, str], None] = lambda share, stage: None,
    ) -> None:
        """Raises InvalidInput where a file is no corpus, or where nothing is left to learn from."""
        recipe = recipe or Recipe()
        self.fingerprints: dict[str, str] = {}
        self.lines: list[Line] = []
        self._sources: list[tuple[np.ndarray, dict[str, np.ndarray]]] = []
        self._source_of: list[int] = []
        for path in paths:
            corpus = Corpus(path)
            self.fingerprints[path.stem] = corpus.fingerprint
            tables, lines = prepared_lines(corpus, recipe, report)
            self._sources.append((corpus_features(corpus, encoder, report), tables))
            self._source_of += [len(self._sources) - 1] * len(lines)
            self.lines += lines
        if not self.lines:
            raise InvalidInput(f"The corpora hold nothing to learn from in the split {recipe.split!r}.")
        self.feature_width = self._sources[0][0].shape[1]
        self._shares = _shares(self.lines)
        self._groups: dict[str, list[int]] = {}
        for index, line in enumerate(self.lines):
            self._groups.setdefault(line.group, []).append(index)

    @property
    def hours(self) -> float:
        return sum(line.last - line.first for line in self.lines) / STEPS_PER_SECOND / 3600.0

    def batch(self, rng: np.random.Generator, size: int, step_count: int) -> Batch:
        """Crops of `step_count` steps; what a short line lacks is zero and unknown."""
        chosen = rng.choice(len(self.lines), size, p=self._shares)
        crops = [self._crop(int(index), step_count, rng) for index in chosen]
        styles = [self._style_crop(int(index), rng) for index in chosen]
        return Batch(
            **{name: _stacked(crops, name) for name in ("features", *_READ)},
            style_motion=_stacked(styles, "channels"),
            style_known=_stacked(styles, "known"),
        )

    def whole(self, index: int) -> dict[str, np.ndarray]:
        """One line: features, channels, known, contact and emotion as in Batch, (T, ...) each."""
        return self._steps(index, self.lines[index].first, self.lines[index].last)

    def feature_statistics(self, rng: np.random.Generator, size: int = 256) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of the features, (D,) each."""
        crops = [self._crop(int(index), 100, rng) for index in rng.choice(len(self.lines), size, p=self._shares)]
        features = np.concatenate([crop["features"][crop["known"].any(axis=1)] for crop in crops])
        return torch.from_numpy(features.mean(axis=0)), torch.from_numpy(features.std(axis=0) + 1e-3)

    def _steps(self, index: int, first: int, last: int) -> dict[str, np.ndarray]:
        features, tables = self._sources[self._source_of[index]]
        found = {name: np.asarray(tables[name][first:last], np.float32) for name in _READ}
        return found | {"features": np.asarray(features[tables["rows"][first:last]], np.float32)}

    def _crop(self, index: int, step_count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        line = self.lines[index]
        start = line.first + int(rng.integers(0, max(line.last - line.first - step_count, 0) + 1))
        found = self._steps(index, start, min(start + step_count, line.last))
        return {
            name: np.pad(values, ((0, step_count - len(values)), (0, 0)), constant_values=np.nan if name == "contact" else 0.0)
            for name, values in found.items()
        }

    def _style_crop(self, index: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        others = [other for other in self._groups[self.lines[index].group] if other != index] or [index]
        return self._crop(int(rng.choice(others)), STYLE_STEPS, rng)


def _shares(lines: Sequence[Line]) -> np.ndarray:
    """(N,) chance of each line, by its length; captured and synthetic ones together have their share.

    Captured speakers count by the square root of how long they were captured, so that nobody drowns the others.
    """
    chances = np.array([line.last - line.first for line in lines], np.float64)
    speakers = np.array([line.group if line.is_captured else "" for line in lines])
    for speaker in set(speakers) - {""}:
        chances[speakers == speaker] /= np.sqrt(chances[speakers == speaker].sum())
    for is_kind, share in ((speakers != "", _CAPTURED_SHARE), (speakers == "", 1.0 - _CAPTURED_SHARE)):
        chances[is_kind] *= share / max(chances[is_kind].sum(), 1e-9)
    return chances / chances.sum()


def _stacked(crops: Sequence[dict[str, np.ndarray]], name: str) -> Tensor:
    return torch.from_numpy(np.stack([crop[name] for crop in crops]))
