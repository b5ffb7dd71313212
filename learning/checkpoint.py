"""Checkpoints: a model's tensors with its configuration and how it was made, in one safetensors file that holds no code."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ..bridge.errors import InvalidInput, ModelMissing
from ..bridge.formats import whole_file

_FORMAT = "vivavoce model 1"
_LARGEST_BYTES = 1 << 30
Config = TypeVar("Config")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """kind: which model. config: its configuration, field to value. facts: command, data, figures: text to text."""

    kind: str
    config: Mapping[str, Any]
    tensors: Mapping[str, Tensor]
    facts: Mapping[str, str]


def write_checkpoint(path: Path, kind: str, config: Any, tensors: Mapping[str, Tensor], facts: Mapping[str, str]) -> None:
    """Write tensors and a configuration dataclass, whole or not at all."""
    metadata = {
        "format": _FORMAT,
        "kind": kind,
        "config": json.dumps(asdict(config), sort_keys=True),
        "facts": json.dumps(dict(facts), sort_keys=True, ensure_ascii=False),
    }
    with whole_file(path) as temporary:
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, temporary, metadata)


def read_checkpoint(path: Path, kind: str) -> Checkpoint:
    """Raises ModelMissing where there is no file, InvalidInput where it is damaged or of another kind of model."""
    if not path.is_file():
        raise ModelMissing(f"{path} is not there. Train it, or install vivavoce with its weights.")
    if path.stat().st_size > _LARGEST_BYTES:
        raise InvalidInput(f"{path} is larger than any model of this project: {path.stat().st_size / 1e9:.1f} GB.")
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != _FORMAT or metadata.get("kind") != kind:
                found = metadata.get("kind", "no model of this project")
                raise InvalidInput(f"{path} is {found}, but a model of kind {kind} is needed.")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            config, facts = json.loads(metadata["config"]), json.loads(metadata["facts"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise InvalidInput(f"{path} cannot be read as a model: {error}. Fetch or train it again.") from error
    if not isinstance(config, dict) or not isinstance(facts, dict):
        raise InvalidInput(f"{path} holds no configuration. Fetch or train it again.")
    return Checkpoint(kind, config, tensors, facts)


def config_of(checkpoint: Checkpoint, config_type: type[Config], source: Path) -> Config:
    """The configuration as its dataclass. Raises InvalidInput where a field is unknown, missing, or out of its range."""
    known = {field.name for field in fields(config_type)}  # type: ignore[arg-type]
    if set(checkpoint.config) != known:
        odd = ", ".join(sorted(set(checkpoint.config) ^ known))
        raise InvalidInput(f"{source} was made by another version: its configuration differs in {odd}.")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in checkpoint.config.items()}
    try:
        return config_type(**values)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{source} has a configuration that cannot be used: {error}") from error


def load_tensors(module: nn.Module, checkpoint: Checkpoint, source: Path, prefix: str = "") -> None:
    """Fill a module. Raises InvalidInput where a tensor is missing, has another shape, or is not finite."""
    wanted = module.state_dict()
    found = {name.removeprefix(prefix): tensor for name, tensor in checkpoint.tensors.items() if name.startswith(prefix)}
    odd = sorted(set(wanted) ^ set(found)) or [name for name in wanted if wanted[name].shape != found[name].shape]
    odd = odd or [name for name in found if not torch.isfinite(found[name].float()).all()]
    if odd:
        raise InvalidInput(f"{source} does not fit its configuration: {', '.join(odd[:3])}. Fetch or train it again.")
    module.load_state_dict({name: tensor.to(wanted[name].dtype) for name, tensor in found.items()})
