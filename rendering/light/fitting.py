"""The light of hero frames, where nobody told: the surroundings, never negative, that explain their pixels best."""

from collections.abc import Sequence

import numpy as np

from ...bridge.data import REGION_NAMES, GBuffer, SceneLight, environment_directions
from ...bridge.errors import InvalidInput
from .finishes import CAVITY, COAT_ROUGHNESS, GLOSS, IS_COATED, MATT, SPECULAR
from .horizon import Horizon, horizon_of
from .reflection import mirrored, reflected_share
from .sources import FAR_COUNT, even_directions

_SIZE = (32, 64)
_LEAST_POINTS = 100
_MOST_POINTS = 1500
_GLOSS_POWER = 12.0
_GLOSS_NORM = (_GLOSS_POWER + 1.0) / (2.0 * np.pi)
_SMOOTHNESS = 0.002
_EVENNESS = 0.001
_ROUNDS = 2
_SPREAD_RAD = 0.30
"""How far a patch's light is spread into the picture of the surroundings."""
_TELLING = np.isin(REGION_NAMES, ("skin", "lips", "hair", "hands", "clothes"))
"""Regions that answer to light; eyes and mouth tell nothing."""


def fit_light(pictures: Sequence[np.ndarray], gbuffers: Sequence[GBuffer]) -> SceneLight:
    """One to a few hero frames, pictures (H, W, 3) linear -> surroundings without lamps, in the world's axes.

    Raises InvalidInput where the frames hardly show the character.
    """
    parts = [_equations(picture, gbuffer) for picture, gbuffer in zip(pictures, gbuffers, strict=True)]
    matt, gloss, albedo, seen = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if len(seen) < _LEAST_POINTS:
        raise InvalidInput("The hero frames hardly show the character: give one in which its face fills much of the picture.")
    radiance = np.stack([_solved(albedo[:, [channel]] * matt + gloss, seen[:, channel]) for channel in range(3)], axis=1)
    texels = environment_directions(*_SIZE)
    weights = np.exp((texels @ even_directions(FAR_COUNT).T - 1.0) / _SPREAD_RAD**2)
    return SceneLight(weights @ radiance / weights.sum(axis=-1, keepdims=True))


def _equations(picture: np.ndarray, gbuffer: GBuffer) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of P points of a frame: what each patch's radiance adds to a white matt surface (P, S) and to the gloss (P, S), the albedo
    (P, 3), and what was seen (P, 3).
    """
    horizon = horizon_of(gbuffer)
    pick = (slice(horizon.stride // 2, None, horizon.stride),) * 2
    place = horizon.rows, horizon.columns
    region = gbuffer.region[pick][place]
    kept = np.flatnonzero((gbuffer.alpha[pick][place] > 0.99) & _TELLING[region])
    kept = kept[:: max(1, len(kept) // _MOST_POINTS)]
    matt, gloss = _answers(horizon, region, gbuffer.roughness[pick][place])
    return matt[kept], gloss[kept], gbuffer.albedo[pick][place][kept], picture[pick][place][kept]


def _answers(horizon: Horizon, region: np.ndarray, roughness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Matt and gloss (P, S) of every point of the horizon under unit radiance from each patch alone."""
    directions = even_directions(FAR_COUNT).astype(np.float32)
    visible = horizon.visibility(directions)
    cosine = np.maximum(horizon.normals @ directions.T, 0.0)
    open_share = (cosine * visible).sum(axis=1) / np.maximum(cosine.sum(axis=1), 1e-6)
    visible *= 4.0 * np.pi / FAR_COUNT
    view = horizon.camera.position_m.astype(np.float32) - horizon.positions
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    facing = np.clip((view * horizon.normals).sum(axis=1), 0.0, 1.0)
    share = reflected_share(SPECULAR[region], np.where(IS_COATED[region], COAT_ROUGHNESS[region], roughness), facing)
    lobe = np.maximum(mirrored(view, horizon.normals) @ directions.T, 0.0) ** _GLOSS_POWER * _GLOSS_NORM
    matt_share = MATT[region] * open_share ** CAVITY[region] * (1.0 - share) / np.pi
    return cosine * visible * matt_share[:, None], lobe * visible * (share * GLOSS[region])[:, None]


def _solved(answers: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Radiance of the patches (S,): least squares in what the eye sees, smooth over the sphere, deaf to what does not fit."""
    from scipy.optimize import nnls

    typical = max(float(np.mean(seen)), 1e-6)
    weight = 1.0 / np.sqrt((seen + 0.1 * typical) * typical)
    scale = typical / max(float(answers.sum(axis=1).mean()), 1e-9)
    smoothing = _smoothing() * np.sqrt(len(seen)) / scale
    trust = np.ones_like(seen)
    radiance = np.zeros(FAR_COUNT)
    for _ in range(_ROUNDS + 1):
        rows = (trust * weight)[:, None] * answers
        radiance, _ = nnls(np.concatenate([rows, smoothing]), np.concatenate([trust * weight * seen, np.zeros(len(smoothing))]))
        misfit = np.abs(answers @ radiance - seen) * weight
        trust = 1.0 / np.sqrt(1.0 + (misfit / (2.0 * np.median(misfit) + 1e-9)) ** 2)
    return radiance


def _smoothing() -> np.ndarray:
    """Rows (2 S, S): each patch less the mean of its six neighbours, and less the mean of all."""
    middles = even_directions(FAR_COUNT)
    nearest = np.argsort(-(middles @ middles.T), axis=1)[:, :7]
    local = np.eye(FAR_COUNT)
    np.put_along_axis(local, nearest[:, 1:], -1.0 / 6.0, axis=1)
    return np.concatenate([_SMOOTHNESS * local, _EVENNESS * (np.eye(FAR_COUNT) - 1.0 / FAR_COUNT)])
