"""The mean of several trainings' weights: more at ease with people that none of them met than any one is.

Trainings that began at the same weights differ in what each learnt by heart, and agree in the rest (Wortsman et al. 2022, Model
soups; the mean with the weights before a fine-tuning keeps what that forgot: Wortsman et al. 2022, Robust fine-tuning).
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from ...bridge.data import EMOTION_NAMES
from ...bridge.errors import InvalidInput
from ...learning.checkpoint import Checkpoint, config_of, load_tensors, read_checkpoint, write_checkpoint
from ..models.perform_codes import PRIOR_NAME, PROBABILISTIC_NAME, file_hash
from ..models.prior import MotionPrior
from ..models.probabilistic import ProbabilisticConfig, ProbabilisticModel

_CONDITIONS = ".condition.weight"
_STRONGEST = 4.0


def write_mean(paths: Sequence[Path], emotion: float, folder: Path, facts: Mapping[str, str]) -> Path:
    """The mean of probabilistic weights, each with its prior beside it, into a folder with a copy of that prior.

    emotion: how many times as strongly an emotion turns the mean away from the neutral face, 0 to 4; a mean is milder than its
    parts. How widely codes are drawn stays as the last of the weights have it. Raises InvalidInput, ModelMissing.
    """
    if len(paths) < 2 or not 0.0 <= emotion <= _STRONGEST:
        raise InvalidInput(f"A mean needs two weights or more, and emotions 0 to {_STRONGEST:g} times as strong.")
    checkpoints = [_fitting(path) for path in paths]
    if len({checkpoint.facts.get("prior") for checkpoint in checkpoints}) > 1:
        raise InvalidInput("The weights speak in the codes of different priors: only trainings on one prior have a mean.")
    if len({str({**checkpoint.config, "temperature_scale": 0.0}) for checkpoint in checkpoints}) > 1:
        raise InvalidInput("The weights are of models of different shapes, which have no mean.")
    last, prior = checkpoints[-1], paths[-1].with_name(PRIOR_NAME)
    if file_hash(prior) != last.facts.get("prior"):
        raise InvalidInput(f"{prior} is not the prior that {paths[-1]} was trained with.")
    folder.mkdir(parents=True, exist_ok=True)
    if not ((folder / PRIOR_NAME).exists() and prior.samefile(folder / PRIOR_NAME)):
        shutil.copyfile(prior, folder / PRIOR_NAME)
    config = config_of(last, ProbabilisticConfig, paths[-1])
    parts = "; ".join(
        checkpoint.facts.get("command", path.parent.name) for checkpoint, path in zip(checkpoints, paths, strict=True)
    )
    told = {**facts, "parts": parts, "prior": file_hash(prior)}
    write_checkpoint(folder / PROBABILISTIC_NAME, "probabilistic", config, _mean(checkpoints, emotion), told)
    return folder / PROBABILISTIC_NAME


def _fitting(path: Path) -> Checkpoint:
    checkpoint = read_checkpoint(path, "probabilistic")
    code_width = MotionPrior.from_checkpoint(path.with_name(PRIOR_NAME)).config.code_width
    load_tensors(ProbabilisticModel(config_of(checkpoint, ProbabilisticConfig, path), code_width), checkpoint, path)
    return checkpoint


def _mean(checkpoints: Sequence[Checkpoint], emotion: float) -> dict[str, Tensor]:
    mean = {
        name: torch.stack([checkpoint.tensors[name].float() for checkpoint in checkpoints]).mean(dim=0)
        for name in checkpoints[0].tensors
    }
    for name in mean:
        if name.endswith(_CONDITIONS) and name.startswith("blocks."):
            neutral, moods = mean[name][:, :1], mean[name][:, 1 : len(EMOTION_NAMES)]
            mean[name][:, 1 : len(EMOTION_NAMES)] = neutral + emotion * (moods - neutral)
    return {name: tensor.half() for name, tensor in mean.items()}
