"""A character's own look, learnt from many of its finished frames: what its colour is, and what light and colour leave out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from scipy.spatial import KDTree

from ..bridge.data import REGION_NAMES, GBuffer
from ..bridge.errors import InvalidInput
from ..bridge.formats.safe_npz import SizeLimits, read_arrays, write_arrays
from .base import Base, analytic_base
from .heroes import Hero, encoded_picture, hero_of, reprojected
from .light import LightBuffers
from .models.tone import decoded

LOOK_NAME = "look.npz"
_VOXEL_M = 0.0015
_NEIGHBOURS, _REACH_M, _LEAST_WEIGHT = 4, 0.006, 0.02
_VIEWS = 3
_DOUBT = (0.5, 0.5, 0.5)
"""Of least squares: so many frames' worth of nothing to be learnt."""
_FRAMES_TO_TRUST = 0.5
"""So many frames' worth of trust at a spot make it half sure."""
_LIMITS = SizeLimits(array_bytes=1 << 28, total_bytes=1 << 29)


@dataclass(frozen=True, eq=False)
class LitFrame:
    """A finished frame: picture (H, W, 3) linear, what it shows, and its light."""

    picture: np.ndarray
    gbuffer: GBuffer
    buffers: LightBuffers


@dataclass(frozen=True, eq=False)
class OwnLook:
    """Spots on the surface at rest. anchors (N, 3): metres; region (N,); gains (N, 3): of the G-buffer's albedo, logarithms;
    trust (N,): 0..1; unexplained (N, 3, 3): what pictures have beyond light and this colour, encoded: evenly, and as the eye
    moves to the character's left and up (cosines), by colour.
    """

    anchors: np.ndarray
    region: np.ndarray
    gains: np.ndarray
    trust: np.ndarray
    unexplained: np.ndarray

    def corrected(self, gbuffer: GBuffer) -> GBuffer:
        """The same with the colour that was learnt."""
        pixels = np.nonzero(gbuffer.alpha > 0.0)
        if not len(pixels[0]):
            return gbuffer
        albedo = gbuffer.albedo.copy()
        albedo[pixels] *= reprojected(gbuffer.anchor[pixels], gbuffer.region[pixels], [self._colours]).gains
        return replace(gbuffer, albedo=albedo)

    def completed(self, base: Base, gbuffer: GBuffer) -> Base:
        """The base of a corrected G-buffer with what light and colour alone left out of it."""
        pixels = np.nonzero((gbuffer.alpha > 0.0) & np.isfinite(gbuffer.depth_z_m))
        if not len(pixels[0]):
            return base
        distance_m, nearest = self._colours.tree.query(gbuffer.anchor[pixels], k=_NEIGHBOURS, distance_upper_bound=_REACH_M)
        found = np.minimum(nearest, len(self.region) - 1)
        near = np.exp(-((distance_m / _VOXEL_M) ** 2)) * (self.region[found] == gbuffer.region[pixels][:, None])
        share = (near / (near.sum(axis=1, keepdims=True) + _LEAST_WEIGHT)).astype(np.float32)
        lacking = np.einsum("pk,pkvc,pv->pc", share, self.unexplained[found], _views(gbuffer, pixels))
        picture = base.picture.copy()
        picture[pixels] = decoded_picture(encoded_picture(picture[pixels]) + lacking)
        return replace(base, picture=picture)

    @cached_property
    def _colours(self) -> Hero:
        count = len(REGION_NAMES)
        total = np.bincount(self.region, self.trust, count)[:, None]
        means = np.stack([np.bincount(self.region, self.trust * gains, count) for gains in self.gains.T], axis=1)
        return Hero(
            self.gains, self.trust, self.region, KDTree(self.anchors), means / np.maximum(total, 1.0),
            (total / (total + 1.0))[:, 0], np.zeros_like(self.gains),
        )  # fmt: skip


def colour_alone(hero: Hero) -> Hero:
    """A hero frame that carries nothing but colour: what it has beyond is in a look already."""
    return replace(hero, unexplained=np.zeros_like(hero.unexplained))


