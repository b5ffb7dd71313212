"""Emotions: whether a performance shows the one that it was asked for, more with more intensity, and still follows the voice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...bridge.data import ARKIT_NAMES, EMOTION_NAMES, AudioClip, MotionClip, PerformanceStyle
from ...bridge.errors import InvalidInput
from ..metrics import FaceMesh, mean_vertex_error_mm
from ..models.channels import channels_of
from .candidates import Candidate

INTENSITIES = (0.0, 0.5, 1.0)
_FPS = 25.0
_STIFFNESS = 1e-2
"""Of the classifier's regression, as a share of the squares' mean."""


@dataclass(frozen=True, eq=False)
class EmotionsShown:
    """What a candidate makes of emotions.

    displacement_mm: (8, 3), by emotion and intensity, how far the face is from the neutral take of the same line and seed.

    confusion: (8, 8) lines, the emotion that was asked for by the one that the classifier found.
    """

    displacement_mm: np.ndarray
    confusion: np.ndarray

    @property
    def accuracy(self) -> float:
        return float(np.trace(self.confusion) / self.confusion.sum())


def emotions_shown(
    audios: Sequence[AudioClip],
    candidate: Candidate,
    mesh: FaceMesh,
    variation: float = 0.2,
    report: Callable[[float], None] = lambda share: None,
) -> EmotionsShown:
    """Every line in every emotion. The classifier learns from one half of the lines and judges the other, and then vice versa.

    Raises InvalidInput for fewer than four lines.
    """
    if len(audios) < 4:
        raise InvalidInput(f"Emotions are told apart on at least four lines, not {len(audios)}. Give a larger corpus or --limit.")
    displacement_mm, statistics = [], []
    for number, audio in enumerate(audios):
        report(number / len(audios))
        performer = candidate(audio)
        styles = [
            [PerformanceStyle({label: intensity}, seed=number, variation=variation) for intensity in INTENSITIES]
            for label in EMOTION_NAMES
        ]
        takes = [[performer(style, _FPS) for style in row] for row in styles]
        neutral = takes[0][0].blend_shapes(ARKIT_NAMES)
        displacement_mm.append(
            [[mean_vertex_error_mm(mesh, neutral, take.blend_shapes(ARKIT_NAMES)) for take in row] for row in takes]
        )
        statistics.append([motion_statistics(row[-1]) for row in takes])
    return EmotionsShown(np.mean(displacement_mm, axis=0), confusion_across_halves(np.array(statistics)))


def emotion_records(engine: str, shown: EmotionsShown, r0: Mapping[str, float]) -> list[dict[str, str | float | None]]:
    """One plain record an emotion. r0: correlation with real mouths by emotion, where it was measured."""
    told = np.diag(shown.confusion) / shown.confusion.sum(axis=1)
    return [
        {"engine": engine, "emotion": label}
        | {
            f"mm at {intensity:g}": round(float(moved), 4)
            for intensity, moved in zip(INTENSITIES, shown.displacement_mm[index], strict=True)
        }
        | {"told": round(float(told[index]), 4), "r0": round(r0[label], 4) if label in r0 else None}
        for index, label in enumerate(EMOTION_NAMES)
    ]


def motion_statistics(clip: MotionClip) -> np.ndarray:
    """Mean and standard deviation of every channel, (96,)."""
    channels = channels_of(clip, _FPS)
    return np.concatenate([channels.mean(axis=0), channels.std(axis=0)])


def confusion_across_halves(statistics: np.ndarray) -> np.ndarray:
    """(N, C, P) statistics of N lines in C classes -> (C, C) counts: asked for by found.

    A linear classifier, least squares towards one column a class, is fitted on every other line and judges the rest.
    """
    classes = statistics.shape[1]
    confusion = np.zeros((classes, classes), int)
    for half in (0, 1):
        learnt, judged = statistics[half::2], statistics[1 - half :: 2]
        mean, scale = learnt.mean(axis=(0, 1)), learnt.std(axis=(0, 1)) + 1e-6
        seen = _with_constant((learnt - mean) / scale).reshape(-1, statistics.shape[2] + 1)
        wanted = np.tile(np.eye(classes), (len(learnt), 1))
        gram = seen.T @ seen
        weights = np.linalg.solve(gram + _STIFFNESS * np.trace(gram) / len(gram) * np.eye(len(gram)), seen.T @ wanted)
        found = (_with_constant((judged - mean) / scale) @ weights).argmax(axis=2)
        np.add.at(confusion, (np.broadcast_to(np.arange(classes), found.shape), found), 1)
    return confusion


def _with_constant(statistics: np.ndarray) -> np.ndarray:
    return np.concatenate([statistics, np.ones_like(statistics[..., :1])], axis=-1)
