"""Heroes: frames of the character that an artist gave. Their light is taken off, and what is left is its own colour."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.spatial import KDTree

from ..bridge.data import REGION_NAMES, GBuffer
from .light import LightBuffers
from .models.tone import encoded
from .shading import shading_of

_REACH_M = 0.006
"""A pixel takes its colour from hero pixels whose anchors lie nearer than this."""
_NEIGHBOURS = 4
_MOST_CHANGE = 2.5
"""How far a hero may change the G-buffer's own albedo, up or down."""
_GAIN_SPREAD = 0.3
"""How far a spot's colour lies from what its region is expected to be, in logarithms."""
_LEAST_WEIGHT = 0.05
"""Of near hero pixels, below which little is made of them."""
_REGION_POINTS = 50.0
"""Fewer points than this say little of a region."""
_GLOSS_ERROR, _MATT_ERROR, _SHADE_ERROR = 0.35, 0.12, 0.04
"""What is wrong with gloss and matt light, as a share of them, and with shade, as a share of the frame's bright parts."""


@dataclass(frozen=True, eq=False)
class Hero:
    """What one says of the colour of N points, without light and gloss, over the G-buffer's albedo. gains (N, 3): logarithms;
    trust (N,): 0..1; region (N,); tree: over their anchors; region_gains (R, 3), region_trust (R,): the same of whole regions.
    unexplained (N, 3): what the picture has beyond light and this colour, as tone.py encodes.
    """

    gains: np.ndarray
    trust: np.ndarray
    region: np.ndarray
    tree: KDTree
    region_gains: np.ndarray
    region_trust: np.ndarray
    unexplained: np.ndarray


@dataclass(frozen=True, eq=False)
class Reprojection:
    """What heroes say of P points. gains (P, 3): of the albedo; seen (P,): how well its colour was seen, 0..1.
    carried (P, 3): what was unexplained where heroes saw the same spot, encoded; near (P,): how surely they saw it, 0..1.
    """

    gains: np.ndarray
    seen: np.ndarray
    carried: np.ndarray
    near: np.ndarray


def hero_of(picture: np.ndarray, gbuffer: GBuffer, buffers: LightBuffers) -> Hero:
    """picture (H, W, 3): linear, as `gbuffer` and `buffers` are of the same frame."""
    shading = shading_of(gbuffer, buffers, gbuffer.albedo)
    rows, columns = np.nonzero((gbuffer.alpha > 0.95) & np.isfinite(gbuffer.depth_z_m))
    region, gloss = gbuffer.region[rows, columns], shading.gloss[rows, columns].mean(axis=1)
    expected = np.maximum(gbuffer.albedo[rows, columns], 0.005) * shading.matt[rows, columns] + 1e-6
    bright = float(np.percentile(expected, 95)) if len(rows) else 1.0
    seen = picture[rows, columns] - shading.gloss[rows, columns]
    gains = np.log(np.clip(seen / expected, 1.0 / _MOST_CHANGE, _MOST_CHANGE))
    level = expected.mean(axis=1)
    noise = ((_GLOSS_ERROR * gloss) ** 2 + (_SHADE_ERROR * bright) ** 2) / level**2 + _MATT_ERROR**2
    trust = _GAIN_SPREAD**2 / (_GAIN_SPREAD**2 + noise)
    count = len(REGION_NAMES)
    total = np.bincount(region, trust, count)
    means = np.stack([np.bincount(region, trust * gains[:, channel], count) for channel in range(3)], axis=1)
    means /= total[:, None] + _REGION_POINTS
    hero = Hero(
        gains.astype(np.float32), trust.astype(np.float32), region, KDTree(gbuffer.anchor[rows, columns]), means,
        total / (total + _REGION_POINTS), np.zeros((len(rows), 3), np.float32),
    )  # fmt: skip
    own = reprojected(gbuffer.anchor[rows, columns], region, [hero]).gains
    explained = gbuffer.albedo[rows, columns] * own * shading.matt[rows, columns] + shading.gloss[rows, columns]
    return replace(hero, unexplained=encoded_picture(picture[rows, columns]) - encoded_picture(explained))


def reprojected(anchors: np.ndarray, region: np.ndarray, heroes: Sequence[Hero]) -> Reprojection:
    """What one hero or more say of points by their anchors (P, 3), metres, and regions (P,).

    A spot that no hero saw has its region's mean.
    """
    region_trust = np.stack([hero.region_trust for hero in heroes])[..., None]
    means = (region_trust * [hero.region_gains for hero in heroes]).sum(axis=0) / (region_trust.sum(axis=0) + 1e-3)
    total, carried = np.zeros((2, len(anchors), 3), np.float32)
    trusted, weight = np.zeros((2, len(anchors)), np.float32)
    for hero in heroes:
        distance_m, nearest = hero.tree.query(anchors, k=_NEIGHBOURS, distance_upper_bound=_REACH_M)
        found = np.minimum(nearest, hero.tree.n - 1)
        near = np.exp(-((distance_m / (0.35 * _REACH_M)) ** 2)) * (hero.region[found] == region[:, None])
        near = near.astype(np.float32)
        total += np.einsum("pk,pkc->pc", near * hero.trust[found], hero.gains[found] - means[region][:, None])
        carried += np.einsum("pk,pkc->pc", near, hero.unexplained[found])
        trusted += (near * hero.trust[found]).sum(axis=1)
        weight += near.sum(axis=1)
    whole = weight[:, None] + _LEAST_WEIGHT
    gains = np.exp(means[region] + total / whole).astype(np.float32)
    return Reprojection(gains, trusted / (trusted + 0.3), carried / whole, weight / whole[:, 0])


def encoded_picture(linear: np.ndarray) -> np.ndarray:
    """As tone.py encodes; any shape."""
    return encoded(torch.from_numpy(np.asarray(linear, np.float32))).numpy()
