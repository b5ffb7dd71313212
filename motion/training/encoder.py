"""Trains the small encoder: the default encoder's features and the sounds themselves, from log-mel of many microphones."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...learning.checkpoint import write_checkpoint
from ...learning.run import Schedule, TrainingRun
from ..articulation.visemes import VISEME_NAMES
from ..data.hearing import HearingBatch, HearingExamples
from ..models.lite import lite_tensors
from ..speech.small_encoder import SMALL_ENCODER_KIND, SmallEncoderConfig, SmallEncoderNetwork, read_small_encoder
from .hearing_loss import feature_loss, feature_statistics, viseme_loss

SCHEDULE = Schedule(steps=600, batch_size=24, learning_rate=1.5e-3)
_STEPS = 150
_STATISTICS_SIZE = 96
_VISEME_WEIGHT = 0.3


class EncoderPupil(nn.Module):
    """The small encoder with what it needs in training alone."""

    def __init__(self, config: SmallEncoderConfig, sample: HearingBatch) -> None:
        super().__init__()
        self.network = SmallEncoderNetwork(config)
        self.network.mean, self.network.deviation = feature_statistics(sample)
        self.visemes = nn.Linear(config.width, len(VISEME_NAMES))

    def loss(self, batch: HearingBatch, look_ahead: int) -> tuple[Tensor, dict[str, float]]:
        """The loss, and its parts by name. batch.mel: (B, T + look_ahead, 160)."""
        made, hidden = self.network(batch.mel, look_ahead)
        wanted = (batch.features - self.network.mean) / self.network.deviation
        feature, viseme = feature_loss(made, wanted, batch.heard), viseme_loss(self.visemes(hidden), batch)
        cosine = nn.functional.cosine_similarity(made, wanted, dim=-1)[batch.heard > 0.0].mean()
        metrics = {"feature": float(feature.detach()), "viseme": float(viseme.detach()), "cosine": float(cosine.detach())}
        return feature + _VISEME_WEIGHT * viseme, metrics


def train_encoder(
    examples: HearingExamples,
    folder: Path,
    config: SmallEncoderConfig,
    schedule: Schedule,
    report: Callable[[float, str], None],
    start: Path | None = None,
) -> TrainingRun:
    """The run, done. Each batch has one of the look-aheads.

    start: a small encoder to go on from, or the npz of a lite model of the same size, whose layers hear already.
    """
    torch.manual_seed(schedule.seed)
    sample = examples.batch(np.random.default_rng(schedule.seed), _STATISTICS_SIZE, _STEPS, 0)
    pupil = EncoderPupil(config, sample)
    if start is not None:
        _start_from(start, pupil.network)
    told = {"model": "encoder", "config": config, "data": examples.fingerprints, "start": str(start)}
    run = TrainingRun(folder, pupil, schedule, told)
    for _ in run.steps(report):
        rng = run.rng()
        look_ahead = int(rng.choice(config.look_aheads))
        batch = examples.batch(rng, schedule.batch_size, _STEPS, look_ahead)
        # Dropout draws from torch's own stream: a resumed run must see the same.
        torch.manual_seed(run.generator().initial_seed())
        run.learn(*pupil.loss(batch, look_ahead))
    return run


def _start_from(start: Path, network: SmallEncoderNetwork) -> None:
    if start.suffix == ".npz":
        heard = lite_tensors(start).items()
        layers = {name.removeprefix("network."): tensor for name, tensor in heard if name.startswith("network.")}
        network.network.load_state_dict(layers)
    else:
        network.load_state_dict(read_small_encoder(start).state_dict())


def write_encoder(run: TrainingRun, folder: Path, facts: Mapping[str, str]) -> Path:
    """`small_encoder.safetensors`: the averaged weights in half precision, mean and deviation as they are."""
    path = folder / "small_encoder.safetensors"
    named = {name.removeprefix("network."): each for name, each in run.averaged.items() if name.startswith("network.")}
    tensors = {name: each if name in ("mean", "deviation") else each.half() for name, each in named.items()}
    write_checkpoint(path, SMALL_ENCODER_KIND, run.model.network.config, tensors, facts)
    return path
