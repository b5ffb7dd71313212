"""What a surface reflects: surroundings and lamps blurred as its roughness blurs them, and how much of it comes back."""

from dataclasses import dataclass

import numpy as np

from ...bridge.data import SceneLight, environment_directions
from .sources import FAR_COUNT, solid_angles, sources_of

ROUGHNESS_LEVELS: tuple[float, ...] = (0.06, 0.25, 0.5)
_BLURRED_SIZE = (32, 64)
_SHARP_SIZE = (64, 128)
_LAMP_ALPHA = 0.004
"""The squared roughness added to a lamp's highlight, so that a sun is no smaller than a texel."""


@dataclass(frozen=True, eq=False)
class Reflections:
    """maps: one (h, w, 3) environment for each of ROUGHNESS_LEVELS, blurred by GGX's lobe around the mirrored direction."""

    maps: tuple[np.ndarray, ...]

    def at(self, directions: np.ndarray) -> np.ndarray:
        """Unit mirrored directions (P, 3) -> (P, levels, 3) radiance."""
        azimuth = np.arctan2(directions[:, 0], directions[:, 2]) / (2.0 * np.pi) + 0.5
        elevation = 0.5 - np.arcsin(np.clip(directions[:, 1], -1.0, 1.0)) / np.pi
        return np.stack([_bilinear(picture, elevation, azimuth) for picture in self.maps], axis=1)


def reflections_of(light: SceneLight, focus_m: np.ndarray) -> Reflections:
    """Blurred as a head at `focus_m` (3,) sees it; lamps are in."""
    maps = []
    for level, roughness in enumerate(ROUGHNESS_LEVELS):
        size = _SHARP_SIZE if level == 0 else _BLURRED_SIZE
        maps.append((_blurred(light.environment, size, roughness) + _lamps(light, focus_m, size, roughness)).astype(np.float32))
    return Reflections(tuple(maps))


def mirrored(directions: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Unit directions from the surface to the eye (..., 3), mirrored at unit normals (..., 3)."""
    return 2.0 * (directions * normals).sum(axis=-1, keepdims=True) * normals - directions


def reflected_share(specular: np.ndarray, roughness: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    """How much of the blurred surroundings comes back: (P,) each -> (P,). specular: what it reflects head-on (F0).

    Karis, "Physically based shading on mobile" (2014): the split sum in closed form.
    """
    faint = np.minimum((1.0 - roughness) ** 2, np.exp2(-9.28 * cosine)) * (1.0 - roughness) + 0.0425 - 0.0275 * roughness
    return specular * (1.04 - 0.572 * roughness - 1.04 * faint) + 1.04 * faint + 0.022 * roughness - 0.04


def resized(environment: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) -> (*size, 3): the mean of what falls into each texel, or the nearest one where it grows."""
    for axis, wanted in enumerate(size):
        present = environment.shape[axis]
        if present > wanted:
            starts = (np.arange(wanted) * present) // wanted
            counts = np.diff(np.append(starts, present)).reshape(-1, *[1] * (2 - axis))
            environment = np.add.reduceat(environment, starts, axis=axis) / counts
        else:
            environment = environment.take((np.arange(wanted) * present) // wanted, axis=axis)
    return environment


def _blurred(environment: np.ndarray, size: tuple[int, int], roughness: float) -> np.ndarray:
    if size == _SHARP_SIZE:
        return resized(environment, size)
    source = resized(environment, size).reshape(-1, 3)
    directions = environment_directions(*size).reshape(-1, 3).astype(np.float32)
    weights = _lobe(directions @ directions.T, roughness**4) * solid_angles(*size).reshape(-1).astype(np.float32)
    return (weights @ source / weights.sum(axis=1, keepdims=True)).reshape(*size, 3)


def _lamps(light: SceneLight, focus_m: np.ndarray, size: tuple[int, int], roughness: float) -> np.ndarray:
    """Highlights of the lamps, each as wide as its own points and the roughness make it: (h, w, 3) radiance."""
    sources = sources_of(SceneLight(np.zeros((1, 1, 3)), light.lamps))
    direction, strength = sources.near_at(np.asarray(focus_m, float)[None])
    suns = slice(FAR_COUNT, None)
    directions = np.concatenate([sources.far_directions[suns], direction[0]])
    irradiance = np.concatenate([sources.far_irradiance[suns], strength[0]])
    squared_alpha = roughness**4 + _LAMP_ALPHA
    lobes = _lobe(environment_directions(*size) @ directions.T, squared_alpha)
    total = (lobes * solid_angles(*size)[..., None]).sum(axis=(0, 1))
    return lobes @ (irradiance / np.maximum(total, 1e-9)[:, None])


def _lobe(cosine: np.ndarray, squared_alpha: float) -> np.ndarray:
    """GGX around the mirrored direction, seen head-on; not normed."""
    half_cosine_squared = 0.5 * (1.0 + np.clip(cosine, -1.0, 1.0))
    return np.maximum(cosine, 0.0) / (half_cosine_squared * (squared_alpha - 1.0) + 1.0) ** 2


def _bilinear(picture: np.ndarray, elevation: np.ndarray, azimuth: np.ndarray) -> np.ndarray:
    """(h, w, 3) at shares of its height and width, (P,) each, round the seam -> (P, 3)."""
    height, width = picture.shape[:2]
    row, column = np.clip(elevation * height - 0.5, 0.0, height - 1.0), azimuth * width - 0.5
    top, left = np.minimum(row.astype(int), height - 2), np.floor(column).astype(int)
    down, right = (row - top)[:, None].astype(np.float32), (column - left)[:, None].astype(np.float32)
    left, beside = left % width, (left + 1) % width
    upper = picture[top, left] * (1.0 - right) + picture[top, beside] * right
    lower = picture[top + 1, left] * (1.0 - right) + picture[top + 1, beside] * right
    return upper * (1.0 - down) + lower * down
