"""Trains the lite model: lips from log-mel, taught by the articulation engine, captured mouths and the default encoder."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...bridge.data import LIPS_NAMES
from ...bridge.lite.network import CONTACT_COUNT
from ...learning.run import Schedule, TrainingRun
from ..data.hearing import HearingBatch, HearingExamples
from ..models.channels import OPENING_OF_LIPS
from ..models.lite import LiteConfig, LiteModel, lite_tensors, write_lite_weights
from ..models.probabilistic import contact_loss
from .hearing_loss import HearingHeads, feature_statistics, one_minus_correlation

SCHEDULE = Schedule(steps=1500, batch_size=32, learning_rate=2e-3)
_STEPS = 150
_STATISTICS_SIZE = 96
_SMALLEST_DEVIATION = 0.05
"""Channels that move less are not brought up to the others."""
_LOSS_WEIGHTS = {"shape": 1.0, "timing": 1.0, "contact": 0.5, "viseme": 0.15, "feature": 0.5}


class LitePupil(nn.Module):
    """The lite model with what it needs in training alone."""

    channel_weights: Tensor
    opening_weights: Tensor

    def __init__(self, config: LiteConfig, sample: HearingBatch) -> None:
        super().__init__()
        self.model = LiteModel(config)
        self.heads = HearingHeads(config.width, *feature_statistics(sample))
        deviation = sample.lips[sample.known.all(dim=-1)].std(dim=0)
        self.register_buffer("channel_weights", 1.0 / deviation.clamp(min=_SMALLEST_DEVIATION))
        self.register_buffer("opening_weights", torch.tensor(OPENING_OF_LIPS))

    def loss(self, batch: HearingBatch) -> tuple[Tensor, dict[str, float]]:
        """The loss, and its parts by name."""
        with torch.autocast("cpu", torch.bfloat16):  # two thirds of the time of a step
            rough = self.model(batch.mel)
        made, hidden = (each.float() for each in rough)
        lips, contacts = made.split([len(LIPS_NAMES), CONTACT_COUNT], dim=-1)
        viseme, feature = self.heads.losses(hidden, batch)
        parts = {
            "shape": self._shape_loss(lips, batch),
            "timing": self._timing_loss(lips, batch),
            "contact": contact_loss(contacts, batch.contact),
            "viseme": viseme,
            "feature": feature,
        }
        total = torch.stack([_LOSS_WEIGHTS[name] * part for name, part in parts.items()]).sum()
        return total, {name: float(part.detach()) for name, part in parts.items()}

    def _shape_loss(self, lips: Tensor, batch: HearingBatch) -> Tensor:
        """Distance to the taught lips, in deviations of each channel."""
        error = (lips - batch.lips).abs() * self.channel_weights * batch.known
        return error.sum() / batch.known.sum().clamp(min=1.0)

    def _timing_loss(self, lips: Tensor, batch: HearingBatch) -> Tensor:
        """One minus the correlation of the opening."""
        jaw, close = LIPS_NAMES.index("jawOpen"), LIPS_NAMES.index("mouthClose")
        known = batch.known[..., jaw] * batch.known[..., close]
        return one_minus_correlation(lips @ self.opening_weights, batch.lips @ self.opening_weights, known)


def train_lite(
    examples: HearingExamples,
    folder: Path,
    config: LiteConfig,
    schedule: Schedule,
    report: Callable[[float, str], None],
    start: Path | None = None,
) -> TrainingRun:
    """The run, done. Three seconds of sound an example. start: a lite model of the same size to go on from."""
    torch.manual_seed(schedule.seed)
    sample = examples.batch(np.random.default_rng(schedule.seed), _STATISTICS_SIZE, _STEPS, config.look_ahead)
    pupil = LitePupil(config, sample)
    if start is not None:
        pupil.model.load_state_dict(lite_tensors(start))
    told = {"model": "lite", "config": config, "data": examples.fingerprints, "start": str(start)}
    run = TrainingRun(folder, pupil, schedule, told)
    for _ in run.steps(report):
        batch = examples.batch(run.rng(), schedule.batch_size, _STEPS, config.look_ahead)
        # Dropout draws from torch's own stream: a resumed run must see the same.
        torch.manual_seed(run.generator().initial_seed())
        run.learn(*pupil.loss(batch))
    return run


def write_lite(run: TrainingRun, folder: Path, facts: Mapping[str, str]) -> Path:
    """`lite.npz`: the averaged weights as bridge/lite reads them."""
    path = folder / "lite.npz"
    model = LiteModel(run.model.model.config)
    model.load_state_dict({name.removeprefix("model."): each for name, each in run.averaged.items() if name.startswith("model.")})
    write_lite_weights(path, model, json.dumps(dict(facts), sort_keys=True))
    return path
