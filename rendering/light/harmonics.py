"""Spherical harmonics to order 3: what a light is in a few numbers, and what a matt surface takes from it."""

import numpy as np

COEFFICIENT_COUNT = 16
COSINE_BANDS = np.repeat(np.pi * np.array([1.0, 2.0 / 3.0, 0.25, 0.0]), [1, 3, 5, 7])
"""A clamped cosine in each band (Ramamoorthi and Hanrahan 2001, equation 8)."""


def harmonics(directions: np.ndarray) -> np.ndarray:
    """The real orthonormal basis: unit directions (..., 3) -> (..., 16)."""
    x, y, z = np.moveaxis(np.asarray(directions), -1, 0)
    return np.stack(
        [
            np.full_like(x, 0.2820948),
            0.4886025 * y, 0.4886025 * z, 0.4886025 * x,
            1.0925484 * x * y, 1.0925484 * y * z, 0.3153916 * (3.0 * z * z - 1.0), 1.0925484 * x * z, 0.5462742 * (x * x - y * y),
            0.5900436 * y * (3.0 * x * x - y * y), 2.8906114 * x * y * z, 0.4570458 * y * (5.0 * z * z - 1.0),
            0.3731763 * z * (5.0 * z * z - 3.0), 0.4570458 * x * (5.0 * z * z - 1.0), 1.4453057 * z * (x * x - y * y),
            0.5900436 * x * (x * x - 3.0 * y * y),
        ],
        axis=-1,
    )  # fmt: skip


def light_coefficients(environment: np.ndarray, directions: np.ndarray, solid_angles: np.ndarray) -> np.ndarray:
    """Radiance (..., 3) from `directions` (..., 3) of `solid_angles` (...), sr -> (16, 3)."""
    basis = harmonics(directions).reshape(-1, COEFFICIENT_COUNT)
    return basis.T @ (environment * solid_angles[..., None]).reshape(-1, 3)


def irradiance_at(normals: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """What falls on a matt surface: unit normals (..., 3), (16, 3) -> (..., 3), never negative."""
    scaled = (coefficients * COSINE_BANDS[:, None]).astype(normals.dtype)
    return np.maximum(harmonics(normals) @ scaled, 0.0)
