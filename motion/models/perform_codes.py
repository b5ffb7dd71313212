"""Performs by the probabilistic model: a line of any length, in blocks that meet without a seam."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor

from ...bridge.data import MotionClip
from ...bridge.errors import InvalidInput
from ...learning.checkpoint import config_of, load_tensors, read_checkpoint
from .channels import FACE, lip_opening
from .code_noise import CodeNoise
from .lip_timing import in_time
from .prior import PARTS, MotionPrior
from .probabilistic import CONTACT_COUNT, ProbabilisticConfig, ProbabilisticModel

PRIOR_NAME, PROBABILISTIC_NAME = "prior.safetensors", "probabilistic.safetensors"
STEPS_PER_SECOND = 50.0
_BLOCK_STEPS = 2000
_DECODER_REACH = 4


class CodePerformer:
    """The model and its prior, listening through `config.encoder`."""

    def __init__(self, model: ProbabilisticModel, prior: MotionPrior) -> None:
        self.model, self.prior = model.eval(), prior.eval()

    @classmethod
    def from_folder(cls, folder: Path) -> Self:
        """`prior.safetensors` and `probabilistic.safetensors`. Raises ModelMissing, or InvalidInput where they do not fit."""
        prior_path, path = folder / PRIOR_NAME, folder / PROBABILISTIC_NAME
        checkpoint, prior = read_checkpoint(path, "probabilistic"), MotionPrior.from_checkpoint(prior_path)
        if checkpoint.facts.get("prior") != file_hash(prior_path):
            raise InvalidInput(f"{path} was trained with another prior than {prior_path}. Use the two that belong together.")
        model = ProbabilisticModel(config_of(checkpoint, ProbabilisticConfig, path), prior.config.code_width)
        load_tensors(model, checkpoint, path)
        return cls(model, prior)

    @property
    def encoder(self) -> str:
        return self.model.config.encoder

    def style_of(self, clip: MotionClip) -> np.ndarray:
        """(16,) how somebody moves in a clip: see StyleEncoder.code_of."""
        return self.model.style_encoder.code_of(clip).numpy()

    def contact_probability(self, features: np.ndarray) -> np.ndarray:
        """(T, D) -> (T, 2): how likely the lips are held together, the lower lip to the teeth."""
        probability = np.empty((len(features), CONTACT_COUNT), np.float32)
        neutral = np.zeros((len(features), 8), np.float32)
        neutral[:, 0] = 1.0
        for start, end, _, contact in self._heard(features, neutral, None):
            probability[start:end] = torch.sigmoid(contact).numpy()
        return probability

    def perform(
        self, features: np.ndarray, emotion: np.ndarray, style: np.ndarray | None = None, variation: float = 0.0, seed: int = 0
    ) -> np.ndarray:
        """features: (T, D), emotion: (T, 8), style: (16,), None for nobody's -> (T, 42): mouth and upper face at 50 Hz.

        variation: the temperature of the draw in units of how far the model errs; 0 takes the nearest codes, whatever the seed. A
        draw opens the lips when the nearest codes do.
        """
        noise = {name: self._noise(name, seed) for name in PARTS}
        nearest, drawn = ({name: torch.empty(len(features), self.prior.config.code_width) for name in PARTS} for _ in range(2))
        temperature = variation * self.model.config.temperature_scale
        for start, end, latents, _ in self._heard(features, emotion, style):
            for name in PARTS:
                quantiser = self.prior.part(name).quantiser
                with torch.inference_mode():
                    nearest[name][start:end] = quantiser(latents[name]).vectors
                    if variation > 0.0:
                        codes = quantiser.draw(latents[name], noise[name].next(end - start), temperature)
                        drawn[name][start:end] = codes.vectors
        if variation == 0.0:
            return self._decoded(nearest)
        heard = lip_opening(self._decoded(nearest))
        return in_time(self._decoded(drawn), heard, STEPS_PER_SECOND)

    def _noise(self, part: str, seed: int) -> CodeNoise:
        config = self.prior.config
        return CodeNoise(config.levels(part), config.code_count, [seed, *part.encode()])

    def _heard(
        self, features: np.ndarray, emotion: np.ndarray, style: np.ndarray | None
    ) -> Iterator[tuple[int, int, dict[str, Tensor], Tensor]]:
        """Blocks: first step, end, each part's latents (N, C), contact logits (N, 2)."""
        code = self.model.style_encoder.unknown if style is None else torch.from_numpy(np.asarray(style, np.float32))
        for start, end, first, last in _blocks(len(features), self.model.config.reach):
            heard_features = torch.from_numpy(np.asarray(features[first:last], np.float32))
            moods = torch.from_numpy(np.asarray(emotion[first:last], np.float32))
            with torch.inference_mode():
                heard = self.model(heard_features[None], moods[None], code[None])
            inside = slice(start - first, end - first)
            yield start, end, {name: latents[0, inside] for name, latents in heard.latents.items()}, heard.contact[0, inside]

    def _decoded(self, vectors: dict[str, Tensor]) -> np.ndarray:
        """A face stays as it is before the line's first step and after its last."""
        step_count = len(next(iter(vectors.values())))
        face = np.empty((step_count, FACE.stop), np.float32)
        for start, end, _, _ in _blocks(step_count, 0):
            steps = torch.arange(start - _DECODER_REACH, end + _DECODER_REACH).clamp(0, step_count - 1)
            with torch.inference_mode():
                decoded = self.prior.decoded({name: values[steps][None] for name, values in vectors.items()})
            face[start:end] = decoded[0, _DECODER_REACH:-_DECODER_REACH].numpy()
        return np.clip(face, 0.0, 1.0, out=face)


def _blocks(step_count: int, reach: int) -> Iterator[tuple[int, int, int, int]]:
    """Blocks start..end of a line, each within first..last, which is all that it depends on."""
    for start in range(0, step_count, _BLOCK_STEPS):
        end = min(start + _BLOCK_STEPS, step_count)
        yield start, end, max(start - reach, 0), min(end + reach, step_count)


def file_hash(path: Path) -> str:
    """Tells one weight file from others: the first 16 hex digits of its sha256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
