"""The small encoder: our own, light and causal but for 60 or 260 ms. It makes the default encoder's features out of log-mel."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...bridge.errors import InvalidInput
from ...bridge.lite.mel import SILENT_STEP, STEP_WIDTH, MelStream, mel_steps
from ...learning.checkpoint import config_of, load_tensors, read_checkpoint
from .causal_network import CausalNetwork

SMALL_ENCODERS: dict[str, int] = {"small": 13, "small-60ms": 3}
"""Its names, and how many steps of 20 ms it looks ahead under each."""
SMALL_ENCODER_PATH = Path(__file__).parents[1] / "weights" / "small_encoder.safetensors"
SMALL_ENCODER_KIND = "small encoder"


@dataclass(frozen=True)
class SmallEncoderConfig:
    """What the small encoder looks like."""

    width: int = 160
    """Channels of each layer."""
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4, 8)
    """Of the blocks, in steps of 20 ms."""
    look_aheads: tuple[int, ...] = (3, 13)
    """Steps of the future that a feature may know; the network is told which of them holds."""
    feature_width: int = 384
    """Of the default encoder."""
    dropout: float = 0.05
    """In training."""

    def __post_init__(self) -> None:
        if not (1 <= self.width <= 1024 and self.dilations and self.look_aheads and 1 <= self.feature_width <= 4096):
            raise InvalidInput(f"A small encoder cannot have {self.width} channels and {len(self.dilations)} blocks.")
        if not all(0 <= steps <= 50 for steps in self.look_aheads):
            raise InvalidInput("A small encoder can look at most 50 steps ahead.")


class SmallEncoderNetwork(nn.Module):
    """Log-mel to hidden steps and z-scored features."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: SmallEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.network = CausalNetwork(STEP_WIDTH, config.width, config.dilations, config.dropout)
        self.told_look_ahead = nn.Embedding(len(config.look_aheads), config.width)
        self.exit = nn.Linear(config.width, config.feature_width)
        self.register_buffer("mean", torch.zeros(config.feature_width))
        self.register_buffer("deviation", torch.ones(config.feature_width))

    def forward(self, mel: Tensor, look_ahead: int) -> tuple[Tensor, Tensor]:
        """mel: (B, T + look_ahead, 160) -> z-scored features (B, T, D), and hidden steps (B, T, C)."""
        hidden, _ = self.network(mel, added=self.told(look_ahead))
        hidden = hidden[:, look_ahead:]
        return self.exit(hidden), hidden

    def told(self, look_ahead: int) -> Tensor:
        """(1, C)"""
        return self.told_look_ahead.weight[None, self.config.look_aheads.index(look_ahead)]

    def features(self, hidden: Tensor) -> Tensor:
        """(..., C) -> (..., D), as the default encoder scales them."""
        return self.exit(hidden) * self.deviation + self.mean


class SmallEncoder:
    """A SpeechEncoder (encoder.py) with one of the two look-aheads."""

    def __init__(self, network: SmallEncoderNetwork, look_ahead: int) -> None:
        self.network, self.look_ahead = network, look_ahead
        self.width = network.config.feature_width

    def window_features(self, samples: Tensor) -> Tensor:
        """(S,) float32 at 16 kHz, S a multiple of 320 -> (S / 320, D)."""
        weight = self.network.exit.weight
        mel = torch.from_numpy(mel_steps(samples.cpu().numpy())).to(weight.device)
        mel = nn.functional.pad(mel, (0, 0, 0, self.look_ahead), value=SILENT_STEP)
        with torch.inference_mode():
            return self.network.features(self.network(mel[None], self.look_ahead)[1])[0]

    def stream(self) -> "EncoderStream":
        """Features of a sound that goes on."""
        return EncoderStream(self.network, self.look_ahead)


class EncoderStream:
    """Features as the sound comes in; each is out `look_ahead` steps, and the 22 ms of its own log-mel, after it was heard."""

    def __init__(self, network: SmallEncoderNetwork, look_ahead: int) -> None:
        self._network, self._mel, self._to_skip = network, MelStream(), look_ahead
        self._told = network.told(look_ahead)
        self._past = network.network.silence()

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """(S,) float32 at 16 kHz, S >= 0 -> (T, D) float32: the features that follow those before."""
        mel = torch.from_numpy(self._mel.feed(samples))[None].to(self._told.device)
        if not mel.shape[1]:
            return np.zeros((0, self._network.config.feature_width), np.float32)
        with torch.inference_mode():
            hidden, self._past = self._network.network(mel, self._past, self._told)
            skipped = min(self._to_skip, hidden.shape[1])
            self._to_skip -= skipped
            return self._network.features(hidden[0, skipped:]).cpu().numpy()


@cache
def _bundled_network(device: str) -> SmallEncoderNetwork:
    return read_small_encoder(SMALL_ENCODER_PATH).to(device)


def small_encoder(name: str = "small", device: str = "cpu") -> SmallEncoder:
    """The bundled encoder by one of its names. Raises ModelMissing where its weights are not there."""
    return SmallEncoder(_bundled_network(device), SMALL_ENCODERS[name])


def read_small_encoder(path: Path) -> SmallEncoderNetwork:
    """Raises ModelMissing where there is no file, InvalidInput where it is damaged or another model."""
    checkpoint = read_checkpoint(path, SMALL_ENCODER_KIND)
    network = SmallEncoderNetwork(config_of(checkpoint, SmallEncoderConfig, path))
    load_tensors(network, checkpoint, path)
    return network.eval()
