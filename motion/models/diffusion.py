"""The diffusion model of a whole performance: its two parts, what they are told, and the loss that they learn by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from .batch import Batch
from .channels import CHANNEL_INDEX, CHANNEL_NAMES, FACE, HEAD, OPENING_WEIGHTS
from .denoiser import Denoiser, DenoiserSize, DynamicsGuess, Hearing
from .eye_events import smeared
from .style_code import StyleEncoder

if TYPE_CHECKING:
    from diffusers import DPMSolverMultistepScheduler

KIND = "diffusion"
FPS = 25.0
WINDOW_FRAMES = 100
CONTEXT_FRAMES = 25
BATCH_STEPS = 2 * (CONTEXT_FRAMES + WINDOW_FRAMES)
"""Of features and motion at 50 Hz."""
LEVELS = 1000
PARTS: Mapping[str, slice] = {"expression": FACE, "head": slice(FACE.stop, len(CHANNEL_NAMES))}
"""Lips and upper face; blinks, gaze and head. No part sees the other, so that an artist changes one and keeps the other."""
_LIVELY: Mapping[str, slice] = {"expression": FACE, "head": HEAD}
"""The channels whose motion is a part's liveliness."""
_VELOCITY_WEIGHT = 1.0
_SMOOTHNESS_WEIGHT = 0.25
_OPENING_WEIGHT = 1.0
_DYNAMICS_WEIGHT = 0.1
_LIP_WEIGHTS = {"jawOpen": 4.0, "mouthClose": 3.0, "mouthFunnel": 2.0, "mouthPucker": 2.0}
_QUIET = 1e-3


@dataclass(frozen=True)
class DiffusionConfig:
    """Sizes. feature_width: of the speech encoder's features, two of which are heard at each frame."""

    feature_width: int = 384
    encoder: str = "whisper-tiny"
    hearing_width: int = 192
    expression_width: int = 192
    expression_layers: int = 5
    head_width: int = 128
    head_layers: int = 4
    head_count: int = 4
    dropout: float = 0.1

    def sizes(self) -> dict[str, DenoiserSize]:
        made = {}
        for name, columns in PARTS.items():
            width, layers = getattr(self, f"{name}_width"), getattr(self, f"{name}_layers")
            made[name] = DenoiserSize(columns.stop - columns.start, width, layers, self.head_count)
        return made


class DiffusionModel(nn.Module):
    """Hears a line once; each part then removes noise from its own channels (x0 prediction, JoyVASA section 3.3)."""

    def __init__(self, config: DiffusionConfig) -> None:
        super().__init__()
        self.config = config
        self.channel_mean = nn.Buffer(torch.zeros(len(CHANNEL_NAMES)))
        self.channel_deviation = nn.Buffer(torch.ones(len(CHANNEL_NAMES)))
        self.hearing = Hearing(config.feature_width, config.hearing_width, config.dropout)
        self.dynamics = DynamicsGuess(config.hearing_width, len(PARTS))
        self.style = StyleEncoder()
        self.denoisers = nn.ModuleDict({name: Denoiser(size, config.hearing_width) for name, size in config.sizes().items()})

    def normalised(self, channels: Tensor) -> Tensor:
        """(..., 48), eyes smeared -> mean 0 and variance 1 over the training data."""
        return (channels - self.channel_mean) / self.channel_deviation

    def denormalised(self, channels: Tensor) -> Tensor:
        return channels * self.channel_deviation + self.channel_mean


def schedule() -> "DPMSolverMultistepScheduler":
    """The cosine schedule of noise (Nichol and Dhariwal 2021) with a second-order solver (Lu et al. 2022)."""
    from diffusers import DPMSolverMultistepScheduler

    return DPMSolverMultistepScheduler(
        num_train_timesteps=LEVELS,
        beta_schedule="squaredcos_cap_v2",
        prediction_type="sample",
        timestep_spacing="trailing",
        final_sigmas_type="zero",
    )


def log_variance(motion: Tensor, weight: Tensor) -> Tensor:
    """How lively motion is. motion, weight (0 or 1): (B, F, C) -> (B,), the log of the mean variance over what weighs."""
    count = weight.sum(dim=1, keepdim=True).clamp(min=1.0)
    mean = (motion * weight).sum(dim=1, keepdim=True) / count
    square = ((motion - mean).square() * weight).sum(dim=(1, 2)) / weight.sum(dim=(1, 2)).clamp(min=1.0)
    return (square + _QUIET).log()


