"""Fits the mouth's shapes and timing to captured faces by gradient descent through the same dominance functions that perform."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from .captured import CapturedClip
from .closures import lip_bites, lip_closures
from .coarticulation import NEIGHBOURS, Gestures, blended_shapes, gestures, nearby
from .mouth_shapes import CHANNEL_ARTICULATORS, CHANNEL_INDEX, MouthShapes
from .textbook_shapes import textbook_shapes
from .visemes import VISEME_INDEX, VISEME_NAMES

_FITTED = ("targets", "strength", "reach_before_s", "reach_after_s")
_OPENING_WEIGHTS = {"jawOpen": 1.0, "mouthLowerDown": 0.35, "mouthUpperUp": 0.35, "mouthFunnel": 0.15}
"""How far a channel opens the lips, and below how it widens the mouth: the measure that tracked faces are compared by."""
_WIDTH_WEIGHTS = {"mouthSmile": 0.35, "mouthStretch": 0.35, "mouthPucker": -0.4, "mouthFunnel": -0.25}
_BITE_OPENING = 0.3
_IMPORTANCE = {
    "opening": 1.0, "jawOpen": 0.5, "width": 0.3, "mouthPucker": 0.3,
    "mouthFunnel": 0.1, "mouthLowerDown": 0.1, "mouthUpperUp": 0.1,
}  # fmt: skip
_DISTANCE_IMPORTANCE = 5.0
_AROUND = ("viseme", "start_s", "end_s", "loudness_db")
_REACHED_SHARE = 0.7
"""Of a textbook shape, in running speech."""
_REACHED_IMPORTANCE = 8.0
_HEART_S = 0.02
_FEWEST_HEARTS = 20


@dataclass(frozen=True, eq=False)
class Batch:
    """T frames of C clips, each clip as often as its phonemes were found. around, is_there: as `nearby` gives them.

    held, bitten: (T,) strength of contacts. clip: (T,) which clip. curves: (T,) each, NaN where there is no truth."""

    around: Gestures
    is_there: Tensor
    times_s: Tensor
    held: Tensor
    bitten: Tensor
    clip: Tensor
    curves: dict[str, Tensor]

    @classmethod
    def of(cls, clips: Sequence[CapturedClip]) -> "Batch":
        """All valid frames of all clips, one after another."""
        names = sorted({name for clip in clips for name in clip.curves})
        columns: dict[str, list[np.ndarray]] = defaultdict(list)
        sequences = [(clip, phonemes) for clip in clips for phonemes in clip.phonemes]
        for number, (clip, phonemes) in enumerate(sequences):
            times_s = clip.times_s[clip.is_valid]
            around, is_there = nearby(gestures(phonemes, clip.heard), times_s)
            for name in _AROUND:
                columns[name].append(getattr(around, name))
            columns["is_there"].append(is_there)
            columns["times_s"].append(times_s)
            columns["held"].append(lip_closures(phonemes).strength(times_s))
            columns["bitten"].append(lip_bites(phonemes).strength(times_s))
            columns["clip"].append(np.full(len(times_s), number))
            for name in names:
                truth = clip.curves.get(name, np.full(len(clip.times_s), np.nan))
                columns[name].append(truth[clip.is_valid])
        tensors = {name: torch.from_numpy(np.concatenate(parts)) for name, parts in columns.items()}
        around = Gestures(*(tensors.pop(name) for name in _AROUND))
        return cls(around, curves={name: tensors.pop(name) for name in names}, **tensors)


def calibrated_shapes(
    clips: Sequence[CapturedClip], steps: int, rigidity: float, report: Callable[[float, float], None] = lambda share, loss: None
) -> MouthShapes:
    """Textbook shapes moved towards what the faces do. rigidity: how hard they hold on to the textbook; report(share, loss)."""
    batch = Batch.of(clips)
    textbook = _as_tensors(textbook_shapes())
    offsets = {name: torch.zeros_like(getattr(textbook, name), requires_grad=True) for name in _FITTED}
    optimiser = torch.optim.Adam(offsets.values(), lr=0.02)
    for step in range(steps):
        shapes = _moved(textbook, offsets)
        loss = misfit(shapes, batch) + rigidity * sum(offset.square().sum() for offset in offsets.values())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        report((step + 1) / steps, loss.item())
    return _as_arrays(_moved(textbook, offsets))


def opening_correlation(shapes: MouthShapes, clips: Sequence[CapturedClip]) -> float:
    """Mean over clips of the correlation between the lips' opening as performed and as captured."""
    batch = Batch.of([clip for clip in clips if "opening" in clip.curves])
    predicted = performed_curves(_as_tensors(shapes), batch)["opening"]
    return _correlation(predicted, batch.curves["opening"], batch.clip).item()


