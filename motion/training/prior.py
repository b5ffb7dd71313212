"""Trains the motion prior: faces to codes and back."""

from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from ...learning.checkpoint import write_checkpoint
from ...learning.run import Schedule, TrainingRun
from ..data.examples import Examples
from ..models.prior import MotionPrior, PriorConfig

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


def write_prior(run: TrainingRun, folder: Path, facts: Mapping[str, str]) -> Path:
    """`prior.safetensors`: the averaged weights in half precision, the codebooks as they are."""
    path = folder / "prior.safetensors"
    last = run.model.state_dict()
    # Codebooks are averages already, and belong to the encoder as it is now: an older average of them would be another's.
    tensors = {name: last[name] if ".quantiser." in name else tensor.half() for name, tensor in run.averaged.items()}
    write_checkpoint(path, "prior", run.model.config, tensors, facts)
    return path
