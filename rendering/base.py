"""The analytic base: a frame as its light, known or fitted, and its colour, known or seen by heroes, make it without a net."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..bridge.data import GBuffer
from .heroes import Hero, reprojected_gains
from .light import LightBuffers
from .shading import shading_of


@dataclass(frozen=True, eq=False)
class Base:
    """One frame, (H, W, ...) float32, zero where nothing is. picture (3): linear, not multiplied by alpha. albedo (3): as far as
    heroes corrected it. gloss (3): the part of the picture that is mirrored. seen: how well heroes saw each pixel, 0..1.
    """

    picture: np.ndarray
    albedo: np.ndarray
    gloss: np.ndarray
    seen: np.ndarray


def analytic_base(gbuffer: GBuffer, buffers: LightBuffers, heroes: Sequence[Hero] = ()) -> Base:
    """Of one whole frame; cut crops from the result. No hero's highlight is carried over, only its colour."""
    gains, seen = reprojected_gains(gbuffer, heroes) if heroes else (1.0, np.zeros_like(gbuffer.alpha))
    albedo = gbuffer.albedo * gains
    shading = shading_of(gbuffer, buffers, albedo)
    return Base(albedo * shading.matt + shading.gloss, albedo, shading.gloss, seen)
