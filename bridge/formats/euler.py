"""Euler angles, which csv and BVH files speak, to and from axis-angle vectors.

Orders name intrinsic turns from the parent down: "ZXY" is the matrix Rz(a) @ Rx(b) @ Ry(c), as BVH lists its channels.
"""

import numpy as np

from ..data.rotation import axis_angle_to_matrix, axis_angle_to_quaternion_wxyz, quaternion_product, quaternion_wxyz_to_axis_angle

_GIMBAL_COSINE = 1e-8
"""Below this cosine of the middle angle the outer two turn about one axis: the last is then set to 0."""


def axis_angle_to_euler(axis_angle: np.ndarray, order: str) -> np.ndarray:
    """(..., 3) radians -> (..., 3) radians in the order of `order`, three different letters of XYZ; float64.

    The middle angle lies within pi/2 (Shoemake, Euler angle conversion, Graphics Gems IV).
    """
    i, j, k = _axes(order)
    sign = 1.0 if (j - i) % 3 == 1 else -1.0
    matrix = axis_angle_to_matrix(axis_angle)
    cosine = np.hypot(matrix[..., i, i], matrix[..., i, j])
    is_locked = cosine < _GIMBAL_COSINE
    first = np.where(
        is_locked,
        np.arctan2(sign * matrix[..., k, j], matrix[..., j, j]),
        np.arctan2(-sign * matrix[..., j, k], matrix[..., k, k]),
    )
    middle = np.arctan2(sign * matrix[..., i, k], cosine)
    last = np.where(is_locked, 0.0, np.arctan2(-sign * matrix[..., i, j], matrix[..., i, i]))
    return np.stack([first, middle, last], axis=-1)


def euler_to_axis_angle(euler: np.ndarray, order: str) -> np.ndarray:
    """(..., 3) radians in the order of `order` -> (..., 3) radians, the shorter turn; float64."""
    euler = np.asarray(euler, np.float64)
    first, middle, last = (
        axis_angle_to_quaternion_wxyz(euler[..., turn, None] * np.eye(3)[axis]) for turn, axis in enumerate(_axes(order))
    )
    return quaternion_wxyz_to_axis_angle(quaternion_product(quaternion_product(first, middle), last))


def _axes(order: str) -> tuple[int, int, int]:
    first, middle, last = ("XYZ".index(letter) for letter in order)
    return first, middle, last
