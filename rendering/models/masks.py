"""The mask predictor: which region of a figure each pixel shows, told only by projected joints and the expression."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...bridge.data import ARKIT_NAMES
from ...bridge.data.gbuffer import REGION_NAMES
from .layers import Film

KIND = "rendering masks"
MASKS_NAME = "masks.safetensors"
MASK_JOINTS = ("spine3", "neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf", "left_shoulder", "right_shoulder")
COARSE_SIDE_PX = 64
_DEPTHS = 3


@dataclass(frozen=True)
class MaskConfig:
    """Sizes."""

    width: int = 64
    """Channels."""
    told_width: int = 64
    """Of the vector made of joints and expression."""


class MaskPredictor(nn.Module):
    """Every place measures where it lies among the joints, in units of the head; convolutions make regions of it."""

    def __init__(self, config: MaskConfig) -> None:
        super().__init__()
        self.config = config
        self.regions = len(REGION_NAMES)
        count, width = len(MASK_JOINTS), config.width
        self.told = nn.Sequential(
            nn.Linear(_DEPTHS * count + len(ARKIT_NAMES), config.told_width),
            nn.SiLU(),
            nn.Linear(config.told_width, config.told_width),
        )
        self.into = nn.Conv2d(3 * count, width, 1)
        self.blocks = nn.ModuleList(nn.Conv2d(width, width, 3, padding=d, dilation=d) for d in (1, 2, 4, 8, 4, 2, 1))
        self.films = nn.ModuleList(Film(config.told_width, width) for _ in self.blocks)
        self.out = nn.Sequential(nn.Conv2d(width, width // 2, 1), nn.SiLU(), nn.Conv2d(width // 2, 4 * len(REGION_NAMES), 1))
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, joints: Tensor, expression: Tensor) -> Tensor:
        """joints: (B, J, 3): column and row as shares of the picture (0..1), and metres behind the head. expression: (B, 52).
        -> logits, (B, R, 2 * COARSE_SIDE_PX, 2 * COARSE_SIDE_PX)."""
        place = (torch.arange(COARSE_SIDE_PX, device=joints.device) + 0.5) / COARSE_SIDE_PX
        rows, columns = torch.meshgrid(place, place, indexing="ij")
        scale = (joints[:, MASK_JOINTS.index("neck"), :2] - joints[:, MASK_JOINTS.index("head"), :2]).norm(dim=1).clamp(min=1e-2)
        offset = (torch.stack([columns, rows])[None, None] - joints[:, :, :2, None, None]) / scale[:, None, None, None, None]
        distance = offset.square().sum(dim=2).add(1e-4).sqrt()
        known = torch.cat([torch.tanh(offset.flatten(1, 2)), torch.exp(-distance)], dim=1)
        centre = joints[:, MASK_JOINTS.index("head"), None, :2]
        relative = torch.cat([(joints[:, :, :2] - centre) / scale[:, None, None], joints[:, :, 2:] * 5.0], dim=2)
        told = self.told(torch.cat([relative.flatten(1), expression], dim=1))
        values = self.into(known)
        for block, film in zip(self.blocks, self.films, strict=True):
            values = values + block(functional.silu(film(values, told)))
        return self.shuffle(self.out(functional.silu(values)))

    @torch.inference_mode()
    def mask(self, joints: Tensor, expression: Tensor, size: tuple[int, int]) -> Tensor:
        """The region's index of each pixel, (B, H, W)."""
        logits = functional.interpolate(self(joints, expression), size=size, mode="bilinear", align_corners=False)
        return logits.argmax(dim=1)