class DiffusionLoss:
    """The training loss: squared errors of the clean motion, of its velocity and acceleration, and of the lips' opening."""

    def __init__(self, model: DiffusionModel) -> None:
        self.model = model
        self.kept = schedule().alphas_cumprod.to(model.channel_mean)
        weights = torch.ones(len(CHANNEL_NAMES))
        opening = torch.zeros(len(CHANNEL_NAMES))
        for name, weight in _LIP_WEIGHTS.items():
            weights[CHANNEL_INDEX[name]] = weight
        for name, weight in OPENING_WEIGHTS.items():
            opening[CHANNEL_INDEX[name]] = weight
        self.weights, self.opening = weights, opening

    def __call__(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """The loss of a batch of BATCH_STEPS steps, and its terms.

        Motion is sampled every other step and not averaged, so that lips and lids still shut.
        """
        model, size = self.model, len(batch.features)
        channels, known, emotion = (values[:, ::2] for values in (batch.channels, batch.known, batch.emotion))
        clean = model.normalised(smeared(channels))
        told = _Drawn.of(known, generator)
        heard = model.hearing(batch.features)
        code = model.style(batch.style_motion, batch.style_known)
        guess = model.dynamics(second_means(heard), second_means(emotion))
        level = torch.randint(0, LEVELS, (size,), generator=generator)
        kept = self.kept[level][:, None, None]
        noise = torch.randn(clean.shape, generator=generator)
        noisy = torch.where(told.is_clean[..., None], clean, kept.sqrt() * clean + (1.0 - kept).sqrt() * noise)
        weight = known * told.is_there[..., None]
        terms: dict[str, Tensor] = {}
        for index, (name, columns) in enumerate(PARTS.items()):
            lively = log_variance(clean[..., _LIVELY[name]], weight[..., _LIVELY[name]])
            denoiser = model.denoisers[name]
            condition = denoiser.conditions(
                torch.where(told.hears[:, None, None], heard, denoiser.conditions.unheard),
                emotion,
                lively[:, None, None].expand(-1, heard.shape[1], 1),
                torch.where(told.has_style[:, None], code, model.style.unknown),
            )
            made = denoiser(noisy[..., columns], condition, level / LEVELS, told.is_clean, told.is_there)
            learnt = weight[..., columns] * ~told.is_clean[..., None]
            error = (made - clean[..., columns]) * (weight[..., columns] > 0)
            terms |= {f"{name}_{term}": value for term, value in self._terms(error, learnt, columns).items()}
            terms[f"{name}_dynamics"] = _DYNAMICS_WEIGHT * (guess[..., index] - lively[:, None]).square().mean()
        total = torch.stack(list(terms.values())).sum()
        return total, {name: float(value.detach()) for name, value in terms.items()}

    def _terms(self, error: Tensor, learnt: Tensor, columns: slice) -> dict[str, Tensor]:
        """error: (B, F, C), 0 where nothing is known; learnt: (B, F, C), 0 or 1."""
        weights = self.weights[columns] / self.weights[columns].mean()
        terms = {"motion": _weighted_mean(error.square() * weights, learnt)}
        for name, order, strength in (("velocity", 1, _VELOCITY_WEIGHT), ("smoothness", 2, _SMOOTHNESS_WEIGHT)):
            change, is_learnt = error.diff(n=order, dim=1), learnt[:, order:] * learnt[:, :-order]
            terms[name] = strength * _weighted_mean(change.square() * weights, is_learnt)
        opening = (self.opening * self.model.channel_deviation)[columns]
        if opening.any():
            scale = opening.square().sum()
            parted = (error * opening).sum(dim=-1).square() / scale
            terms["opening"] = _OPENING_WEIGHT * _weighted_mean(parted, learnt[..., CHANNEL_INDEX["jawOpen"]])
        return terms


@dataclass(frozen=True, eq=False)
class _Drawn:
    """What a window is told in training, so that any may be absent when it performs. (B,) or (B, F) bool each."""

    hears: Tensor
    has_style: Tensor
    is_there: Tensor
    is_clean: Tensor

    @classmethod
    def of(cls, known: Tensor, generator: torch.Generator) -> "_Drawn":
        size, frames = known.shape[:2]
        chance = torch.rand(5, size, generator=generator)
        hears = chance[0] >= 0.1
        # Most performances have no style to follow: they are rehearsed more often than guidance alone asks for.
        has_style = hears & (chance[0] >= 0.3)
        frame = torch.arange(frames)
        start = torch.where(chance[1] < 0.15, CONTEXT_FRAMES, 0)
        end = torch.where(chance[2] < 0.15, CONTEXT_FRAMES + 5 + (chance[3] * WINDOW_FRAMES).long(), frames)
        is_there = (frame >= start[:, None]) & (frame < end[:, None]) & (known.amax(dim=-1) > 0)
        is_there[:, CONTEXT_FRAMES] = True
        is_clean = (frame < CONTEXT_FRAMES) & (chance[4] < 0.4)[:, None] & is_there
        return cls(hears, has_style, is_there, is_clean)


def second_means(values: Tensor) -> Tensor:
    """(B, F, C) -> (B, F / 25, C)"""
    return functional.avg_pool1d(values.transpose(1, 2), int(FPS)).transpose(1, 2)


def _weighted_mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1.0)
