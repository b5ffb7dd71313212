"""What a network is told beside the picture: the heroes' look by region, the view, pose, expression, mood and mode."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...bridge.data import ARKIT_NAMES, EMOTION_NAMES
from ...bridge.data.gbuffer import REGION_NAMES
from .planes import MODES

LOOK_SIDE_PX = 64
LOOK_CHANNELS = 3 + 3 + len(REGION_NAMES)
"""A hero frame as tokens are read from it: encoded colour, normal in the reference camera's frame, region."""
POSE_WIDTH = 6
"""The head's turn in the reference camera's frame, as the first two columns of its rotation."""
VIEW_WIDTH = 2
_WIDTHS = {"view": 2 * VIEW_WIDTH, "pose": POSE_WIDTH, "expression": len(ARKIT_NAMES), "emotion": len(EMOTION_NAMES)}
_LOOK_WIDTHS = (32, 48)


@dataclass(frozen=True, eq=False)
class Told:
    """look: (B, N, LOOK_CHANNELS, LOOK_SIDE_PX, LOOK_SIDE_PX) of up to N heroes; has_look: (B, N) bool. view: (B, 2), azimuth and
    elevation of the camera as seen from the figure, radians. pose: (B, POSE_WIDTH). expression: (B, 52). emotion: (B, 8).
    mode: (B,) index into MODES."""

    look: Tensor
    has_look: Tensor
    view: Tensor
    pose: Tensor
    expression: Tensor
    emotion: Tensor
    mode: Tensor

    def to(self, device: torch.device) -> "Told":
        return Told(*(getattr(self, item.name).to(device) for item in fields(self)))


class TokenReader(nn.Module):
    """Tokens of a frame: one for each region of the heroes, and one for each of view, pose, expression and emotion."""

    def __init__(self, width: int, has_reference: bool) -> None:
        super().__init__()
        self.has_reference = has_reference
        small, large = _LOOK_WIDTHS
        self.look = nn.Sequential(
            nn.Conv2d(LOOK_CHANNELS, small, 4, stride=4), nn.SiLU(), nn.Conv2d(small, large, 3, padding=1), nn.SiLU(),
            nn.Conv2d(large, width, 1),
        )  # fmt: skip
        self.place = nn.Parameter(0.1 * torch.randn(len(REGION_NAMES), width))
        self.speak = nn.ModuleDict({name: nn.Linear(count, width) for name, count in _WIDTHS.items()})
        self.mode = nn.Embedding(len(MODES), width)
        self.sum = nn.Sequential(nn.Linear(width * (len(_WIDTHS) + 1), width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, told: Told) -> tuple[Tensor, Tensor, Tensor]:
        """Tokens (B, R + 4, T), which of them are there (B, R + 4), and all of it in one vector (B, T)."""
        look, is_there = self._look(told)
        view = torch.cat([told.view.sin(), told.view.cos()], dim=1)
        said = {"view": view, "pose": told.pose, "expression": told.expression, "emotion": told.emotion}
        single = torch.stack([self.speak[name](values) for name, values in said.items()], dim=1)
        mode = self.mode(told.mode)
        mean = (look * is_there[..., None]).sum(dim=1) / is_there.sum(dim=1, keepdim=True).clamp(min=1)
        summed = self.sum(torch.cat([single.flatten(1), mean + mode], dim=1))
        ones = is_there.new_ones(single.shape[:2])
        return torch.cat([look, single], dim=1), torch.cat([is_there, ones], dim=1), summed

    def _look(self, told: Told) -> tuple[Tensor, Tensor]:
        """The mean of the heroes over each region, (B, R, T), and which regions they show, (B, R)."""
        seen = self.look(told.look.flatten(0, 1))
        mask = functional.avg_pool2d(told.look[:, :, -len(REGION_NAMES) :].flatten(0, 1), LOOK_SIDE_PX // seen.shape[-1])
        mask = mask.unflatten(0, told.has_look.shape) * told.has_look[..., None, None, None] * float(self.has_reference)
        total = torch.einsum("bnrhw,bnthw->brt", mask, seen.unflatten(0, told.has_look.shape))
        weight = mask.sum(dim=(1, 3, 4))
        return total / weight.clamp(min=1e-4)[..., None] + self.place, weight > 0.05
