"""Training of the diffusion transformer. One straight line: examples in, averaged weights out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..checkpoint import write_checkpoint
from ..data.examples import Batch, Examples
from ..models.diffusion import CONTEXT_FRAMES, WINDOW_FRAMES, DiffusionConfig, DiffusionLoss, DiffusionModel, Window
from .run import Schedule, TrainingRun, train

KIND = "diffusion"
STEPS_PER_FRAME = 2
"""Examples are at 50 Hz, performances at 25 fps."""
_STATISTICS_EXAMPLES = 256
_LEAST_DEVIATION = 0.02
"""Channels that hardly move are not blown up to unit variance."""


def train_diffusion(
    examples: Examples,
    folder: Path,
    schedule: Schedule,
    config: DiffusionConfig,
    report: Callable[[float, str], None] = lambda share, stage: None,
) -> TrainingRun:
    """Train, or go on training, in `folder`. On a CPU the arithmetic is in bfloat16, which halves the time of a step."""
    torch.manual_seed(schedule.seed)
    model = DiffusionModel(config)
    take_statistics(model, examples, np.random.default_rng(schedule.seed))
    run = TrainingRun(folder, model, schedule, {"config": asdict(config), "data": examples.fingerprints})
    loss = DiffusionLoss(model)

    def step_loss(run: TrainingRun) -> tuple[Tensor, dict[str, float]]:
        batch = examples.batch(run.rng(), schedule.batch_size, STEPS_PER_FRAME * (CONTEXT_FRAMES + WINDOW_FRAMES))
        # Dropout draws from torch's own stream, which a resumed run must find where an uninterrupted one has it.
        torch.manual_seed(schedule.seed * 1_000_003 + run.step)
        with torch.autocast("cpu", torch.bfloat16):
            return loss(window_of(batch), run.generator())

    train(run, step_loss, report)
    return run


def take_statistics(model: DiffusionModel, examples: Examples, rng: np.random.Generator) -> None:
    """Fill in the mean and deviation of features and channels."""
    model.hearing.mean[:], model.hearing.deviation[:] = examples.feature_statistics(rng)
    batch = examples.batch(rng, _STATISTICS_EXAMPLES, 100)
    count = batch.known.sum(dim=(0, 1)).clamp(min=1.0)
    mean = (batch.channels * batch.known).sum(dim=(0, 1)) / count
    variance = ((batch.channels - mean).square() * batch.known).sum(dim=(0, 1)) / count
    model.channel_mean[:], model.channel_deviation[:] = mean, variance.sqrt().clamp(min=_LEAST_DEVIATION)


def window_of(batch: Batch) -> Window:
    """Motion is sampled every other step and not averaged, so that lips and lids still shut."""
    return Window(
        features=batch.features,
        channels=batch.channels[:, ::STEPS_PER_FRAME],
        known=batch.known[:, ::STEPS_PER_FRAME],
        emotion=batch.emotion[:, ::STEPS_PER_FRAME],
        style_motion=batch.style_motion,
        style_known=batch.style_known,
    )


def write_weights(run: TrainingRun, path: Path, facts: Mapping[str, str]) -> None:
    """The averaged weights in half precision."""
    tensors = {name: tensor.half() for name, tensor in run.averaged.items()}
    write_checkpoint(path, KIND, run.model.config, tensors, facts)
