"""The mask predictor: which region of a figure a place of the picture shows, told only by projected joints and the expression.

Joints are those of an SMPL-X model's output: bones, nose and ears, and the 51 landmarks of the face.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...bridge.data import ARKIT_NAMES
from ...bridge.data.gbuffer import REGION_NAMES
from ...bridge.data.landmarks import INNER_LIPS, LEFT_BROW, LEFT_EYE, OUTER_LIPS, RIGHT_BROW, RIGHT_EYE

KIND = "rendering masks"
MASKS_NAME = "masks.safetensors"
MASK_JOINTS = (
    "spine3", "neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf", "left_collar", "right_collar", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow",
)  # fmt: skip
MASK_EXTRAS = ("nose", "lear", "rear")
LANDMARKS_FROM = len(MASK_JOINTS) + len(MASK_EXTRAS)
MASK_POINTS = LANDMARKS_FROM + 51
_UNIT_M = 0.1
_FACE_VARIANCE = 0.22
"""Of the landmarks of the open human's face about their mean, in units squared: by this a picture's scale is known."""
_NEAR, _FAR = 0.07, 0.3
_OUTLINES = 6
_MEASURES = 2 + 2 * LANDMARKS_FROM + 3 * (MASK_POINTS - LANDMARKS_FROM) + MASK_POINTS + 2 * _OUTLINES
_PLACES_AT_ONCE = 1 << 14


@dataclass(frozen=True)
class MaskConfig:
    """Sizes."""

    width: int = 96
    """Of the layers that a place goes through."""
    told_width: int = 128
    """Of the vector made of points and expression."""
    layers: int = 4
    dropout: float = 0.1
    """The share of what is told that a training example does without."""


class MaskPredictor(nn.Module):
    """Every place measures where it lies among the points, in units of the face, whatever the picture's window shows of it."""

    def __init__(self, config: MaskConfig) -> None:
        super().__init__()
        self.config = config
        self.regions = len(REGION_NAMES)
        told, width = config.told_width, config.width
        self.told = nn.Sequential(
            nn.Dropout(config.dropout),
            nn.Linear(3 * MASK_POINTS + len(ARKIT_NAMES), told),
            nn.SiLU(),
            nn.Dropout(config.dropout),
            nn.Linear(told, told),
            nn.SiLU(),
        )
        self.into = nn.Linear(_MEASURES, width)
        self.blocks = nn.ModuleList(nn.Linear(width, width) for _ in range(config.layers))
        self.turns = nn.ModuleList(nn.Linear(told, 2 * width) for _ in range(config.layers + 1))
        for turn in self.turns:
            nn.init.zeros_(turn.bias)
            nn.init.normal_(turn.weight, std=0.02)
        self.out = nn.Linear(width, self.regions)

    def forward(self, points: Tensor, expression: Tensor, places: Tensor, jitter: Tensor | None = None) -> Tensor:
        """points: (B, P, 3): column and row as shares of the picture's height, and metres behind the head. expression: (B, 52).
        places: (B, N, 2), column and row likewise. jitter (B, P, 3): added to what is told of the points, in decimetres.
        -> logits, (B, N, R)."""
        origin, scale, among = _in_face_units(points)
        told = self.told(torch.cat([(among if jitter is None else among + jitter).flatten(1), expression], dim=1))
        values = self.into(_measured((places - origin) / scale, among[..., :2]))
        gain, shift = self.turns[0](told)[:, None].chunk(2, dim=-1)
        values = values * (1.0 + gain) + shift
        for block, turn in zip(self.blocks, self.turns[1:], strict=True):
            gain, shift = turn(told)[:, None].chunk(2, dim=-1)
            values = values + functional.silu(block(functional.silu(values)) * (1.0 + gain) + shift)
        return self.out(functional.silu(values))

    @torch.inference_mode()
    def mask(self, points: Tensor, expression: Tensor, size: tuple[int, int]) -> Tensor:
        """The region's index of each pixel, (B, H, W)."""
        places = pixel_places(size).to(points.device).flatten(0, 1)[None].expand(len(points), -1, -1)
        parts = places.split(max(_PLACES_AT_ONCE // len(points), 1), dim=1)
        return torch.cat([self(points, expression, part).argmax(dim=2) for part in parts], dim=1).unflatten(1, size)


def pixel_places(size: tuple[int, int]) -> Tensor:
    """(H, W, 2): column and row of each pixel's centre, as shares of the picture's height."""
    rows, columns = ((torch.arange(count) + 0.5) / size[0] for count in size)
    return torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1).flip(-1)


def _in_face_units(points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Origin (B, 1, 2) and scale (B, 1, 1) of the picture's plane, and the points (B, P, 3) about the middle of the face.

    What of the face's spread does not show in its depth shows in the picture: that tells the scale from any side.
    """
    face = points[:, LANDMARKS_FROM:]
    middle, variance = face.mean(dim=1, keepdim=True), face.var(dim=1, unbiased=False)
    flat = (_FACE_VARIANCE - variance[:, 2] / _UNIT_M**2).clamp(min=0.25 * _FACE_VARIANCE)
    scale = (variance[:, :2].sum(dim=1) / flat).clamp(min=1e-8).sqrt()[:, None, None]
    offset = points - middle
    return middle[..., :2], scale, torch.cat([offset[..., :2] / scale, offset[..., 2:] / _UNIT_M], dim=2)


def _measured(places: Tensor, points: Tensor) -> Tensor:
    """What places (B, N, 2) know of their way to the points (B, P, 2) and to the outlines of eyes, lips and brows: (B, N, F)."""
    offset = places[:, :, None] - points[:, None]
    square = offset.square().sum(dim=-1)
    face, beside = points[:, LANDMARKS_FROM:], offset[:, :, LANDMARKS_FROM:]
    around = [_distance(places, face[:, list(ring)], is_closed=True) for ring in (RIGHT_EYE, LEFT_EYE, OUTER_LIPS, INNER_LIPS)]
    along = [_distance(places, face[:, list(line)], is_closed=False) for line in (RIGHT_BROW, LEFT_BROW)]
    outlines = torch.stack([*around, *along], dim=-1)
    return torch.cat(
        [
            0.5 * places,
            torch.tanh(offset[:, :, :LANDMARKS_FROM]).flatten(2),
            torch.tanh(6.0 * beside).flatten(2),
            torch.exp(-0.5 * square[:, :, LANDMARKS_FROM:] / _NEAR**2),
            torch.exp(-0.5 * square / _FAR**2),
            torch.tanh(30.0 * outlines),
            torch.tanh(6.0 * outlines),
        ],
        dim=-1,
    )


def _distance(places: Tensor, corners: Tensor, is_closed: bool) -> Tensor:
    """From places (B, N, 2) to a line through corners (B, C, 2); a closed one's inside is negative: (B, N)."""
    start = corners[:, None] if is_closed else corners[:, None, :-1]
    end = corners.roll(-1, dims=1)[:, None] if is_closed else corners[:, None, 1:]
    edge, way = end - start, places[:, :, None] - start
    share = ((way * edge).sum(dim=-1) / edge.square().sum(dim=-1).clamp(min=1e-8)).clamp(0.0, 1.0)
    distance = (way - share[..., None] * edge).square().sum(dim=-1).amin(dim=-1).add(1e-8).sqrt()
    if not is_closed:
        return distance
    is_above, is_below = way[..., 1] >= 0.0, (places[:, :, None] - end)[..., 1] < 0.0
    is_left = edge[..., 0] * way[..., 1] > edge[..., 1] * way[..., 0]
    crossings = (is_above & is_below & is_left) | (~is_above & ~is_below & ~is_left)
    return torch.where(crossings.sum(dim=-1) % 2 == 1, -distance, distance)
