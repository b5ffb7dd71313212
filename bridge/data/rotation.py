"""Rotations as numpy arrays: axis-angle (..., 3) in radians, quaternion_wxyz (..., 4), Euler angles, matrices."""

import numpy as np


def axis_angle_to_quaternion_wxyz(axis_angle: np.ndarray) -> np.ndarray:
    """(..., 3) -> (..., 4), unit length, float64."""
    axis_angle = np.asarray(axis_angle, np.float64)
    half = 0.5 * np.linalg.norm(axis_angle, axis=-1, keepdims=True)
    return np.concatenate([np.cos(half), 0.5 * np.sinc(half / np.pi) * axis_angle], axis=-1)


def quaternion_wxyz_to_axis_angle(quaternion_wxyz: np.ndarray) -> np.ndarray:
    """(..., 4) -> (..., 3), the shorter turn (angle at most pi), float64."""
    quaternion_wxyz = quaternion_wxyz * np.where(quaternion_wxyz[..., :1] < 0.0, -1.0, 1.0)
    vector = quaternion_wxyz[..., 1:]
    sine = np.linalg.norm(vector, axis=-1, keepdims=True)
    angle = 2.0 * np.arctan2(sine, quaternion_wxyz[..., :1])
    return vector * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 2.0)


def quaternion_product(left_wxyz: np.ndarray, right_wxyz: np.ndarray) -> np.ndarray:
    """Hamilton product (..., 4): the turn `right` first, then `left`."""
    scalar_l, vector_l = left_wxyz[..., :1], left_wxyz[..., 1:]
    scalar_r, vector_r = right_wxyz[..., :1], right_wxyz[..., 1:]
    scalar = scalar_l * scalar_r - np.sum(vector_l * vector_r, axis=-1, keepdims=True)
    return np.concatenate([scalar, scalar_l * vector_r + scalar_r * vector_l + np.cross(vector_l, vector_r)], axis=-1)


def composed_rotations(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """`second` applied in the frame that `first` has turned: axis-angle (..., 3) each -> (..., 3)."""
    return quaternion_wxyz_to_axis_angle(
        quaternion_product(axis_angle_to_quaternion_wxyz(first), axis_angle_to_quaternion_wxyz(second))
    )


def axis_angle_to_matrix(axis_angle: np.ndarray) -> np.ndarray:
    """(..., 3) -> (..., 3, 3), float64; columns are the turned axes."""
    w, x, y, z = np.moveaxis(axis_angle_to_quaternion_wxyz(axis_angle), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
