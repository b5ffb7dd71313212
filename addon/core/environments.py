"""Surroundings as pictures of radiance: turned, scaled, painted, made small. (H, W, 3) as `environment_directions` has them."""

import numpy as np

from ...bridge.data import environment_directions


def turned(environment: np.ndarray, turn: float) -> np.ndarray:
    """Rolled about the vertical by a share of a full turn, to the nearest column."""
    return np.roll(environment, round(turn * environment.shape[1]), axis=1)


def scaled(environment: np.ndarray, level: float) -> np.ndarray:
    """With this mean radiance over all directions."""
    return environment * (level / max(float(mean_radiance(environment).mean()), 1e-9))


def mean_radiance(environment: np.ndarray) -> np.ndarray:
    """(3,): over all directions; rows near the poles are narrow."""
    weight = row_weights(len(environment))
    return np.einsum("h,hwc->c", weight, environment) / (weight.sum() * environment.shape[1])


def row_weights(height: int) -> np.ndarray:
    """(H,): the share of a row's texels in the sphere, up to a factor."""
    return np.cos(np.pi * (0.5 - (np.arange(height) + 0.5) / height))


def sky(height: int, ground: np.ndarray, horizon: np.ndarray, zenith: np.ndarray) -> np.ndarray:
    """(H, 2 H, 3): from one colour to the next with the sine of the elevation."""
    up = environment_directions(height, 2 * height)[..., 1:2]
    return horizon + np.clip(up, 0.0, 1.0) ** 0.7 * (zenith - horizon) + np.clip(-up, 0.0, 1.0) ** 0.5 * (ground - horizon)


def reduced(environment: np.ndarray, height: int) -> np.ndarray:
    """(height, 2 height, 3): means over texels, each weighted by its solid angle. Sides must be multiples."""
    factor = len(environment) // height
    weight = row_weights(len(environment))[:, None, None]
    blocks = (environment * weight).reshape(height, factor, 2 * height, factor, 3).sum(axis=(1, 3))
    return blocks / (factor * weight.reshape(height, factor, 1, 1).sum(axis=1))


def as_blender_wants(environment: np.ndarray) -> np.ndarray:
    """The same surroundings in the layout of Blender's environment textures, rows upwards, and back: it is its own inverse.

    There the middle column is +X and columns go on to -Y: mirrored, and a quarter of a turn away.
    """
    width = environment.shape[1]
    return np.roll(environment[::-1, ::-1], width // 4, axis=1)
