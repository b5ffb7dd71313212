"""The diffusion transformer's networks: what it hears, how much it moves, and what removes noise from a window of motion."""

from dataclasses import dataclass

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional

from ...bridge.data import EMOTION_NAMES
from .layers import ConvBlock
from .style_code import STYLE_WIDTH

FRAMES_PER_TOKEN = 25
"""A context token sums up one second of sound."""
_DILATIONS = (1, 2, 4, 8)
HEARING_REACH = sum(_DILATIONS)
"""Frames to each side whose sound a frame hears directly."""
_LEVEL_WAVES = 32


class Hearing(nn.Module):
    """Features of an encoder -> what each frame hears: two features folded into one, and its neighbourhood by convolutions.

    All parts see the same few frames wherever they stand, so that a line may be heard in blocks with margins of HEARING_REACH.
    """

    def __init__(self, feature_width: int, width: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(feature_width))
        self.register_buffer("deviation", torch.ones(feature_width))
        self.fold = nn.Linear(2 * feature_width, width)
        self.blocks = nn.Sequential(*(ConvBlock(width, dilation=step, dropout=dropout) for step in _DILATIONS))
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor) -> Tensor:
        """features: (B, 2 F, D) at 50 Hz -> (B, F, W) at 25 Hz; frame `index` is features 2 * index and 2 * index + 1."""
        pairs = rearrange((features - self.mean) / self.deviation, "b (f two) d -> b f (two d)", two=2)
        heard = self.fold(self.dropout(pairs)).transpose(1, 2)
        return self.blocks(heard).transpose(1, 2)


