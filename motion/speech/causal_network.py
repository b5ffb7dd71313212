"""CausalNetwork: dilated convolutions that never look ahead; what they may hear of the future is a delay of their output."""

import torch
from torch import Tensor, nn

KERNEL = 3


class CausalBlock(nn.Module):
    """Normalise, convolve over the past, rectify, mix, add. (B, T, C) -> (B, T, C)."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.reach = (KERNEL - 1) * dilation
        self.norm = nn.LayerNorm(width)
        self.convolution = nn.Conv1d(width, width, KERNEL, dilation=dilation)
        self.mix = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, steps: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """past: (B, reach, C), normalised steps before these -> steps after the block, and the past of the next ones."""
        heard = torch.cat([past, self.norm(steps)], dim=1)
        convolved = self.convolution(heard.mT).mT
        return steps + self.mix(self.dropout(torch.relu(convolved))), heard[:, heard.shape[1] - self.reach :]


class CausalNetwork(nn.Module):
    """Steps of sound, (B, T, I), to hidden steps, (B, T, C), each knowing the steps up to its own alone."""

    def __init__(self, input_width: int, width: int, dilations: tuple[int, ...], dropout: float = 0.0) -> None:
        super().__init__()
        self.entry = nn.Linear(input_width, width)
        self.blocks = nn.ModuleList(CausalBlock(width, dilation, dropout) for dilation in dilations)
        self.exit_norm = nn.LayerNorm(width)

    def silence(self, batch_size: int = 1) -> list[Tensor]:
        """The past of the first steps: nothing."""
        weight = self.entry.weight
        return [weight.new_zeros(batch_size, block.reach, len(weight)) for block in self.blocks]

    def forward(
        self, steps: Tensor, past: list[Tensor] | None = None, added: Tensor | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """steps: (B, T, I); added: (B, C), told to every step -> (B, T, C), and the past of the next steps."""
        hidden = self.entry(steps)
        if added is not None:
            hidden = hidden + added[:, None]
        following = []
        for block, before in zip(self.blocks, past or self.silence(len(steps)), strict=True):
            hidden, after = block(hidden, before)
            following.append(after)
        return self.exit_norm(hidden), following
