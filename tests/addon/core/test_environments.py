import numpy as np

from vivavoce.addon.core import environments
from vivavoce.bridge.data import environment_directions

PICTURE = np.random.default_rng(2).random((16, 32, 3))


def test_blenders_layout_is_its_own_inverse():
    np.testing.assert_array_equal(environments.as_blender_wants(environments.as_blender_wants(PICTURE)), PICTURE)


def test_blenders_layout_has_plus_x_in_the_middle_and_rows_upwards():
    towards_left, up = environment_directions(16, 32)[..., 0], environment_directions(16, 32)[..., 1]
    lit = environments.as_blender_wants(np.stack([towards_left, up, up], axis=-1))
    assert abs(lit[8, :, 0].argmax() - 15.5) < 1.0
    assert lit[-1, 0, 1] > 0.9


def test_a_full_turn_changes_nothing_and_a_part_of_one_moves_columns():
    np.testing.assert_array_equal(environments.turned(PICTURE, 1.0), PICTURE)
    np.testing.assert_array_equal(environments.turned(PICTURE, 0.25)[:, 8:], PICTURE[:, :-8])


def test_making_it_small_keeps_the_light():
    small = environments.reduced(PICTURE, 4)
    assert small.shape == (4, 8, 3)
    np.testing.assert_allclose(_total(small), _total(PICTURE), rtol=2e-2)


def _total(environment: np.ndarray) -> np.ndarray:
    """Radiance over all directions, with the exact solid angle of each row."""
    height, width, _ = environment.shape
    edges = np.sin(np.pi * (0.5 - np.arange(height + 1) / height))
    return np.einsum("h,hwc->c", 2.0 * np.pi * (edges[:-1] - edges[1:]) / width, environment)


def test_scaling_gives_the_wanted_mean():
    np.testing.assert_allclose(environments.mean_radiance(environments.scaled(PICTURE, 0.4)).mean(), 0.4)


def test_a_sky_goes_from_ground_to_zenith():
    ground, horizon, zenith = np.array([0.1, 0.1, 0.1]), np.array([0.5, 0.5, 0.5]), np.array([0.9, 0.9, 1.0])
    made = environments.sky(32, ground, horizon, zenith)
    np.testing.assert_allclose(made[0, 0], zenith, atol=0.02)
    np.testing.assert_allclose(made[-1, 0], ground, atol=0.02)