class DynamicsGuess(nn.Module):
    """How lively one second of speech is performed: the mean of the log-variance of motion (Sonic's buckets, continuous)."""

    def __init__(self, hearing_width: int, part_count: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(hearing_width + len(EMOTION_NAMES), 64)
        self.out = nn.Linear(64, part_count)

    def forward(self, heard: Tensor, emotion: Tensor) -> Tensor:
        """heard: (B, N, W), emotion: (B, N, 8), means over each second -> (B, N, P), one scalar a part."""
        return self.out(functional.gelu(self.hidden(torch.cat([heard, emotion], dim=-1))))


@dataclass(frozen=True)
class DenoiserSize:
    """Sizes of one part's transformer."""

    channel_count: int
    width: int
    layer_count: int
    head_count: int

    def __post_init__(self) -> None:
        if min(self.channel_count, self.width, self.layer_count, self.head_count) < 1 or self.width % (2 * self.head_count):
            raise ValueError(f"a transformer cannot be {self.width} wide with {self.head_count} heads")


class Conditions(nn.Module):
    """Everything but the noise that a frame is told, added up: sound, emotion, liveliness, style."""

    def __init__(self, hearing_width: int, width: int) -> None:
        super().__init__()
        self.heard = nn.Linear(hearing_width, width)
        self.unheard = nn.Parameter(torch.zeros(hearing_width))
        self.emotion = nn.Linear(len(EMOTION_NAMES), width)
        self.dynamics = nn.Linear(1, width)
        self.style = nn.Linear(STYLE_WIDTH, width)

    def forward(self, heard: Tensor, emotion: Tensor, dynamics: Tensor, style: Tensor) -> Tensor:
        """heard: (B, F, H); emotion: (B, F, 8); dynamics: (B, F, 1); style: (B, 16) -> (B, F, W)."""
        return self.heard(heard) + self.emotion(emotion) + self.dynamics(dynamics) + self.style(style)[:, None]


class Denoiser(nn.Module):
    """A transformer that predicts clean motion from noisy motion; rotary positions, so that only distances count."""

    def __init__(self, size: DenoiserSize, hearing_width: int) -> None:
        super().__init__()
        self.conditions = Conditions(hearing_width, size.width)
        self.motion = nn.Linear(size.channel_count, size.width)
        self.clean = nn.Parameter(torch.zeros(size.width))
        self.token = nn.Linear(size.width, size.width)
        self.level = nn.Sequential(nn.Linear(2 * _LEVEL_WAVES, size.width), nn.SiLU(), nn.Linear(size.width, 4 * size.width))
        self.layers = nn.ModuleList(DenoiserLayer(size) for _ in range(size.layer_count))
        self.norm = nn.LayerNorm(size.width)
        self.out = nn.Linear(size.width, size.channel_count)

    def forward(self, noisy: Tensor, condition: Tensor, level: Tensor, is_clean: Tensor, is_there: Tensor) -> Tensor:
        """noisy: (B, F, C) -> clean motion (B, F, C).

        condition: (B, F, W) of Conditions; level: (B,) 0..1, the share of the noise schedule; is_clean: (B, F)
        frames that carry no noise; is_there: (B, F) frames that exist. F is a multiple of FRAMES_PER_TOKEN.
        """
        frames = noisy.shape[1]
        hidden = self.motion(noisy) + condition + is_clean[..., None] * self.clean
        share = is_there[..., None].to(condition.dtype)
        seconds = rearrange(condition * share, "b (n f) w -> b n f w", f=FRAMES_PER_TOKEN)
        there = rearrange(share, "b (n f) one -> b n f one", f=FRAMES_PER_TOKEN).sum(dim=2)
        tokens = self.token(seconds.sum(dim=2) / there.clamp(min=1.0))
        hidden = torch.cat([hidden, tokens], dim=1)
        mask = torch.cat([is_there, there[..., 0] > 0], dim=1)[:, None, None]
        at = torch.arange(frames, device=noisy.device, dtype=noisy.dtype)
        rotation = rotations(torch.cat([at, at[FRAMES_PER_TOKEN // 2 :: FRAMES_PER_TOKEN]]), self.layers[0].head_width)
        told = self.level(waves(level))[:, None]
        for layer in self.layers:
            hidden = layer(hidden, told, rotation, mask)
        return self.out(self.norm(hidden[:, :frames]))


class DenoiserLayer(nn.Module):
    """Attention and a feed-forward part, both scaled and shifted by the noise level: by the same for every layer, and an offset
    of its own (PixArt-alpha's adaptive norm, Chen et al. 2023)."""

    def __init__(self, size: DenoiserSize) -> None:
        super().__init__()
        self.head_count = size.head_count
        self.head_width = size.width // size.head_count
        self.norm = nn.LayerNorm(size.width, elementwise_affine=False)
        self.modulation = nn.Parameter(torch.zeros(4 * size.width))
        self.query_key_value = nn.Linear(size.width, 3 * size.width)
        self.attention_out = nn.Linear(size.width, size.width)
        self.feed_in = nn.Linear(size.width, 4 * size.width)
        self.feed_out = nn.Linear(4 * size.width, size.width)

    def forward(self, hidden: Tensor, level: Tensor, rotation: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        """hidden: (B, L, W); level: (B, 1, 4 W); rotation: see `rotations`; mask: (B, 1, 1, L), True where there is something."""
        scale, shift, feed_scale, feed_shift = (level + self.modulation).chunk(4, dim=-1)
        seen = self.norm(hidden) * (1.0 + scale) + shift
        query, key, value = rearrange(self.query_key_value(seen), "b l (three h d) -> three b h l d", three=3, h=self.head_count)
        query, key = rotated(query, rotation), rotated(key, rotation)
        attended = attention(query, key, value, mask)
        hidden = hidden + self.attention_out(rearrange(attended, "b h l d -> b l (h d)"))
        seen = self.norm(hidden) * (1.0 + feed_scale) + feed_shift
        return hidden + self.feed_out(functional.gelu(self.feed_in(seen)))


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """(B, H, L, D) each, mask as in DenoiserLayer -> (B, H, L, D).

    Spelled out because torch's own is four times slower on a CPU in bfloat16, forwards and backwards, for windows this short.
    """
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    return scores.masked_fill(~mask, -3e4).softmax(dim=-1).to(value.dtype) @ value


def waves(level: Tensor) -> Tensor:
    """A number 0..1, (B,), as sines and cosines of many frequencies, (B, 64)."""
    rates = 1000.0 ** torch.linspace(0.0, 1.0, _LEVEL_WAVES, device=level.device)
    angles = level[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def rotations(positions: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines, (L, width / 2) each, that turn queries and keys by their positions (L,) (Su et al. 2021)."""
    rates = 300.0 ** -torch.linspace(0.0, 1.0, width // 2, device=positions.device)
    angles = positions[:, None] * rates
    return angles.cos(), angles.sin()


def rotated(vectors: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """(..., L, D) -> (..., L, D)."""
    cosine, sine = (part.to(vectors.dtype) for part in rotation)
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)
