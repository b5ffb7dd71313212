import numpy as np

from vivavoce.addon.core.axes import y_up_to_z_up, z_up_to_y_up
from vivavoce.bridge.data.rotation import axis_angle_to_matrix


def test_up_and_forward_become_blenders() -> None:
    np.testing.assert_array_equal(y_up_to_z_up(np.array([0.0, 1.0, 0.0])), [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(y_up_to_z_up(np.array([0.0, 0.0, 1.0])), [0.0, -1.0, 0.0])


def test_there_and_back() -> None:
    vectors = np.random.default_rng(0).normal(size=(4, 5, 3)).astype(np.float32)
    np.testing.assert_array_equal(z_up_to_y_up(y_up_to_z_up(vectors)), vectors)
    assert y_up_to_z_up(vectors).dtype == np.float32


def test_a_converted_rotation_turns_converted_points() -> None:
    random = np.random.default_rng(1)
    turn, point = random.normal(size=3), random.normal(size=3)
    turned = y_up_to_z_up(axis_angle_to_matrix(turn) @ point)
    np.testing.assert_allclose(axis_angle_to_matrix(y_up_to_z_up(turn)) @ y_up_to_z_up(point), turned)
