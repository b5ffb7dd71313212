"""Batch: what the motion models are taught by."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Batch:
    """features: (B, T, D). channels, known: (B, T, 48), known 0 or 1. contact: (B, T, 2), NaN where unknown. emotion: (B, T, 8).
    style_motion, style_known: (B, 200, 48), another moment of the same speaker in the same manner. All float32, at 50 Hz."""

    features: Tensor
    channels: Tensor
    known: Tensor
    contact: Tensor
    emotion: Tensor
    style_motion: Tensor
    style_known: Tensor
