"""The motion prior: every step of a face as codes, and codes as a face (ProbTalk3D, stage 1, but quantised step by step).

Mouth and upper face have an encoder, codebooks and a decoder each, so that one is drawn without the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn

from ...bridge.data import LIPS_NAMES
from ...bridge.errors import InvalidInput
from ...learning.checkpoint import config_of, load_tensors, read_checkpoint
from ..human.lip_geometry import lip_offsets_mm
from .channels import LIPS, UPPER_FACE
from .layers import ConvBlock
from .quantiser import Quantised, Quantiser

PARTS: dict[str, slice] = {"mouth": LIPS, "upper_face": UPPER_FACE}
_COMMITMENT = 0.25
_VELOCITY = 2.0
_UPPER_FACE_MM = 6.0
"""About what a channel of the upper face moves at weight 1."""


@dataclass(frozen=True)
class PriorConfig:
    """The shape of a prior."""

    width: int = 128
    """Channels of the convolutions."""
    code_width: int = 16
    """Dimensions of a code."""
    code_count: int = 512
    """Codes of a codebook."""
    mouth_levels: int = 2
    """Codebooks of the mouth, one quantising what the one before leaves: one alone is off by more than half a millimetre."""
    upper_face_levels: int = 1
    """Codebooks of the upper face."""

    def __post_init__(self) -> None:
        sizes = (self.width, self.code_width, self.code_count, self.mouth_levels, self.upper_face_levels)
        if not all(isinstance(size, int) and 1 <= size <= 4096 for size in sizes):
            raise InvalidInput(f"A prior cannot have these sizes: {sizes}.")

    def levels(self, part: str) -> int:
        return self.mouth_levels if part == "mouth" else self.upper_face_levels


class PartPrior(nn.Module):
    """One part's encoder, quantiser and decoder; a step is seen with the four around it each way, and made from as many."""

    def __init__(self, channel_count: int, levels: int, config: PriorConfig) -> None:
        super().__init__()
        width = config.width
        self.encoder = nn.Sequential(
            nn.Conv1d(channel_count, width, 1), ConvBlock(width), ConvBlock(width), nn.Conv1d(width, config.code_width, 1)
        )
        self.quantiser = Quantiser(levels, config.code_count, config.code_width)
        self.decoder = nn.Sequential(
            nn.Conv1d(config.code_width, width, 3, padding=1),
            ConvBlock(width), ConvBlock(width, dilation=2),
            nn.Conv1d(width, channel_count, 1),
        )  # fmt: skip

    def encoded(self, channels: Tensor) -> Tensor:
        """(B, T, K) -> latents (B, T, C), before quantisation."""
        return self.encoder(channels.transpose(1, 2)).transpose(1, 2)

    def decoded(self, vectors: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, K)."""
        return self.decoder(vectors.transpose(1, 2)).transpose(1, 2)

    def quantised(self, latents: Tensor) -> Quantised:
        """(B, T, C) -> vectors (B, T, C) whose gradient is that of the latents (straight through), and codes (B, T, L)."""
        flat = latents.flatten(0, 1)
        found: Quantised = self.quantiser(flat.detach())
        vectors = latents + (found.vectors.view_as(latents) - latents).detach()
        return Quantised(vectors, found.codes.view(*latents.shape[:2], -1))


class MotionPrior(nn.Module):
    """All parts. Channels are (B, T, 48) at 50 Hz; those of no part are left at zero."""

    def __init__(self, config: PriorConfig) -> None:
        super().__init__()
        self.config = config
        self.parts = nn.ModuleDict(
            {name: PartPrior(span.stop - span.start, config.levels(name), config) for name, span in PARTS.items()}
        )
        self.lip_offsets = nn.Buffer(torch.from_numpy(lip_offsets_mm(LIPS_NAMES)).flatten(1), persistent=False)

    @classmethod
    def from_checkpoint(cls, path: Path) -> Self:
        """Raises ModelMissing or InvalidInput."""
        checkpoint = read_checkpoint(path, "prior")
        prior = cls(config_of(checkpoint, PriorConfig, path))
        load_tensors(prior, checkpoint, path)
        return prior.eval()

    def part(self, name: str) -> PartPrior:
        found = self.parts[name]
        assert isinstance(found, PartPrior)
        return found

    def decoded(self, vectors: Mapping[str, Tensor]) -> Tensor:
        """Each part's (B, T, C) -> (B, T, 42): the mouth's channels, then the upper face's."""
        return torch.cat([self.part(name).decoded(vectors[name]) for name in PARTS], dim=2)

    def lip_distance_mm(self, difference: Tensor) -> Tensor:
        """A difference in the mouth's channels, (..., 29) -> mean distance over the lips' vertices, (...)."""
        moved = (difference @ self.lip_offsets).unflatten(-1, (-1, 3))
        return (moved.square().sum(dim=-1) + 1e-6).sqrt().mean(dim=-1)

    def distance_mm(self, difference: Tensor, known: Tensor) -> Tensor:
        """How far two faces are apart, (B, T, 42) each -> a number: lips in mm, with how fast they part, and the rest alike."""
        difference = difference * known
        count = known.amax(dim=2).sum().clamp(min=1.0)
        lips, upper = difference[..., LIPS], difference[..., UPPER_FACE]
        velocity = self.lip_distance_mm(lips.diff(dim=1))
        still = (self.lip_distance_mm(lips).sum() + _UPPER_FACE_MM * upper.abs().mean(dim=2).sum()) / count
        # What moves no vertex of the lips, such as the tongue, counts as well.
        return still + _VELOCITY * velocity.sum() / count + lips.abs().mean(dim=2).sum() / count

    def loss(self, channels: Tensor, known: Tensor, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """Distance between a face and what is left of it through the codes; moves the codebooks as it is taken."""
        vectors, metrics, commitment = {}, {}, channels.new_zeros(())
        for name, span in PARTS.items():
            part = self.part(name)
            latents = part.encoded((channels * known)[..., span])
            is_there = known[..., span].amax(dim=2) > 0.0
            metrics[f"{name}_use"] = part.quantiser.follow(latents[is_there].detach(), generator) if self.training else 0.0
            vectors[name] = part.quantised(latents).vectors
            commitment = commitment + (latents - vectors[name].detach())[is_there].square().mean()
        difference = (self.decoded(vectors) - channels[..., : UPPER_FACE.stop]) * known[..., : UPPER_FACE.stop]
        metrics["lips_mm"] = float(self.lip_distance_mm(difference[..., LIPS]).mean().detach())
        return self.distance_mm(difference, known[..., : UPPER_FACE.stop]) + _COMMITMENT * commitment, metrics
