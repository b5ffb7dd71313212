"""Trains the probabilistic model: speech and style to the codes of a prior that is done."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...bridge.errors import InvalidInput
from ...learning.checkpoint import load_tensors, read_checkpoint, write_checkpoint
from ...learning.run import Schedule, TrainingRun
from ..data.examples import Examples
from ..models.perform_codes import PRIOR_NAME, PROBABILISTIC_NAME, file_hash
from ..models.prior import PARTS, MotionPrior
from ..models.probabilistic import FEATURE_NOISE, ProbabilisticConfig, ProbabilisticModel

SCHEDULE = Schedule(steps=5000, batch_size=24, learning_rate=2e-3)
_STEPS = 150
_MEASURED_BATCHES = 20


def train_probabilistic(
    examples: Examples,
    prior: MotionPrior,
    folder: Path,
    config: ProbabilisticConfig,
    schedule: Schedule,
    report: Callable[[float, str], None],
    start: Path | None = None,
    noise: float = FEATURE_NOISE,
) -> TrainingRun:
    """The run, done. Three seconds an example. start: weights of the same shape to go on from, such as the bundled ones.

    noise: standard deviations, on the features. Raises InvalidInput where it is not 0 to 20.
    """
    if not 0.0 <= noise <= 20.0:
        raise InvalidInput(f"Features are trained under 0 to 20 standard deviations of noise, not {noise:g}.")
    torch.manual_seed(schedule.seed)
    prior.eval().requires_grad_(False)
    model = ProbabilisticModel(config, prior.config.code_width, noise)
    model.feature_mean, model.feature_scale = examples.feature_statistics(np.random.default_rng(schedule.seed))
    if start is not None:
        load_tensors(model, read_checkpoint(start, "probabilistic"), start)
    settings = {
        "model": "probabilistic",
        "config": config,
        "data": examples.fingerprints,
        "start": start and start.name,
        "noise": noise,
    }
    run = TrainingRun(folder, model, schedule, settings)
    for step in run.steps(report):
        batch = examples.batch(run.rng(), schedule.batch_size, _STEPS)
        torch.manual_seed(schedule.seed + step)  # dropout's own stream
        loss, metrics = model.loss(batch, prior, run.generator())
        run.learn(loss, metrics)
    return run


def measured_config(examples: Examples, prior: MotionPrior, model: ProbabilisticModel, seed: int) -> ProbabilisticConfig:
    """The configuration with its temperature scale: the mean squared distance, in the latent space, between where the model says
    that a face should be and where it is. Draws then spread with what the speech leaves open."""
    rng = np.random.default_rng([seed, 1])
    distances = []
    with torch.inference_mode():
        for _ in range(_MEASURED_BATCHES):
            batch = examples.batch(rng, 16, _STEPS)
            heard = model.eval()(batch.features, batch.emotion, model.style_encoder.unknown.expand(16, -1))
            for name, span in PARTS.items():
                is_there = batch.known[..., span].amax(dim=2) > 0.0
                apart = heard.latents[name] - prior.part(name).encoded(batch.channels[..., span] * batch.known[..., span])
                distances.append(float(apart[is_there].square().sum(dim=1).mean()))
    return replace(model.config, temperature_scale=float(np.mean(distances)))


def write_probabilistic(run: TrainingRun, examples: Examples, prior_path: Path, folder: Path, facts: Mapping[str, str]) -> Path:
    """`probabilistic.safetensors`, the averaged weights in half precision, beside a copy of the prior that they belong to."""
    prior = MotionPrior.from_checkpoint(prior_path)
    assert isinstance(run.model, ProbabilisticModel)
    run.model.load_state_dict(run.averaged)
    config = measured_config(examples, prior, run.model, run.schedule.seed)
    return write_beside_prior(folder, prior_path, config, run.averaged, facts)


def write_beside_prior(
    folder: Path, prior_path: Path, config: ProbabilisticConfig, tensors: Mapping[str, Tensor], facts: Mapping[str, str]
) -> Path:
    """Weights in half precision, which tell that they belong to the prior of which a copy is laid beside them."""
    path, beside = folder / PROBABILISTIC_NAME, folder / PRIOR_NAME
    if not (beside.exists() and beside.samefile(prior_path)):
        shutil.copyfile(prior_path, beside)
    halves = {name: tensor.half() for name, tensor in tensors.items()}
    write_checkpoint(path, "probabilistic", config, halves, {**facts, "prior": file_hash(beside)})
    return path
