from itertools import permutations

import numpy as np
import pytest

from vivavoce.bridge.data.rotation import axis_angle_to_matrix
from vivavoce.bridge.formats.euler import axis_angle_to_euler, euler_to_axis_angle

ORDERS = ["".join(letters) for letters in permutations("XYZ")]


def turn(letter: str, angle: float) -> np.ndarray:
    return axis_angle_to_matrix(angle * np.eye(3)["XYZ".index(letter)])


@pytest.mark.parametrize("order", ORDERS)
def test_angles_are_turns_from_the_parent_down(order):
    angles = (0.3, -0.7, 1.9)
    matrix = turn(order[0], angles[0]) @ turn(order[1], angles[1]) @ turn(order[2], angles[2])
    assert np.allclose(axis_angle_to_matrix(euler_to_axis_angle(np.array(angles), order)), matrix)


@pytest.mark.parametrize("order", ORDERS)
def test_axis_angles_return_as_the_same_float32(order):
    rng = np.random.default_rng(0)
    axes = rng.normal(size=(5000, 3))
    vectors = (axes / np.linalg.norm(axes, axis=-1, keepdims=True) * rng.uniform(0, 3.14, (5000, 1))).astype(np.float32)
    returned = euler_to_axis_angle(axis_angle_to_euler(vectors, order), order)
    assert np.array_equal(returned.astype(np.float32), vectors)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("offset", [0.0, 1e-12, 1e-9, 1e-7, -1e-5])
@pytest.mark.parametrize("middle", [np.pi / 2, -np.pi / 2])
def test_gimbal_lock_keeps_the_rotation(order, offset, middle):
    rotation = euler_to_axis_angle(np.array([0.4, middle + offset, -1.1]), order)
    returned = euler_to_axis_angle(axis_angle_to_euler(rotation, order), order)
    assert np.allclose(axis_angle_to_matrix(returned), axis_angle_to_matrix(rotation), atol=1e-7)


def test_shapes_pass_through_and_rest_is_exactly_zero():
    assert axis_angle_to_euler(np.zeros((2, 4, 3)), "ZXY").shape == (2, 4, 3)
    assert not np.any(axis_angle_to_euler(np.zeros(3), "YXZ"))
    assert not np.any(euler_to_axis_angle(np.zeros((5, 3)), "YXZ"))
