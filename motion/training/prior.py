"""Trains the motion prior: faces to codes and back."""

from collections.abc import Callable
from pathlib import Path

import torch

from ..data.examples import Examples
from ..models.prior import MotionPrior, PriorConfig
from .run import Schedule, TrainingRun

SCHEDULE = Schedule(steps=3000, batch_size=32, learning_rate=1e-3)
_STEPS = 100


def train_prior(
    examples: Examples, folder: Path, config: PriorConfig, schedule: Schedule, report: Callable[[float, str], None]
) -> TrainingRun:
    """The run, done. Two seconds of motion an example."""
    torch.manual_seed(schedule.seed)
    prior = MotionPrior(config)
    run = TrainingRun(folder, prior, schedule, {"model": "prior", "config": config, "data": examples.fingerprints})
    for _ in run.steps(report):
        batch = examples.batch(run.rng(), schedule.batch_size, _STEPS)
        loss, metrics = prior.loss(batch.channels, batch.known, run.generator())
        run.learn(loss, metrics)
    return run