def misfit(shapes: MouthShapes, batch: Batch) -> Tensor:
    """One minus the correlation within each clip, summed over the curves; how far the opening is off, the one curve in our units;
    and how far the shapes that are reached are from the textbook's."""
    performed = performed_curves(shapes, batch)
    total = _REACHED_IMPORTANCE * _shortfall(performed, batch)
    for name, importance in _IMPORTANCE.items():
        is_known = batch.curves[name].isfinite()
        predicted, truth = performed[name][is_known], batch.curves[name][is_known]
        total = total + importance * (1.0 - _correlation(predicted, truth, batch.clip[is_known]))
        if name == "opening":
            total = (
                total + _DISTANCE_IMPORTANCE * (predicted - truth).abs().mean() + (predicted.std() / truth.std() - 1.0).square()
            )
    return total


def performed_curves(shapes: MouthShapes, batch: Batch) -> dict[str, Tensor]:
    """What the shapes make of the phonemes: every channel, and the lips' `opening` and the mouth's `width`; (T,) each."""
    weights = blended_shapes(batch.around, batch.is_there, batch.times_s, shapes)
    curves = {name: weights[:, index] for name, index in CHANNEL_INDEX.items()}
    is_free = (1.0 - batch.held) * (1.0 - (1.0 - _BITE_OPENING) * batch.bitten)
    curves["opening"] = is_free * _weighted(curves, _OPENING_WEIGHTS).clamp(min=0.0)
    curves["width"] = _weighted(curves, _WIDTH_WEIGHTS)
    return curves


def _shortfall(performed: dict[str, Tensor], batch: Batch) -> Tensor:
    """How far what visemes reach at their heart, on average, is from the textbook, in the channels that no capture measures."""
    start_s, end_s, viseme = (
        values[:, NEIGHBOURS // 2] for values in (batch.around.start_s, batch.around.end_s, batch.around.viseme)
    )
    is_heart = (batch.times_s - 0.5 * (start_s + end_s)).abs() < _HEART_S
    viseme = viseme[is_heart]
    frames = torch.bincount(viseme, minlength=len(VISEME_NAMES))
    is_frequent = frames >= _FEWEST_HEARTS
    total = torch.zeros((), dtype=torch.float64)
    for name, articulator in CHANNEL_ARTICULATORS.items():
        if articulator != "jaw":
            reached = torch.zeros(len(frames), dtype=torch.float64).index_add(0, viseme, performed[name][is_heart])
            wanted = _REACHED_SHARE * torch.from_numpy(textbook_shapes().targets[:, CHANNEL_INDEX[name]])
            total = total + (reached / frames - wanted)[is_frequent].square().mean()
    return total


def _weighted(channels: dict[str, Tensor], weights: dict[str, float]) -> Tensor:
    return torch.stack([weight * channels[name] for name, weight in weights.items()]).sum(0)


def _correlation(predicted: Tensor, truth: Tensor, clip: Tensor) -> Tensor:
    """Mean over clips of Pearson's correlation; all (T,)."""
    _, clip, frames = clip.unique(return_inverse=True, return_counts=True)

    def sums(values: Tensor) -> Tensor:
        return torch.zeros(len(frames), dtype=values.dtype).index_add(0, clip, values)

    predicted = predicted - (sums(predicted) / frames)[clip]
    truth = truth - (sums(truth) / frames)[clip]
    return (sums(predicted * truth) / (sums(predicted.square()) * sums(truth.square()) + 1e-9).sqrt()).mean()


def _moved(textbook: MouthShapes, offsets: dict[str, Tensor]) -> MouthShapes:
    """The textbook's shapes with targets moved by tenths, strengths by octaves and reaches by factors of two.

    Silences stay as they are: too few pauses were captured, and tracked between words the mouth is never idle.
    """
    is_spoken = (torch.arange(len(VISEME_NAMES)) > VISEME_INDEX["pause"])[:, None]
    moved = {name: offset * is_spoken for name, offset in offsets.items()}
    return replace(
        textbook,
        targets=textbook.targets + 0.1 * moved["targets"],
        strength=textbook.strength + moved["strength"],
        reach_before_s=textbook.reach_before_s * 2.0 ** moved["reach_before_s"],
        reach_after_s=textbook.reach_after_s * 2.0 ** moved["reach_after_s"],
    )


def _as_tensors(shapes: MouthShapes) -> MouthShapes:
    return replace(shapes, **{name: torch.from_numpy(getattr(shapes, name)) for name in (*_FITTED, "loudness_gain")})


def _as_arrays(shapes: MouthShapes) -> MouthShapes:
    return replace(shapes, **{name: getattr(shapes, name).detach().numpy() for name in (*_FITTED, "loudness_gain")})
