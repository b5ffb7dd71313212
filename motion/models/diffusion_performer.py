"""DiffusionPerformer: features and a style in, the channels of a whole performance out, however long the line."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from scipy.ndimage import convolve1d
from scipy.signal import firwin
from torch import Tensor
from torch.nn import functional

from ...bridge.data import MotionClip, PerformanceStyle
from ...bridge.errors import InvalidInput
from ...learning.checkpoint import config_of, load_tensors, read_checkpoint
from .channels import CHANNEL_NAMES, GAZE, HEAD, LIPS, UPPER_FACE
from .denoiser import FRAMES_PER_TOKEN, HEARING_REACH, Denoiser
from .diffusion import CONTEXT_FRAMES, FPS, KIND, PARTS, WINDOW_FRAMES, DiffusionConfig, DiffusionModel, second_means
from .eye_events import with_events
from .shifted_windows import Branch, denoised

_SECTION_FRAMES = 3000
"""A line is performed two minutes at a time, so that memory does not grow with it."""
_NOISE_FRAMES = 1000
_DYNAMICS_SECONDS = 5
"""Liveliness is learnt over a window of five seconds; guesses from single seconds are averaged as far."""
_MARGIN_FRAMES = 3 * FRAMES_PER_TOKEN
assert max(HEARING_REACH, FRAMES_PER_TOKEN * (_DYNAMICS_SECONDS // 2)) <= _MARGIN_FRAMES
_DYNAMIC_SCALE = (0.5, 2.0)
"""What an amplitude may ask of the model; the rest of it scales the motion."""
_HEAD_FILTER = np.asarray(firwin(15, 6.0, fs=FPS), np.float32)
"""Heads do not move faster than six times a second; what the model leaves there is the rest of its noise."""


@dataclass(frozen=True)
class Guidance:
    """How far a performance goes beyond what one would expect without the sound, and without the style. 1 is as learnt."""

    audio: float = 1.0
    style: float = 1.5

    def __post_init__(self) -> None:
        if not (0.0 <= self.audio <= 10.0 and 0.0 <= self.style <= 10.0):
            raise InvalidInput(f"Guidance must lie between 0 and 10, not {self.audio} for sound and {self.style} for style.")


@dataclass(frozen=True, eq=False)
class _Told:
    """What some frames are told: heard (F, W), emotion (F, 8), dynamics (F, P)."""

    heard: Tensor
    emotion: Tensor
    dynamics: Tensor


class DiffusionPerformer:
    """A trained model, ready to perform."""

    def __init__(self, model: DiffusionModel, step_count: int = 8) -> None:
        if not 1 <= step_count <= 1000:
            raise InvalidInput(f"The number of denoising steps must lie between 1 and 1000, not {step_count}.")
        self.model = model.eval().requires_grad_(False)
        self.step_count = step_count

    @classmethod
    def from_checkpoint(cls, path: Path, step_count: int = 8) -> Self:
        """Raises ModelMissing where there is no file, InvalidInput where it is damaged or of another kind of model."""
        checkpoint = read_checkpoint(path, KIND)
        model = DiffusionModel(config_of(checkpoint, DiffusionConfig, path))
        load_tensors(model, checkpoint, path)
        return cls(model, step_count)

    @property
    def encoder(self) -> str:
        return self.model.config.encoder

    def style_of(self, clip: MotionClip) -> Tensor:
        """(16,) how somebody moves in a clip: see StyleEncoder.code_of."""
        return self.model.style.code_of(clip)

    @torch.inference_mode()
    def perform(
        self,
        features: np.ndarray,
        style: PerformanceStyle,
        style_code: Tensor | None = None,
        guidance: Guidance = Guidance(),
        report: Callable[[float], None] = lambda share: None,
    ) -> np.ndarray:
        """(F, 48) at 25 fps, F = T / 2 rounded up. features: (T, D) at 50 Hz, of the encoder that the model was trained with.

        The same features, style and seed give the same performance. Memory beyond features and result is flat.
        """
        width = self.model.config.feature_width
        if features.ndim != 2 or features.shape[1] != width or not len(features):
            raise InvalidInput(
                f"This model hears {width} numbers fifty times a second; the features have shape {features.shape}."
            )
        frame_count = -(-len(features) // 2)
        made = np.empty((frame_count, len(CHANNEL_NAMES)), np.float32)
        tail, fade = made[:0], np.linspace(1.0, 0.0, CONTEXT_FRAMES + 2, dtype=np.float32)[1:-1, None]
        for first in range(0, frame_count, _SECTION_FRAMES):
            last = min(first + _SECTION_FRAMES, frame_count)
            # A window more is performed: the next section fades in over its first second, and the rest is thrown away.
            end = min(last + WINDOW_FRAMES, frame_count)
            before = made[max(first - CONTEXT_FRAMES, 0) : first]
            told = self._told(features, style, first - len(before), end)
            noise = frame_noise(style.seed, first, end)
            section = self._section(told, noise, before, style, style_code, guidance)
            section[: len(tail)] += (tail - section[: len(tail)]) * fade[: len(tail)]
            made[first:last], tail = section[: last - first], section[last - first :][:CONTEXT_FRAMES]
            report(last / frame_count)
        return performed(made, style)

    def _section(
        self, told: _Told, noise: Tensor, before: np.ndarray, style: PerformanceStyle, code: Tensor | None, guidance: Guidance
    ) -> np.ndarray:
        """(F, 48) out of noise (F, 48), after the motion `before` (P, 48); told covers both."""
        clean = self.model.normalised(torch.from_numpy(before))
        parts = []
        for index, (name, columns) in enumerate(PARTS.items()):
            denoiser = self.model.denoisers[name]
            asked = 2.0 * math.log(np.clip(style.mouth if name == "expression" else style.head, *_DYNAMIC_SCALE))
            dynamics = told.dynamics[:, index : index + 1] + asked
            branches = self._branches(denoiser, told, dynamics, code, guidance)
            drawn = noise[:, columns] * (min(style.variation, 1.0) if name == "expression" else 1.0)
            parts.append(denoised(denoiser, branches, drawn, clean[:, columns], self.step_count))
        return self.model.denormalised(torch.cat(parts, dim=1)).numpy()

    def _branches(
        self, denoiser: Denoiser, told: _Told, dynamics: Tensor, code: Tensor | None, guidance: Guidance
    ) -> list[Branch]:
        """Without sound, with sound, with sound and style: those that weigh. nothing + a (sound - nothing) + s (both - sound)"""
        no_style = self.model.style.unknown
        silence = denoiser.conditions.unheard.expand_as(told.heard)
        style_weight = 0.0 if code is None else guidance.style
        weighted = [
            (silence, no_style, 1.0 - guidance.audio),
            (told.heard, no_style, guidance.audio - style_weight),
            (told.heard, no_style if code is None else code, style_weight),
        ]
        return [
            Branch(denoiser.conditions(heard[None], told.emotion[None], dynamics[None], style[None])[0], weight)
            for heard, style, weight in weighted
            if weight
        ]

    def _told(self, features: np.ndarray, style: PerformanceStyle, first: int, end: int) -> _Told:
        """What the frames first..end are told; `first` begins a second."""
        start = max(first - _MARGIN_FRAMES, 0)
        heard_end = min(end + _MARGIN_FRAMES, -(-len(features) // 2))
        count = -(-(heard_end - start) // FRAMES_PER_TOKEN) * FRAMES_PER_TOKEN
        there = torch.from_numpy(np.array(features[2 * start : 2 * heard_end], np.float32))
        padding = self.model.hearing.mean.expand(2 * count - len(there), -1)
        heard = self.model.hearing(torch.cat([there, padding])[None])
        times_s = (start + np.arange(count)) / FPS
        emotion = torch.from_numpy(np.asarray(style.emotion_at(times_s), np.float32))[None]
        guess = self.model.dynamics(second_means(heard), second_means(emotion)).transpose(1, 2)
        averaged = functional.avg_pool1d(
            functional.pad(guess, (_DYNAMICS_SECONDS // 2,) * 2, "replicate"), _DYNAMICS_SECONDS, stride=1
        )
        dynamics = functional.interpolate(averaged, size=count, mode="linear").transpose(1, 2)
        kept = slice(first - start, end - start)
        return _Told(heard[0, kept], emotion[0, kept], dynamics[0, kept])


def frame_noise(seed: int, first: int, last: int) -> Tensor:
    """(last - first, 48), each frame's the same whatever is asked for with it."""
    blocks = range(first // _NOISE_FRAMES, -(-last // _NOISE_FRAMES))
    drawn = [
        torch.randn(_NOISE_FRAMES, len(CHANNEL_NAMES), generator=torch.Generator().manual_seed(_block_seed(seed, block)))
        for block in blocks
    ]
    return torch.cat(drawn)[first - blocks.start * _NOISE_FRAMES : last - blocks.start * _NOISE_FRAMES]


def _block_seed(seed: int, block: int) -> int:
    """Streams of a seed and its blocks, independent of each other."""
    return int(np.random.SeedSequence([seed, block]).generate_state(1, np.uint64)[0]) >> 1


def performed(channels: np.ndarray, style: PerformanceStyle) -> np.ndarray:
    """Eyes that move in events, a steady head, and what amplitudes ask beyond the model. (F, 48) -> (F, 48)."""
    made = with_events(channels, style.blinks, np.random.default_rng(style.seed))
    made[:, LIPS] *= style.mouth / np.clip(style.mouth, *_DYNAMIC_SCALE)
    made[:, HEAD] = convolve1d(channels[:, HEAD], _HEAD_FILTER, axis=0, mode="nearest")
    made[:, HEAD] *= style.head / np.clip(style.head, *_DYNAMIC_SCALE)
    made[:, UPPER_FACE] *= style.eyes
    made[:, GAZE] *= style.eyes
    return made
