"""The style code: how somebody moves, read from four seconds of any performance of theirs (DiffPoseTalk, section 3.3)."""

import torch
from torch import Tensor, nn

from ...bridge.data import MotionClip
from ...bridge.errors import InvalidInput
from .channels import CHANNEL_NAMES, channels_of
from .layers import ConvBlock

STYLE_WIDTH = 16
_WIDTH = 96
_STEPS_PER_SECOND = 50.0
_SHORTEST_S, _LONGEST_S = 1.0, 60.0


class StyleEncoder(nn.Module):
    """Motion of a moment -> what stays of it when its order is forgotten: means and spreads over time of local movements."""

    def __init__(self) -> None:
        super().__init__()
        self.into = nn.Conv1d(2 * len(CHANNEL_NAMES), _WIDTH, 1)
        self.blocks = nn.ModuleList(ConvBlock(_WIDTH, 5, dilation) for dilation in (1, 2, 4))
        self.out = nn.Linear(2 * _WIDTH, STYLE_WIDTH)
        self.unknown = nn.Parameter(torch.zeros(STYLE_WIDTH))

    def forward(self, channels: Tensor, known: Tensor) -> Tensor:
        """channels, known: (B, T, 48) at 50 Hz, known 0 or 1 -> (B, 16) in -1..1."""
        values = self.into(torch.cat([channels * known, known], dim=2).transpose(1, 2))
        for block in self.blocks:
            values = block(values)
        is_there = known.amax(dim=2)[:, None]
        count = is_there.sum(dim=2).clamp(min=1.0)
        mean = (values * is_there).sum(dim=2) / count
        variance = ((values - mean[:, :, None]).square() * is_there).sum(dim=2) / count
        return torch.tanh(self.out(torch.cat([mean, (variance + 1e-4).sqrt()], dim=1)))

    @torch.inference_mode()
    def code_of(self, clip: MotionClip) -> Tensor:
        """(16,) how somebody moves in a clip of one second or more; the first minute counts.

        What the clip does not hold counts as unknown, not as still. Raises InvalidInput where the clip is too short.
        """
        channels = torch.from_numpy(channels_of(clip, _STEPS_PER_SECOND)[: int(_LONGEST_S * _STEPS_PER_SECOND)])
        if len(channels) < _SHORTEST_S * _STEPS_PER_SECOND:
            raise InvalidInput(f"A style is read from a second of motion or more (best from four), not {clip.duration_s:.2f} s.")
        known = (channels != 0.0).any(dim=0, keepdim=True).float().expand_as(channels)
        return self(channels[None], known[None])[0]

    def dropped(self, style: Tensor, chance: float, generator: torch.Generator) -> Tensor:
        """(B, 16), each row replaced by the code of an unknown style with this chance."""
        is_dropped = torch.rand(len(style), 1, generator=generator) < chance
        return torch.where(is_dropped.to(style.device), self.unknown.to(style.dtype), style)
