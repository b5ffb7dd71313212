"""Training of the diffusion transformer. One straight line: examples in, averaged weights out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from ...learning.checkpoint import write_checkpoint
from ...learning.run import Schedule, TrainingRun
from ..data.examples import Examples
from ..models.diffusion import BATCH_STEPS, KIND, DiffusionConfig, DiffusionLoss, DiffusionModel
from ..models.eye_events import smeared

SCHEDULE = Schedule(steps=3000, batch_size=32, learning_rate=1e-3)
_STATISTICS_EXAMPLES = 256
_LEAST_DEVIATION = 0.02
"""Channels that hardly move are not blown up to unit variance."""


def train_diffusion(
    examples: Examples,
    folder: Path,
    config: DiffusionConfig,
    schedule: Schedule,
    report: Callable[[float, str], None] = lambda share, stage: None,
) -> TrainingRun:
    """Train, or go on training, in `folder`. On a CPU the arithmetic is in bfloat16, which halves the time of a step."""
    torch.manual_seed(schedule.seed)
    model = DiffusionModel(config)
    take_statistics(model, examples, np.random.default_rng(schedule.seed))
    run = TrainingRun(folder, model, schedule, {"config": asdict(config), "data": examples.fingerprints})
    loss = DiffusionLoss(model)

    for step in run.steps(report):
        batch = examples.batch(run.rng(), schedule.batch_size, BATCH_STEPS)
        # Dropout draws from torch's own stream, which a resumed run must find where an uninterrupted one has it.
        torch.manual_seed(schedule.seed * 1_000_003 + step)
        with torch.autocast("cpu", torch.bfloat16):
            total, terms = loss(batch, run.generator())
        run.learn(total, terms)
    return run


def take_statistics(model: DiffusionModel, examples: Examples, rng: np.random.Generator) -> None:
    """Fill in the mean and deviation of features and channels."""
    model.hearing.mean[:], model.hearing.deviation[:] = examples.feature_statistics(rng)
    batch = examples.batch(rng, _STATISTICS_EXAMPLES, BATCH_STEPS)
    channels, known = smeared(batch.channels[:, ::2]), batch.known[:, ::2]
    count = known.sum(dim=(0, 1)).clamp(min=1.0)
    mean = (channels * known).sum(dim=(0, 1)) / count
    variance = ((channels - mean).square() * known).sum(dim=(0, 1)) / count
    model.channel_mean[:], model.channel_deviation[:] = mean, variance.sqrt().clamp(min=_LEAST_DEVIATION)


def write_diffusion(run: TrainingRun, folder: Path, facts: Mapping[str, str]) -> Path:
    """`diffusion.safetensors`, the averaged weights in half precision."""
    assert isinstance(run.model, DiffusionModel)
    path = folder / "diffusion.safetensors"
    write_checkpoint(path, KIND, run.model.config, {name: tensor.half() for name, tensor in run.averaged.items()}, facts)
    return path
