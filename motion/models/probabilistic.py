"""Speech and style to a face by drawn codes of the motion prior (ProbTalk3D, stage 2), fifty steps a second.

Convolutions hear .4 s around each step and say where in the prior's latent space the face should be; codes are drawn around that
place. Contacts of the lips are heard apart, so that they can be held whatever is drawn.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...bridge.data import EMOTION_NAMES
from ...bridge.errors import InvalidInput
from .batch import Batch
from .channels import CHANNEL_INDEX, LIPS, OPENING_OF_LIPS, UPPER_FACE
from .layers import ConvBlock
from .prior import PARTS, MotionPrior
from .quantiser import squared_distances
from .style_code import STYLE_WIDTH, StyleEncoder

CONTACT_COUNT = 2
"""Lips held together for p b m; lower lip held to the teeth for f v."""
_STYLE_DROP = 0.3
_FEATURE_DROP = 0.1
FEATURE_NOISE = 3.0
"""Standard deviations of what is added to features in training. Few people were captured: without it their takes are learnt by
heart, and the regression on the same features does better on their others."""
_LOSS_WEIGHTS = {"latent": 0.5, "code": 0.1, "opening": 3.0, "correlation": 2.0, "contact": 1.0}


@dataclass(frozen=True)
class ProbabilisticConfig:
    """The shape of a probabilistic model, and what it hears through."""

    encoder: str = "whisper-tiny"
    """Name of the speech encoder."""
    feature_width: int = 384
    """Size of one of its features."""
    width: int = 160
    """Channels of the convolutions."""
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2)
    """Of the blocks: together they reach 18 steps each way."""
    dropout: float = 0.25
    """In training."""
    temperature_scale: float = 1.0
    """Squared latent distance that a variation of 1 stands for: the model's mean squared error, measured when training ends."""

    def __post_init__(self) -> None:
        if not (1 <= self.feature_width <= 4096 and 1 <= self.width <= 4096 and 1 <= len(self.dilations) <= 64):
            raise InvalidInput(f"A probabilistic model cannot be {self.width} wide with {len(self.dilations)} blocks.")
        if not all(isinstance(dilation, int) and 1 <= dilation <= 256 for dilation in self.dilations):
            raise InvalidInput(f"The dilations {self.dilations} are not whole numbers from 1 to 256.")

    @property
    def reach(self) -> int:
        """Steps on each side that the latents of a step depend on."""
        return sum(self.dilations)


@dataclass(frozen=True, eq=False)
class Heard:
    """latents: part name -> (B, T, C), where the face should be. contact: (B, T, 2) logits."""

    latents: dict[str, Tensor]
    contact: Tensor


