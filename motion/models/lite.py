"""The lite model's torch original: log-mel in, lips out, small enough for numpy (bridge/lite) and causal but for 200 ms."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...bridge.data import LIPS_NAMES
from ...bridge.errors import InvalidInput
from ...bridge.formats.safe_npz import write_arrays
from ...bridge.lite.mel import SILENT_STEP, STEP_WIDTH
from ...bridge.lite.network import CONTACT_COUNT, OUTPUT_WIDTH, read_lite_weights
from ..speech.causal_network import CausalNetwork


@dataclass(frozen=True)
class LiteConfig:
    """What the lite model looks like."""

    width: int = 160
    """Channels of each layer."""
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4, 8)
    """Of the blocks, in steps of 20 ms: together a second of the past."""
    look_ahead: int = 10
    """Steps of the future that the lips at a step may know."""
    dropout: float = 0.1
    """In training."""

    def __post_init__(self) -> None:
        if not (1 <= self.width <= 1024 and self.dilations and 0 <= self.look_ahead <= 50):
            raise InvalidInput(f"The lite model cannot have {self.width} channels and look {self.look_ahead} steps ahead.")


class LiteModel(nn.Module):
    """Lips and contacts of each step, `look_ahead` steps after it was heard."""

    def __init__(self, config: LiteConfig) -> None:
        super().__init__()
        self.config = config
        self.network = CausalNetwork(STEP_WIDTH, config.width, config.dilations, config.dropout)
        self.exit = nn.Linear(config.width, OUTPUT_WIDTH)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """mel: (B, T + look_ahead, 160) -> lips and contacts (B, T, 31), contacts as logits; hidden steps (B, T, C)."""
        hidden = self.network(mel)[0][:, self.config.look_ahead :]
        return self.exit(hidden), hidden

    def lips(self, mel: Tensor) -> Tensor:
        """mel: (B, T, 160), with silence after it -> (B, T, 31): weights and contacts, 0..1, before contacts are enforced."""
        made, _ = self(nn.functional.pad(mel, (0, 0, 0, self.config.look_ahead), value=SILENT_STEP))
        weights, contacts = made.split([len(LIPS_NAMES), CONTACT_COUNT], dim=-1)
        return torch.cat([weights.clamp(0.0, 1.0), contacts.sigmoid()], dim=-1)


def write_lite_weights(path: Path, model: LiteModel, facts: str) -> None:
    """The weights as bridge/lite reads them: half precision, named as in the state dict. facts: JSON, how they came to be."""
    arrays = {name: tensor.detach().cpu().numpy().astype(np.float16) for name, tensor in model.state_dict().items()}
    told = {
        "dilations": np.array(model.config.dilations),
        "look_ahead": np.array(model.config.look_ahead),
        "facts": np.array(facts),
    }
    write_arrays(path, {**arrays, **told})


def lite_tensors(path: Path) -> dict[str, Tensor]:
    """The weights in such a file, as a state dict. Raises what `read_lite_weights` raises."""
    return {name: torch.from_numpy(tensor) for name, tensor in read_lite_weights(path).tensors.items()}
