"""Noise that is fixed to a surface: the same spot of a character has the same noise in every frame and from every side."""

from itertools import product

import numpy as np

CELL_M = 0.004
"""Between the knots of the noise: about a pixel of a head that fills a picture of 256."""
CHANNELS = 3
_PRIMES = np.array([73856093, 19349663, 83492791], np.uint64)


def surface_noise(anchor: np.ndarray, seed: int) -> np.ndarray:
    """Normal noise of variance 1 at places on the character at rest. anchor: (..., 3), metres -> (..., 3).

    Between its knots it is blended and scaled so that its variance stays: it moves with the face and never jumps.
    """
    anchor = np.nan_to_num(np.asarray(anchor, np.float64))
    is_somewhere = anchor.any(axis=-1)
    noise = np.empty((*is_somewhere.shape, CHANNELS), np.float32)
    # Where no surface is, a G-buffer's anchor is 0: half of a picture has one noise, which is made once.
    noise[~is_somewhere] = _at(np.zeros(3), seed)
    noise[is_somewhere] = _at(anchor[is_somewhere], seed)
    return noise


def _at(anchor: np.ndarray, seed: int) -> np.ndarray:
    scaled = anchor / CELL_M
    floor = np.floor(scaled)
    share = (scaled - floor).astype(np.float32)
    knot = floor.astype(np.int64)
    total = np.zeros((*scaled.shape[:-1], CHANNELS), np.float32)
    square = np.zeros(scaled.shape[:-1], np.float32)
    for corner in product((0, 1), repeat=3):
        weight = np.prod(np.where(corner, share, 1.0 - share), axis=-1)
        total += weight[..., None] * _normal(knot + corner, seed)
        square += weight**2
    return total / np.sqrt(square)[..., None]


def _normal(knots: np.ndarray, seed: int) -> np.ndarray:
    """Normal numbers of whole places. knots: (..., 3) -> (..., CHANNELS) float32."""
    with np.errstate(over="ignore"):
        base = (knots.astype(np.uint64) * _PRIMES).sum(axis=-1) + np.uint64(seed) * np.uint64(2654435761)
        words = [_mixed(base + np.uint64(channel) * np.uint64(0x9E3779B97F4A7C15)) for channel in range(CHANNELS)]
    # The sum of four even bytes' 16 bits is near enough to normal, and costs a tenth of an inverse error function.
    parts = np.stack(
        [sum(((word >> np.uint64(shift)) & np.uint64(0xFFFF)) for shift in (0, 16, 32, 48)) for word in words], axis=-1
    )
    return (parts.astype(np.float32) / 65535.0 - 2.0) * np.float32(np.sqrt(3.0))


def _mixed(words: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
