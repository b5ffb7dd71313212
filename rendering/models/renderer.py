"""Renderer: a trained network and all that a frame tells it, to the picture."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...bridge.data import GBuffer
from ...learning.checkpoint import config_of, load_tensors, read_checkpoint
from ..base import Base
from ..conditioning import Conditions, planes_of, told_of
from .diffusion import draw
from .planes import PLANES
from .residual import KIND, WEIGHTS_NAME, ResidualConfig, ResidualModel
from .surface_noise import surface_noise

BUNDLED_WEIGHTS = Path(__file__).parents[1] / "weights"


class Renderer:
    """Stateless between frames: what makes a film steady is that noise and light stay fixed to the surface."""

    def __init__(self, model: ResidualModel) -> None:
        self.model = model.eval()

    @classmethod
    def from_folder(cls, folder: Path = BUNDLED_WEIGHTS) -> "Renderer":
        """The folder of a training, or the bundled weights. Raises ModelMissing where it holds none, InvalidInput where they are
        damaged or of another kind."""
        path = folder / WEIGHTS_NAME
        checkpoint = read_checkpoint(path, KIND)
        model = ResidualModel(config_of(checkpoint, ResidualConfig, path))
        load_tensors(model, checkpoint, path)
        return cls(model.to(torch.device("cuda" if torch.cuda.is_available() else "cpu")))

    @torch.inference_mode()
    def frame(self, gbuffer: GBuffer, base: Base, conditions: Conditions, steps: int, seed: int) -> np.ndarray:
        """(H, W, 3) linear light, weighted by alpha. steps: of the diffusion, 1 to 1000. seed: of its noise.

        Raises InvalidInput where the mode is boost and the G-buffer holds no radiance, ModelMissing without OpenImageDenoise.
        """
        device = self.model.deviation.device
        planes = torch.from_numpy(planes_of(gbuffer, base, conditions))[None]
        noise = torch.from_numpy(np.moveaxis(surface_noise(gbuffer.anchor, seed), -1, 0))[None]
        told = told_of(conditions, gbuffer.camera).to(device)
        padding = padding_to(gbuffer.alpha.shape, self.model.config.multiple_px)
        heard = self.model.hear(_padded(planes, padding).to(device), told)
        picture = draw(self.model, heard, _padded(noise, padding).to(device), steps)
        height, width = gbuffer.alpha.shape
        inside = picture[0, :, :height, :width].float().cpu().numpy()
        # Nothing is where nothing covers the pixel, whatever a network would paint there.
        return np.moveaxis(inside, 0, -1) * (planes[0, PLANES["alpha"]][0].numpy() > 0.0)[..., None]


def padding_to(size: tuple[int, ...], multiple: int) -> tuple[int, int]:
    """Rows below and columns to the right that make a size divisible."""
    height, width = size
    return -height % multiple, -width % multiple


def _padded(picture: Tensor, padding: tuple[int, int]) -> Tensor:
    down, right = padding
    return functional.pad(picture, (0, right, 0, down))
