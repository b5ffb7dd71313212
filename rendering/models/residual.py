"""The network: a U-Net at half size with a head at full size, that says what the true picture has beyond the analytic base."""

from dataclasses import dataclass

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional

from ...bridge.data.gbuffer import REGION_NAMES
from ...bridge.errors import InvalidInput
from .detail import DetailAlignment
from .layers import HEADS, Block, RegionExperts, TokenAttention, ViewGate
from .planes import CANDIDATES, IMAGE_CHANNELS, MODES, PLANES, candidates, image_of, region_mask
from .surface_noise import CHANNELS
from .tokens import TokenReader, Told
from .tone import encoded

KIND = "rendering"
WEIGHTS_NAME = "rendering.safetensors"
_LEVEL_FREQUENCIES = 8


@dataclass(frozen=True)
class ResidualConfig:
    """Sizes, and which parts there are."""

    fine_width: int = 16
    """Channels at full size."""
    widths: tuple[int, ...] = (48, 72, 96, 128)
    """Channels at a half, a quarter and so on; from the third on multiples of HEADS. Raises InvalidInput."""
    token_width: int = 64
    """Of each token."""
    view_experts: int = 4
    """Experts blended by the view; 0 is a dense network."""
    has_region_experts: bool = True
    """Experts blended by the region mask."""
    has_detail: bool = True
    """Aligned temporally-sensitive detail as a further input."""
    has_reference: bool = True
    """Tokens of the hero frames."""

    def __post_init__(self) -> None:
        if not self.widths or min(self.widths) < 1 or any(width % HEADS for width in self.widths[2:]):
            raise InvalidInput(f"A renderer's widths are above 0 and from the third on multiples of {HEADS}, not {self.widths}.")

    @property
    def multiple_px(self) -> int:
        """Height and width of a picture are multiples of this."""
        return 2 ** len(self.widths)


@dataclass(frozen=True, eq=False)
class Heard:
    """What stays the same through all steps of a frame: image (B, C, H, W), mask (B, R, H, W), candidates as residuals
    (B, CANDIDATES, 3, H, W), base (B, 3, H, W) encoded, aligned detail (B, 1, H, W), tokens (B, N, T), is_there (B, N),
    summed (B, T), share (B, E), deviation (B, 1, 1, 1)."""

    image: Tensor
    mask: Tensor
    candidates: Tensor
    base: Tensor
    detail: Tensor
    tokens: Tensor
    is_there: Tensor
    summed: Tensor
    share: Tensor
    deviation: Tensor


class ResidualModel(nn.Module):
    """Predicts the residual, which has variance 1, from a noisy one (x0 prediction)."""

    deviation: Tensor

    def __init__(self, config: ResidualConfig) -> None:
        super().__init__()
        self.config = config
        fine, widths, told = config.fine_width, config.widths, config.token_width
        self.register_buffer("deviation", torch.full((len(MODES),), 0.1))
        self.tokens = TokenReader(told, config.has_reference)
        self.level = nn.Linear(_LEVEL_FREQUENCIES, told)
        self.gate = ViewGate(max(config.view_experts, 1))
        self.detail = DetailAlignment(IMAGE_CHANNELS, told) if config.has_detail else None
        self.into = nn.Conv2d(IMAGE_CHANNELS + 3 * CANDIDATES + 1 + CHANNELS, fine, 3, padding=1)
        self.halve = nn.ModuleList(nn.Conv2d(a, b, 4, stride=2, padding=1) for a, b in zip((fine, *widths), widths))  # noqa: B905
        self.down = nn.ModuleList(Block(width, told, config.view_experts if at else 0) for at, width in enumerate(widths))
        self.ask = nn.ModuleList(TokenAttention(width, told) for width in widths[2:])
        self.up = nn.ModuleList(Block(width, told, config.view_experts if at else 0) for at, width in enumerate(widths))
        self.rise = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in zip((fine, *widths), widths))  # noqa: B905
        regions = len(REGION_NAMES) if config.has_region_experts else 0
        self.experts = nn.ModuleList(RegionExperts(width, regions) for width in (fine, widths[0])) if regions else None
        self.last = nn.Conv2d(2 * fine, fine, 3, padding=1)
        self.out = nn.Conv2d(fine, 3 + CANDIDATES + 1, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def hear(self, planes: Tensor, told: Told) -> Heard:
        """planes: (B, PLANE_CHANNELS, H, W), linear, as planes.py says."""
        mask = region_mask(planes)
        image = image_of(planes, mask)
        tokens, is_there, summed = self.tokens(told)
        base = encoded(planes[:, PLANES["base"]])
        deviation = self.deviation[told.mode][:, None, None, None]
        others = (candidates(planes) - base[:, None]) / deviation[:, None]
        rough = planes[:, PLANES["detail"]]
        # The detail is learnt from its own truth alone: what the picture would like it to be is no detail.
        aligned = self.detail(rough, image, summed.detach()) if self.detail is not None else torch.zeros_like(rough)
        return Heard(image, mask, others, base, aligned, tokens, is_there, summed, self.gate(told.view), deviation)

    def forward(self, noisy: Tensor, level: Tensor, heard: Heard) -> Tensor:
        """noisy: (B, 3, H, W) residual. level: (B,), 0 clean .. 1 noise alone -> the clean residual, (B, 3, H, W)."""
        told = heard.summed + self.level(_waves(level))
        flat = rearrange(heard.candidates, "b k c h w -> b (k c) h w")
        fine = self.into(torch.cat([heard.image, flat, heard.detail.detach(), noisy], dim=1))
        values = functional.silu(fine)
        kept = []
        for at, (halve, block) in enumerate(zip(self.halve, self.down, strict=True)):
            values = block(halve(values), told, heard.share)
            if at >= 2:
                values = self.ask[at - 2](values, heard.tokens, heard.is_there)
            kept.append(values)
        values = kept.pop()
        for at in reversed(range(len(self.up))):
            values = self.up[at](values, told, heard.share)
            if at == 0 and self.experts is not None:
                values = self.experts[1](values, functional.avg_pool2d(heard.mask, 2))
            values = functional.interpolate(self.rise[at](values), scale_factor=2, mode="nearest")
            values = values + kept.pop() if kept else values
        values = functional.silu(self.last(functional.silu(torch.cat([fine, values], dim=1))))
        if self.experts is not None:
            values = self.experts[0](values, heard.mask)
        said = self.out(values)
        share = torch.softmax(said[:, 3:], dim=1)[:, 1:]
        return said[:, :3] + (share[:, :, None] * heard.candidates).sum(dim=1)


def _waves(level: Tensor) -> Tensor:
    """(B,) -> (B, _LEVEL_FREQUENCIES)"""
    angle = level[:, None] * torch.pi * 2.0 ** torch.arange(_LEVEL_FREQUENCIES // 2, device=level.device)
    return torch.cat([angle.sin(), angle.cos()], dim=1)
