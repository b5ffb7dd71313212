"""Fits the mouth's shapes and timing to captured faces by gradient descent through the same dominance functions that perform."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from .captured import CapturedClip
from .closures import lip_bites, lip_closures
from .coarticulation import Gestures, blended_shapes, gestures, nearby
from .mouth_shapes import CHANNEL_INDEX, MouthShapes
from .textbook_shapes import textbook_shapes

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
_IN_UNITS = ("opening", "jawOpen")
"""Curves in the units of blend-shape weights; of the others only their course counts."""


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


def calibrated_shapes(
    clips: Sequence[CapturedClip], steps: int, rigidity: float, report: Callable[[float, float], None] = lambda share, loss: None
) -> MouthShapes:
    """Textbook shapes moved towards what the faces do. rigidity: how hard they hold on to the textbook; report(share, loss)."""
    batch = batch_of(clips)
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


def batch_of(clips: Sequence[CapturedClip]) -> Batch:
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
        columns["times"].append(times_s)
        columns["held"].append(lip_closures(phonemes).strength(times_s))
        columns["bitten"].append(lip_bites(phonemes).strength(times_s))
        columns["clip"].append(np.full(len(times_s), number))
        for name in names:
            columns[name].append(clip.curves[name][clip.is_valid] if name in clip.curves else np.full(len(times_s), np.nan))
    tensors = {name: torch.from_numpy(np.concatenate(parts)) for name, parts in columns.items()}
    around = Gestures(*(tensors[name] for name in _AROUND))
    curves = {name: tensors[name] for name in names}
    return Batch(around, tensors["is_there"], tensors["times"], tensors["held"], tensors["bitten"], tensors["clip"], curves)


def misfit(shapes: MouthShapes, batch: Batch) -> Tensor:
    """Mean over curves of 1 - correlation within each clip, plus the mean distance of those curves that share our units."""
    weights = blended_shapes(batch.around, batch.is_there, batch.times_s, shapes)
    channels = {name: weights[:, index] for name, index in CHANNEL_INDEX.items()}
    is_free = (1.0 - batch.held) * (1.0 - (1.0 - _BITE_OPENING) * batch.bitten)
    channels["opening"] = is_free * _weighted(channels, _OPENING_WEIGHTS).clamp(min=0.0)
    channels["width"] = _weighted(channels, _WIDTH_WEIGHTS)
    total = torch.zeros(())
    for name, importance in _IMPORTANCE.items():
        truth = batch.curves[name]
        is_known = truth.isfinite()
        predicted, truth, clip = channels[name][is_known], truth[is_known], batch.clip[is_known]
        total = total + importance * (1.0 - _correlation(predicted, truth, clip))
        if name in _IN_UNITS:
            total = total + _DISTANCE_IMPORTANCE * importance * (predicted - truth).abs().mean()
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
    """The textbook's shapes with targets moved by tenths, strengths by octaves and reaches by factors of two."""
    return replace(
        textbook,
        targets=textbook.targets + 0.1 * offsets["targets"],
        strength=textbook.strength + offsets["strength"],
        reach_before_s=textbook.reach_before_s * 2.0 ** offsets["reach_before_s"],
        reach_after_s=textbook.reach_after_s * 2.0 ** offsets["reach_after_s"],
    )


def _as_tensors(shapes: MouthShapes) -> MouthShapes:
    return replace(shapes, **{name: torch.from_numpy(getattr(shapes, name)) for name in (*_FITTED, "loudness_gain")})


def _as_arrays(shapes: MouthShapes) -> MouthShapes:
    return replace(shapes, **{name: getattr(shapes, name).detach().numpy() for name in (*_FITTED, "loudness_gain")})
