"""Heroes: frames of the character that an artist gave. Their light is taken off, and what is left is its own colour."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from ..bridge.data import GBuffer
from .light import LightBuffers
from .shading import shading_of

_REACH_M = 0.006
"""A pixel takes its colour from hero pixels whose anchors lie nearer than this."""
_NEIGHBOURS = 4
_LEAST_MATT = 0.03
"""Where less light than this share of the frame's brightest falls, a hero tells no colour."""
_MOST_CHANGE = 2.5
"""How far a hero may change the G-buffer's own albedo, up or down."""


@dataclass(frozen=True, eq=False)
class Hero:
    """What one says of the colour of N points. gains (N, 3): without light and gloss, over the G-buffer's albedo; trust (N,),
    0..1; region (N,); tree: over their anchors.
    """

    gains: np.ndarray
    trust: np.ndarray
    region: np.ndarray
    tree: KDTree


def hero_of(picture: np.ndarray, gbuffer: GBuffer, buffers: LightBuffers) -> Hero:
    """picture (H, W, 3): linear, as `gbuffer` and `buffers` are of the same frame."""
    shading = shading_of(gbuffer, buffers, gbuffer.albedo)
    rows, columns = np.nonzero((gbuffer.alpha > 0.95) & np.isfinite(gbuffer.depth_z_m))
    matt, albedo = shading.matt[rows, columns], gbuffer.albedo[rows, columns]
    floor = _LEAST_MATT * np.percentile(matt, 95) if len(matt) else 1.0
    expected = np.maximum(albedo, 0.01) * np.maximum(matt, floor)
    seen = np.maximum(picture[rows, columns] - shading.gloss[rows, columns], 0.0)
    gains = np.clip((seen + 0.05 * expected) / (1.05 * expected), 1.0 / _MOST_CHANGE, _MOST_CHANGE)
    gloss = shading.gloss[rows, columns].sum(axis=1)
    trust = matt.min(axis=1) / (matt.min(axis=1) + floor) * (expected.sum(axis=1) / (expected.sum(axis=1) + 2.0 * gloss + 1e-6))
    return Hero(
        gains.astype(np.float32), trust.astype(np.float32), gbuffer.region[rows, columns], KDTree(gbuffer.anchor[rows, columns])
    )


def reprojected_gains(gbuffer: GBuffer, heroes: Sequence[Hero]) -> tuple[np.ndarray, np.ndarray]:
    """What the heroes say of each pixel's albedo: gains (H, W, 3), 1 where none saw it, and how well they saw it (H, W), 0..1."""
    rows, columns = np.nonzero(gbuffer.alpha > 0.0)
    anchors, region = gbuffer.anchor[rows, columns], gbuffer.region[rows, columns]
    total, weight = np.zeros((len(rows), 3), np.float32), np.zeros(len(rows), np.float32)
    for hero in heroes:
        distance_m, nearest = hero.tree.query(anchors, k=_NEIGHBOURS, distance_upper_bound=_REACH_M)
        found = np.minimum(nearest, hero.tree.n - 1)
        near = np.exp(-((distance_m / (0.35 * _REACH_M)) ** 2)) * hero.trust[found] * (hero.region[found] == region[:, None])
        total += np.einsum("pk,pkc->pc", near, np.log(hero.gains)[found])
        weight += near.sum(axis=1)
    gains = np.ones((*gbuffer.alpha.shape, 3), np.float32)
    seen = np.zeros(gbuffer.alpha.shape, np.float32)
    gains[rows, columns] = np.exp(total / (weight[:, None] + 0.05))
    seen[rows, columns] = weight / (weight + 0.3)
    return gains, seen
