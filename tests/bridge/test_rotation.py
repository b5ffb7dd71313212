"""Identities: every conversion against another, against its inverse and at the edges of the sphere."""

import numpy as np
import pytest

from vivavoce.bridge.data.rotation import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion_wxyz,
    composed_rotations,
    quaternion_product,
    quaternion_wxyz_to_axis_angle,
)


def axis_angles(largest: float = 3.1, count: int = 2000, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    axes = rng.normal(size=(count, 3))
    return axes / np.linalg.norm(axes, axis=-1, keepdims=True) * rng.uniform(0.0, largest, (count, 1))


def test_quaternions_return_as_axis_angles():
    vectors = axis_angles()
    assert np.allclose(quaternion_wxyz_to_axis_angle(axis_angle_to_quaternion_wxyz(vectors)), vectors, atol=1e-12)


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e-20, 1e-9, 1e-4])
def test_tiny_turns_keep_their_value(scale):
    vectors = scale * axis_angles(1.0, 50)
    assert np.allclose(quaternion_wxyz_to_axis_angle(axis_angle_to_quaternion_wxyz(vectors)), vectors, rtol=1e-9, atol=0.0)


def test_quaternions_have_unit_length_and_a_sign_that_does_not_matter():
    quaternions = axis_angle_to_quaternion_wxyz(axis_angles(20.0))
    assert np.allclose(np.linalg.norm(quaternions, axis=-1), 1.0)
    assert np.allclose(quaternion_wxyz_to_axis_angle(-quaternions), quaternion_wxyz_to_axis_angle(quaternions))


def test_the_shorter_turn_is_told():
    vectors = axis_angles(20.0)
    shorter = quaternion_wxyz_to_axis_angle(axis_angle_to_quaternion_wxyz(vectors))
    assert np.linalg.norm(shorter, axis=-1).max() <= np.pi + 1e-12
    assert np.allclose(axis_angle_to_matrix(shorter), axis_angle_to_matrix(vectors), atol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_half_turns_are_finite_and_right(axis):
    vector = np.pi * np.eye(3)[axis]
    returned = quaternion_wxyz_to_axis_angle(axis_angle_to_quaternion_wxyz(vector))
    assert np.allclose(np.abs(returned), vector)


def test_matrices_are_rotations_and_turn_by_the_right_hand_rule():
    matrices = axis_angle_to_matrix(axis_angles())
    assert np.allclose(matrices @ np.swapaxes(matrices, -1, -2), np.eye(3), atol=1e-12)
    assert np.allclose(np.linalg.det(matrices), 1.0)
    assert np.allclose(axis_angle_to_matrix(np.array([0.0, np.pi / 2, 0.0])) @ [0.0, 0.0, 1.0], [1.0, 0.0, 0.0])


def test_a_matrix_leaves_its_axis_alone():
    vectors = axis_angles()
    assert np.allclose(np.einsum("nij,nj->ni", axis_angle_to_matrix(vectors), vectors), vectors, atol=1e-12)


def test_the_product_of_quaternions_is_the_product_of_matrices():
    first, second = axis_angles(seed=1), axis_angles(seed=2)
    product = quaternion_product(axis_angle_to_quaternion_wxyz(first), axis_angle_to_quaternion_wxyz(second))
    matrices = axis_angle_to_matrix(first) @ axis_angle_to_matrix(second)
    assert np.allclose(axis_angle_to_matrix(quaternion_wxyz_to_axis_angle(product)), matrices, atol=1e-12)


def test_composition_has_a_unit_an_inverse_and_is_associative():
    first, second, third = (axis_angles(seed=seed) for seed in (1, 2, 3))
    rest = np.zeros_like(first)
    assert np.allclose(composed_rotations(first, rest), first, atol=1e-12)
    assert np.allclose(composed_rotations(rest, first), first, atol=1e-12)
    assert np.allclose(composed_rotations(first, -first), 0.0, atol=1e-12)
    left = composed_rotations(composed_rotations(first, second), third)
    right = composed_rotations(first, composed_rotations(second, third))
    assert np.allclose(axis_angle_to_matrix(left), axis_angle_to_matrix(right), atol=1e-12)


def test_turns_about_one_axis_add_up():
    half = axis_angles(1.5)
    assert np.allclose(composed_rotations(half, half), 2.0 * half, atol=1e-12)


def test_leading_axes_pass_through():
    batch = axis_angles(count=24).reshape(2, 3, 4, 3)
    assert axis_angle_to_quaternion_wxyz(batch).shape == (2, 3, 4, 4)
    assert axis_angle_to_matrix(batch).shape == (2, 3, 4, 3, 3)
    assert composed_rotations(batch, batch[0]).shape == (2, 3, 4, 3)
    assert axis_angle_to_quaternion_wxyz(batch.astype(np.float32)).dtype == np.float64