class ProbabilisticModel(nn.Module):
    """Features, emotion and a style code to latents and contacts."""

    def __init__(self, config: ProbabilisticConfig, code_width: int, feature_noise: float = FEATURE_NOISE) -> None:
        """feature_noise: in training, standard deviations."""
        super().__init__()
        self.config, self.feature_noise = config, feature_noise
        self.feature_mean = nn.Buffer(torch.zeros(config.feature_width))
        self.feature_scale = nn.Buffer(torch.ones(config.feature_width))
        self.style_encoder = StyleEncoder()
        self.feature_dropout = nn.Dropout1d(_FEATURE_DROP)
        self.into = nn.Conv1d(config.feature_width, config.width, 1)
        condition_width = len(EMOTION_NAMES) + STYLE_WIDTH
        self.blocks = nn.ModuleList(
            ConvBlock(config.width, 3, dilation, condition_width, config.dropout) for dilation in config.dilations
        )
        self.latent_width = code_width
        self.out = nn.Conv1d(config.width, len(PARTS) * code_width + CONTACT_COUNT, 1)
        self.log_temperature = nn.Parameter(torch.zeros(len(PARTS)))
        self.opening_weights = nn.Buffer(torch.tensor(OPENING_OF_LIPS), persistent=False)

    def forward(self, features: Tensor, emotion: Tensor, style: Tensor) -> Heard:
        """features: (B, T, D), emotion: (B, T, 8), style: (B, 16)."""
        normed = (features - self.feature_mean) / self.feature_scale
        if self.training:
            normed = normed + self.feature_noise * torch.randn_like(normed)
        values = self.into(self.feature_dropout(normed.transpose(1, 2)))
        condition = torch.cat([emotion, style[:, None].expand(-1, emotion.shape[1], -1)], dim=2).transpose(1, 2)
        for block in self.blocks:
            values = block(values, condition)
        *latents, contact = self.out(values).transpose(1, 2).split([self.latent_width] * len(PARTS) + [CONTACT_COUNT], dim=2)
        return Heard(dict(zip(PARTS, latents, strict=True)), contact)

    def loss(self, batch: Batch, prior: MotionPrior, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """How far latents, codes, the decoded face and the contacts are from those that were taught. The prior stays as it is."""
        style = self.style_encoder(batch.style_motion, batch.style_known)
        code = self.style_encoder.dropped(style, _STYLE_DROP, generator)
        with torch.autocast("cpu", torch.bfloat16):  # half the time of a step; distances below need all the bits
            rough = self(batch.features, batch.emotion, code)
        heard = Heard({name: latents.float() for name, latents in rough.latents.items()}, rough.contact.float())
        vectors, terms = {}, {"latent": batch.features.new_zeros(()), "code": batch.features.new_zeros(())}
        for number, (name, span) in enumerate(PARTS.items()):
            part, known = prior.part(name), batch.known[..., span]
            is_there = known.amax(dim=2) > 0.0
            with torch.no_grad():
                truth = part.encoded(batch.channels[..., span] * known)[is_there]
                code = part.quantiser(truth).codes[:, 0]
            found = heard.latents[name][is_there]
            terms["latent"] = terms["latent"] + functional.mse_loss(found, truth) / truth.var(dim=0).mean().clamp(min=1e-4)
            logits = -squared_distances(found, part.quantiser.codebooks[0]) * self.log_temperature[number].exp()
            terms["code"] = terms["code"] + functional.cross_entropy(logits, code)
            vectors[name] = part.quantised(heard.latents[name]).vectors
        face, known = prior.decoded(vectors), batch.known[..., : UPPER_FACE.stop]
        distance = prior.distance_mm(face - batch.channels[..., : UPPER_FACE.stop], known)
        terms |= self._opening_terms(face, batch) | {"contact": contact_loss(heard.contact, batch.contact)}
        total = distance + sum(_LOSS_WEIGHTS[name] * term for name, term in terms.items())
        return total, {"distance": float(distance.detach()), **{name: float(term.detach()) for name, term in terms.items()}}

    def _opening_terms(self, face: Tensor, batch: Batch) -> dict[str, Tensor]:
        made, wanted = (functional.relu(channels[..., LIPS] @ self.opening_weights) for channels in (face, batch.channels))
        known = batch.known[..., CHANNEL_INDEX["jawOpen"]]
        apart = ((made - wanted).abs() * known).sum() / known.sum().clamp(min=1.0)
        return {"opening": apart, "correlation": (1.0 - _correlation(made, wanted, known)).mean()}


def contact_loss(logits: Tensor, strength: Tensor) -> Tensor:
    """Cross entropy of contacts, (B, T, 2) each, where the strength is known."""
    is_known = strength.isfinite()
    return (
        functional.binary_cross_entropy_with_logits(logits[is_known], strength[is_known].clamp(0.0, 1.0))
        if is_known.any()
        else logits.sum() * 0.0
    )


def _correlation(made: Tensor, wanted: Tensor, known: Tensor) -> Tensor:
    """Pearson's, over the known steps of each row: (B, T) -> (B,)."""
    count = known.sum(dim=1, keepdim=True).clamp(min=1.0)
    made, wanted = ((values - (values * known).sum(dim=1, keepdim=True) / count) * known for values in (made, wanted))
    return (made * wanted).sum(dim=1) / ((made.square().sum(dim=1) * wanted.square().sum(dim=1)) + 1e-4).sqrt()
