"""The mean of several trainings' weights: more at ease with people that none of them met than any one is.

Trainings that began at the same weights differ in what each learnt by heart, and agree in the rest (Wortsman et al. 2022, Model
soups; the mean with the weights before a fine-tuning keeps what that forgot: Wortsman et al. 2022, Robust fine-tuning).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from ...bridge.data import EMOTION_NAMES
from ...bridge.errors import InvalidInput
from ...learning.checkpoint import read_checkpoint
from ..models.perform_codes import PRIOR_NAME, PROBABILISTIC_NAME, CodePerformer, file_hash
from .probabilistic import write_beside_prior

_STRONGEST = 4.0


def write_mean(folders: Sequence[Path], emotion: float, out: Path, facts: Mapping[str, str]) -> Path:
    """The mean of probabilistic weights, each in a folder with its prior, into another folder with a copy of that prior.

    emotion: how many times as strongly an emotion turns the mean away from the neutral face, 0 to 4; a mean is milder than its
    parts. How widely codes are drawn stays as the last folder has it. Raises InvalidInput, ModelMissing.
    """
    if len(folders) < 2 or not 0.0 <= emotion <= _STRONGEST:
        raise InvalidInput(f"A mean needs two folders or more, and emotions 0 to {_STRONGEST:g} times as strong.")
    models = [CodePerformer.from_folder(folder).model for folder in folders]
    if len({file_hash(folder / PRIOR_NAME) for folder in folders}) > 1:
        raise InvalidInput("The weights speak in the codes of different priors: only trainings on one prior have a mean.")
    if len({replace(model.config, temperature_scale=1.0) for model in models}) > 1:
        raise InvalidInput("The weights are of models of different shapes, which have no mean.")
    trained = [model.state_dict() for model in models]
    mean = {name: _moodier(name, torch.stack([each[name] for each in trained]).mean(dim=0), emotion) for name in trained[0]}
    told = [read_checkpoint(folder / PROBABILISTIC_NAME, "probabilistic").facts.get("command", folder.name) for folder in folders]
    out.mkdir(parents=True, exist_ok=True)
    return write_beside_prior(out, folders[-1] / PRIOR_NAME, models[-1].config, mean, {**facts, "parts": "; ".join(told)})


def _moodier(name: str, tensor: Tensor, emotion: float) -> Tensor:
    """The weights by which blocks hear emotions, (C, 8 + S, 1), turned further from those of the neutral face."""
    if not name.endswith(".condition.weight"):
        return tensor
    neutral, moods, style = tensor.split([1, len(EMOTION_NAMES) - 1, tensor.shape[1] - len(EMOTION_NAMES)], dim=1)
    return torch.cat([neutral, neutral + emotion * (moods - neutral), style], dim=1)
