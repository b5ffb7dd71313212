"""The analytic base: a frame as its light, known or fitted, and its colour, known or seen by heroes, make it without a net."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..bridge.data import GBuffer
from .heroes import Hero, reprojected
from .light import LightBuffers
from .shading import shading_of


@dataclass(frozen=True, eq=False)
class Base:
    """One frame, (H, W, ...) float32, zero where nothing is. picture (3): linear, not multiplied by alpha. albedo (3): as far as
    heroes corrected it. gloss (3): the part of the picture that is mirrored. seen: how well heroes saw each pixel's colour, 0..1.
    carried (3): what such a picture of the heroes lacks at the same spots, encoded; near: how surely they saw it, 0..1.
    """

    picture: np.ndarray
    albedo: np.ndarray
    gloss: np.ndarray
    seen: np.ndarray
    carried: np.ndarray
    near: np.ndarray


def analytic_base(gbuffer: GBuffer, buffers: LightBuffers, heroes: Sequence[Hero] = ()) -> Base:
    """Of one whole frame; cut crops from the result. Of heroes the picture has the colour alone, no light and no highlight."""
    gains = np.ones_like(gbuffer.albedo)
    carried, seen, near = np.zeros_like(gains), np.zeros_like(gbuffer.alpha), np.zeros_like(gbuffer.alpha)
    if heroes:
        pixels = np.nonzero(gbuffer.alpha > 0.0)
        said = reprojected(gbuffer.anchor[pixels], gbuffer.region[pixels], heroes)
        gains[pixels], seen[pixels], carried[pixels], near[pixels] = said.gains, said.seen, said.carried, said.near
    albedo = gbuffer.albedo * gains
    shading = shading_of(gbuffer, buffers, albedo)
    return Base(albedo * shading.matt + shading.gloss, albedo, shading.gloss, seen, carried, near)
