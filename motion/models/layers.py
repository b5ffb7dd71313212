"""The blocks that the motion models are made of."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class ConvBlock(nn.Module):
    """Residual convolution over time, (B, C, T) -> (B, C, T), that depends on no steps but those that its kernel reaches.

    A condition (B, D, T) scales and shifts what is normalised (Perez et al. 2018).
    """

    def __init__(self, width: int, kernel: int = 3, dilation: int = 1, condition_width: int = 0, dropout: float = 0.0) -> None:
        super().__init__()
        self.norm = StepNorm(width)
        self.conv = nn.Conv1d(width, width, kernel, padding=dilation * (kernel // 2), dilation=dilation)
        self.out = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)
        self.condition = nn.Conv1d(condition_width, 2 * width, 1) if condition_width else None

    def forward(self, values: Tensor, condition: Tensor | None = None) -> Tensor:
        normed = self.norm(values)
        if self.condition is not None and condition is not None:
            scale, shift = self.condition(condition).chunk(2, dim=1)
            normed = normed * (1.0 + scale) + shift
        return values + self.out(self.dropout(functional.gelu(self.conv(normed))))


class StepNorm(nn.Module):
    """Layer norm over the channels of each step, (B, C, T) -> (B, C, T)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width, 1))
        self.bias = nn.Parameter(torch.zeros(width, 1))

    def forward(self, values: Tensor) -> Tensor:
        mean = values.mean(dim=1, keepdim=True)
        variance = (values - mean).square().mean(dim=1, keepdim=True)
        return (values - mean) * (variance + 1e-5).rsqrt() * self.gain + self.bias
