import numpy as np
import pytest

from vivavoce.bridge.data import Lamp, SceneLight, environment_directions
from vivavoce.bridge.errors import InvalidInput


def test_directions_cover_the_sphere_evenly_by_solid_angle():
    directions = environment_directions(32, 64)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=-1), 1.0)
    solid_angle = np.sqrt(1.0 - directions[..., 1] ** 2)
    np.testing.assert_allclose((directions * solid_angle[..., None]).sum(axis=(0, 1)), 0.0, atol=1e-9)
    assert directions[0, 0, 1] > 0.99  # up
    assert directions[16, 32, 2] > 0.99  # ahead of the face
    assert directions[16, 48, 0] > 0.99  # its left


def test_a_lamp_shines_along_its_own_minus_z():
    lamp = Lamp("sun", np.eye(4), np.ones(3))
    np.testing.assert_array_equal(lamp.toward, [0.0, 0.0, -1.0])


@pytest.mark.parametrize(
    "environment", [np.zeros((4, 8)), np.full((4, 8, 3), -1.0), np.full((4, 8, 3), np.nan), np.zeros((0, 8, 3))]
)
def test_what_is_no_radiance_is_refused(environment):
    with pytest.raises(InvalidInput, match="environment"):
        SceneLight(environment)


def test_an_unknown_lamp_is_refused():
    with pytest.raises(InvalidInput, match="one of sun"):
        Lamp("torch", np.eye(4), np.ones(3))
    with pytest.raises(InvalidInput, match="strength"):
        Lamp("sun", np.eye(4), np.ones(4))
