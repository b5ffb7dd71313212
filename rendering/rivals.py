"""What a renderer is held against beside its own base: methods without a network, and pictures by Cycles of the same frames."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import nnls
from scipy.spatial import KDTree

from ..bridge.data import GBuffer
from ..bridge.data.render_set import RenderFrame, Split
from ..bridge.errors import InvalidInput
from .base import Base
from .conditioning import Conditions, HeroFrame
from .data import RenderSets
from .light.harmonics import COSINE_BANDS, harmonics

ORDER_2 = 9
"""Harmonics up to order 2."""
_REACH_M = 0.006
_MOST_CHANGE = 2.5
_LEAST_SHADE = 0.02


def headlight(frame: RenderFrame, base: Base, conditions: Conditions) -> np.ndarray:
    """Plain shading as pyrender's viewer does it: even light and a lamp at the camera, as bright as the hero frames want them."""
    seen = [_whole_pixels(hero) for hero in conditions.heroes]
    answers = np.concatenate([_headlit(hero.gbuffer)[mask] for hero, (mask, _) in zip(conditions.heroes, seen, strict=True)])
    colours = np.concatenate([picture for _, picture in seen])
    levels, _ = nnls(np.concatenate([answers[:, channel] for channel in range(3)]), colours.T.ravel())
    return _headlit(frame.gbuffer) @ levels * frame.gbuffer.alpha[..., None]


def fitted_harmonics(frame: RenderFrame, base: Base, conditions: Conditions) -> np.ndarray:
    """Light fitted to the hero frames as harmonics of order 2, on a matt surface without shadows; their colours, with that light
    taken off, are carried to the same spots."""
    gbuffer = frame.gbuffer
    coefficients = harmonic_light([hero.picture for hero in conditions.heroes], [hero.gbuffer for hero in conditions.heroes])
    albedo = gbuffer.albedo * _carried_gains(gbuffer, conditions.heroes, coefficients)
    return albedo * matt_shade(gbuffer.normal, coefficients) * gbuffer.alpha[..., None]


def harmonic_light(pictures: Sequence[np.ndarray], shown: Sequence[GBuffer]) -> np.ndarray:
    """(ORDER_2, 3): least squares over linear pictures (H, W, 3) of a matt surface."""
    masks = [gbuffer.alpha > 0.99 for gbuffer in shown]
    answers = np.concatenate([_matt_answers(gbuffer.normal[mask]) for gbuffer, mask in zip(shown, masks, strict=True)])
    albedo = np.concatenate([gbuffer.albedo[mask] for gbuffer, mask in zip(shown, masks, strict=True)])
    colours = np.concatenate([picture[mask] for picture, mask in zip(pictures, masks, strict=True)])
    fits = [np.linalg.lstsq(albedo[:, [channel]] * answers, colours[:, channel], rcond=None)[0] for channel in range(3)]
    return np.stack(fits, axis=1)


def matt_shade(normals: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """What matt white shows, (..., 3), at unit normals (..., 3)."""
    return np.maximum(_matt_answers(normals) @ coefficients, 0.0)


class OtherPictures:
    """A Paint: the pictures of another folder of render sets, of the same frames with another number of samples."""

    def __init__(self, folder: Path, split: Split) -> None:
        self._folder = folder
        self._pictures = {_moment(frame): frame.truth for frames in RenderSets(folder, split) for frame in frames.frames}

    def __call__(self, frame: RenderFrame, base: Base, conditions: Conditions) -> np.ndarray:
        """Raises InvalidInput where the folder has no such frame."""
        picture = self._pictures.get(_moment(frame))
        if picture is None:
            raise InvalidInput(f"{self._folder} lacks a frame: render it from a copy of the same people and clips.")
        return picture


def _moment(frame: RenderFrame) -> tuple[bytes, float]:
    return frame.gbuffer.camera.camera_to_world.tobytes(), frame.time_s


def _whole_pixels(hero: HeroFrame) -> tuple[np.ndarray, np.ndarray]:
    """Where a hero frame is covered, (H, W) bool, and its colours there (N, 3)."""
    mask = hero.gbuffer.alpha > 0.99
    return mask, hero.picture[mask]


def _headlit(gbuffer: GBuffer) -> np.ndarray:
    """(H, W, 3, 2): albedo under even light, and under a lamp that shines as the camera looks."""
    facing = np.maximum(gbuffer.normal @ gbuffer.camera.camera_to_world[:3, 2], 0.0)
    return np.stack([gbuffer.albedo, gbuffer.albedo * facing[..., None]], axis=-1)


def _matt_answers(normals: np.ndarray) -> np.ndarray:
    return harmonics(normals)[..., :ORDER_2] * COSINE_BANDS[:ORDER_2] / np.pi


def _carried_gains(gbuffer: GBuffer, heroes: Sequence[HeroFrame], coefficients: np.ndarray) -> np.ndarray:
    """(H, W, 3): how much brighter the nearest hero pixels are than the G-buffer says, 1 where no hero saw a spot."""
    anchors, gains = [], []
    for hero in heroes:
        mask, colours = _whole_pixels(hero)
        expected = hero.gbuffer.albedo[mask] * np.maximum(matt_shade(hero.gbuffer.normal[mask], coefficients), _LEAST_SHADE)
        anchors.append(hero.gbuffer.anchor[mask])
        gains.append(np.clip(colours / np.maximum(expected, 1e-4), 1.0 / _MOST_CHANGE, _MOST_CHANGE))
    seen = gbuffer.alpha > 0.0
    distance_m, nearest = KDTree(np.concatenate(anchors)).query(gbuffer.anchor[seen], distance_upper_bound=_REACH_M)
    found = np.isfinite(distance_m)
    carried, picture = np.ones((len(found), 3)), np.ones_like(gbuffer.albedo)
    carried[found] = np.concatenate(gains)[np.asarray(nearest)[found]]
    picture[seen] = carried
    return picture
