"""Rotations as matrices: the shortest one between two directions, and a share of one."""

import numpy as np

from ....bridge.data.rotation import axis_angle_to_matrix, quaternion_wxyz_to_axis_angle


def swing(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The shortest rotation that takes one direction to another: (..., 3), (..., 3) -> (..., 3, 3). Lengths do not matter."""
    before = before / np.maximum(np.linalg.norm(before, axis=-1, keepdims=True), 1e-12)
    after = after / np.maximum(np.linalg.norm(after, axis=-1, keepdims=True), 1e-12)
    axis = np.cross(before, after)
    sine, cosine = np.linalg.norm(axis, axis=-1, keepdims=True), np.sum(before * after, axis=-1, keepdims=True)
    across = np.cross(before, np.eye(3)[np.argmin(np.abs(before), axis=-1)])
    opposite = (sine < 1e-9) & (cosine < 0.0)
    axis = np.where(opposite, across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-12), axis)
    angle = np.arctan2(sine, cosine)
    return axis_angle_to_matrix(axis * np.where(opposite, np.pi, angle / np.maximum(sine, 1e-12)))


def matrix_to_quaternion_wxyz(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) -> (..., 4), unit length: of four ways the one whose divisor is largest (Shepperd 1978)."""
    trace = np.trace(matrix, axis1=-2, axis2=-1)
    diagonal = np.diagonal(matrix, axis1=-2, axis2=-1)
    squares = np.concatenate([trace[..., None], diagonal], axis=-1)
    skew = [matrix[..., k, j] - matrix[..., j, k] for j, k in ((1, 2), (2, 0), (0, 1))]
    both = {(i, j): matrix[..., i, j] + matrix[..., j, i] for i, j in ((0, 1), (0, 2), (1, 2))}
    ways = np.stack(
        [
            np.stack([1.0 + trace, *skew], axis=-1),
            np.stack([skew[0], 1.0 + 2.0 * diagonal[..., 0] - trace, both[0, 1], both[0, 2]], axis=-1),
            np.stack([skew[1], both[0, 1], 1.0 + 2.0 * diagonal[..., 1] - trace, both[1, 2]], axis=-1),
            np.stack([skew[2], both[0, 2], both[1, 2], 1.0 + 2.0 * diagonal[..., 2] - trace], axis=-1),
        ],
        axis=-2,
    )
    best = np.argmax(squares, axis=-1)[..., None, None]
    quaternion = np.take_along_axis(ways, best, axis=-2)[..., 0, :]
    return quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)


def matrix_to_axis_angle(matrix: np.ndarray) -> np.ndarray:
    """(..., 3, 3) -> (..., 3) radians."""
    return quaternion_wxyz_to_axis_angle(matrix_to_quaternion_wxyz(matrix))


def share_of_rotation(matrix: np.ndarray, share: float) -> np.ndarray:
    """A rotation about the same axis by `share` of the angle, which may be more than 1: (..., 3, 3) both."""
    return matrix if share == 1.0 else axis_angle_to_matrix(share * matrix_to_axis_angle(matrix))
