"""Training the lite model: lips from log-mel, taught by the articulation engine, captured mouths and the default encoder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ...bridge.data import LIPS_NAMES
from ...bridge.lite.network import CONTACT_COUNT
from ..data.hearing import HearingBatch, HearingExamples
from ..models.channels import OPENING_WEIGHTS
from ..models.lite import LiteConfig, LiteModel, write_lite_weights
from .hearing_loss import HearingHeads, feature_statistics, one_minus_correlation
from .run import Schedule, TrainingRun

_STATISTICS_SIZE = 96
_SMALLEST_DEVIATION = 0.05
"""Channels that move less are not brought up to the others."""


@dataclass(frozen=True)
class LiteTraining:
    """How the lite model is trained."""

    model: LiteConfig = field(default_factory=LiteConfig)
    schedule: Schedule = field(default_factory=lambda: Schedule(steps=1200, batch_size=32, learning_rate=2e-3))
    step_count: int = 150
    """Length of an excerpt, in steps of 20 ms."""
    shape_weight: float = 1.0
    """Of the distance to the taught lips, in deviations of each channel."""
    timing_weight: float = 1.0
    """Of one minus the correlation of the opening."""
    contact_weight: float = 0.5
    """Of the cross entropy of contacts."""
    viseme_weight: float = 0.15
    """Of the cross entropy of visemes."""
    feature_weight: float = 0.5
    """Of the distance to what the default encoder hears."""


class LitePupil(nn.Module):
    """The lite model with what it needs in training alone."""

    channel_weights: Tensor
    opening_weights: Tensor

    def __init__(self, training: LiteTraining, sample: HearingBatch) -> None:
        super().__init__()
        self.training_settings = training
        self.model = LiteModel(training.model)
        self.heads = HearingHeads(training.model.width, *feature_statistics(sample))
        deviation = sample.lips[sample.known.all(dim=-1)].std(dim=0)
        self.register_buffer("channel_weights", 1.0 / deviation.clamp(min=_SMALLEST_DEVIATION))
        self.register_buffer("opening_weights", torch.tensor([OPENING_WEIGHTS.get(name, 0.0) for name in LIPS_NAMES]))

    def forward(self, batch: HearingBatch) -> tuple[Tensor, dict[str, float]]:
        """The loss, and its parts by name."""
        made, hidden = self.model(batch.mel)
        lips, contacts = made.split([len(LIPS_NAMES), CONTACT_COUNT], dim=-1)
        viseme, feature = self.heads.losses(hidden, batch)
        parts = {
            "shape": self._shape_loss(lips, batch),
            "timing": self._timing_loss(lips, batch),
            "contact": _contact_loss(contacts, batch.contact),
            "viseme": viseme,
            "feature": feature,
        }
        loss = sum(getattr(self.training_settings, f"{name}_weight") * part for name, part in parts.items())
        return torch.as_tensor(loss), {name: float(part.detach()) for name, part in parts.items()}

    def _shape_loss(self, lips: Tensor, batch: HearingBatch) -> Tensor:
        error = (lips - batch.lips).abs() * self.channel_weights * batch.known
        return error.sum() / batch.known.sum().clamp(min=1.0)

    def _timing_loss(self, lips: Tensor, batch: HearingBatch) -> Tensor:
        jaw, close = LIPS_NAMES.index("jawOpen"), LIPS_NAMES.index("mouthClose")
        known = batch.known[..., jaw] * batch.known[..., close]
        return one_minus_correlation(lips @ self.opening_weights, batch.lips @ self.opening_weights, known)


def _contact_loss(contacts: Tensor, wanted: Tensor) -> Tensor:
    is_known = wanted.isfinite()
    return functional.binary_cross_entropy_with_logits(contacts[is_known], wanted[is_known].clamp(0.0, 1.0))


def train_lite(
    paths: Sequence[Path],
    encoder: str,
    out: Path,
    training: LiteTraining | None = None,
    report: Callable[[float, str], None] = lambda share, stage: None,
) -> LiteModel:
    """Train on corpora, in the folder `out`, and write `lite.npz` there. Goes on where a stopped run stands."""
    training = training or LiteTraining()
    torch.manual_seed(training.schedule.seed)
    examples = HearingExamples(paths, encoder, report=report)
    look_ahead = training.model.look_ahead
    sample = examples.batch(np.random.default_rng(training.schedule.seed), _STATISTICS_SIZE, training.step_count, look_ahead)
    pupil = LitePupil(training, sample)
    run = TrainingRun(out, pupil, training.schedule, {"training": asdict(training), "data": examples.fingerprints})
    for _ in run.steps(report):
        batch = examples.batch(run.rng(), training.schedule.batch_size, training.step_count, look_ahead)
        torch.manual_seed(run.generator().initial_seed())
        run.learn(*pupil(batch))
    pupil.load_state_dict(run.averaged)
    pupil.eval()
    facts = {"data": examples.fingerprints, "hours": round(examples.hours, 2), "steps": training.schedule.steps}
    write_lite_weights(out / "lite.npz", pupil.model, json.dumps(facts))
    return pupil.model