def learnt_look(frames: Sequence[LitFrame]) -> OwnLook:
    """What frames of one character agree on. Raises InvalidInput where they hardly show it."""
    frames = [frame for frame in frames if _pixels(frame.gbuffer)[0].size]
    if not frames:
        raise InvalidInput("The frames do not show the character: turn the camera towards its face.")
    heroes = [hero_of(frame.picture, frame.gbuffer, frame.buffers) for frame in frames]
    anchors, region = _joined(np.asarray(hero.tree.data) for hero in heroes), _joined(hero.region for hero in heroes)
    trust, spots = _joined(hero.trust for hero in heroes), _Spots(anchors, region)
    total = spots.summed(trust)
    colour = OwnLook(
        spots.mean(anchors),
        spots.region,
        spots.summed(trust[:, None] * _joined(hero.gains for hero in heroes)) / np.maximum(total, 1e-3)[:, None],
        total / (total + _FRAMES_TO_TRUST),
        np.zeros((len(total), _VIEWS, 3), np.float32),
    )
    views = _joined(_views(frame.gbuffer, _pixels(frame.gbuffer)) for frame in frames)
    return replace(colour, unexplained=spots.fitted(views, _joined(_unexplained(frame, colour) for frame in frames)))


def write_look(look: OwnLook, folder: Path) -> None:
    write_arrays(folder / LOOK_NAME, {name: getattr(look, name) for name in OwnLook.__dataclass_fields__})


def read_look(folder: Path) -> OwnLook | None:
    """What a training has learnt of its character; None where it was not of one. Raises InvalidInput where it is damaged."""
    path = folder / LOOK_NAME
    if not path.is_file():
        return None
    arrays = read_arrays(path, _LIMITS)
    count = len(arrays.get("anchors", ()))
    shapes = {"anchors": (3,), "region": (), "gains": (3,), "trust": (), "unexplained": (_VIEWS, 3)}
    is_whole = {name: values.shape for name, values in arrays.items()} == {n: (count, *shape) for n, shape in shapes.items()}
    if not count or not is_whole or arrays["region"].max() >= len(REGION_NAMES):
        raise InvalidInput(f"{path} is damaged: remove it and the folder's frames, and give `render-train --finetune` again.")
    return OwnLook(**arrays)


class _Spots:
    """Points that lie in one cube and are of one region are one spot."""

    def __init__(self, anchors: np.ndarray, region: np.ndarray) -> None:
        cubes = np.column_stack([np.floor(anchors / _VOXEL_M).astype(np.int32), region])
        _, first, self._spot, self._count = np.unique(cubes, axis=0, return_index=True, return_inverse=True, return_counts=True)
        self._spot, self.region = self._spot.ravel(), region[first]

    def summed(self, values: np.ndarray) -> np.ndarray:
        """(P,) or (P, C) -> the same over spots."""
        if values.ndim == 1:
            return np.bincount(self._spot, values, len(self._count)).astype(np.float32)
        return np.stack([self.summed(column) for column in values.T], axis=1)

    def mean(self, values: np.ndarray) -> np.ndarray:
        return self.summed(values) / self._count[:, None].astype(np.float32)

    def fitted(self, features: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(P, V) and (P, C) -> (N, V, C): what of each feature makes the values at a spot, by least squares that doubt slopes."""
        pairs = features[:, :, None] * features[:, None]
        square = self.summed(pairs.reshape(len(features), -1)).reshape(-1, _VIEWS, _VIEWS)
        products = (features[:, :, None] * values[:, None]).reshape(len(features), -1)
        mixed = self.summed(products).reshape(-1, _VIEWS, values.shape[1])
        return np.linalg.solve(square + np.diag(_DOUBT), mixed).astype(np.float32)


def _views(gbuffer: GBuffer, pixels: tuple[np.ndarray, ...]) -> np.ndarray:
    """(P, _VIEWS): 1, and from where each pixel is seen: cosines to the character's left and up."""
    towards = gbuffer.camera.position_m - gbuffer.positions()[pixels]
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    return np.column_stack([np.ones(len(towards)), towards[:, :2]]).astype(np.float32)


def _unexplained(frame: LitFrame, colour: OwnLook) -> np.ndarray:
    """(P, 3), encoded, at `_pixels`."""
    pixels = _pixels(frame.gbuffer)
    base = analytic_base(colour.corrected(frame.gbuffer), frame.buffers)
    return encoded_picture(frame.picture[pixels]) - encoded_picture(base.picture[pixels])


def _pixels(gbuffer: GBuffer) -> tuple[np.ndarray, ...]:
    """Rows and columns of what `hero_of` reads."""
    return np.nonzero((gbuffer.alpha > 0.95) & np.isfinite(gbuffer.depth_z_m))


def decoded_picture(values: np.ndarray) -> np.ndarray:
    """Back from what `encoded_picture` makes."""
    return decoded(torch.from_numpy(np.asarray(values, np.float32))).numpy()


def _joined(parts: Iterator[np.ndarray]) -> np.ndarray:
    return np.concatenate(list(parts))
