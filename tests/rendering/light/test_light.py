from dataclasses import replace

import numpy as np
import pytest

from vivavoce.bridge.data import Lamp, SceneLight, environment_directions
from vivavoce.rendering.light import PreparedLight, fit_light, light_buffers
from vivavoce.rendering.light.harmonics import irradiance_at, light_coefficients
from vivavoce.rendering.light.sources import solid_angles

from ..sphere import DISTANCE_M, ball

HEAD = np.zeros(3)


def _sky(directions: np.ndarray) -> np.ndarray:
    """Bright above, warm on the left."""
    return 0.3 + np.stack(
        [0.5 + 0.5 * directions[..., 0], 0.3 + 0.3 * directions[..., 1], np.full(directions.shape[:-1], 0.3)], -1
    )


def test_an_even_sky_falls_on_every_normal_alike():
    gbuffer = ball()
    buffers = light_buffers(gbuffer, PreparedLight(SceneLight(np.ones((16, 32, 3))), HEAD))
    seen = gbuffer.alpha > 0.0
    np.testing.assert_allclose(buffers.unshadowed[seen], np.pi, rtol=0.01)
    np.testing.assert_allclose(buffers.ambient_occlusion[seen], 1.0, atol=0.1)
    np.testing.assert_allclose(buffers.irradiance[seen], np.pi, rtol=0.1)
    np.testing.assert_allclose(np.median(buffers.reflection[seen], axis=0), 1.0, rtol=0.05)
    assert not buffers.irradiance[~seen].any()


def test_harmonics_give_the_irradiance_of_a_smooth_sky():
    directions = environment_directions(32, 64)
    coefficients = light_coefficients(_sky(directions), directions, solid_angles(32, 64))
    normals = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.6, 0.8]])
    weights = np.maximum(np.einsum("nc,hwc->nhw", normals, directions), 0.0) * solid_angles(32, 64)
    np.testing.assert_allclose(
        irradiance_at(normals, coefficients), np.einsum("nhw,hwc->nc", weights, _sky(directions)), rtol=0.01
    )


@pytest.mark.parametrize("kind", ["sun", "point", "area", "spot"])
def test_a_lamp_beside_the_camera_lights_what_faces_it(kind: str):
    pose = np.eye(4)
    pose[2, 3] = DISTANCE_M
    lamp = Lamp(kind, pose, np.array([1.0, 2.0, 3.0]), (0.05, 0.05))
    gbuffer = ball(32)
    irradiance = light_buffers(gbuffer, PreparedLight(SceneLight(np.zeros((4, 8, 3)), (lamp,)), HEAD)).unshadowed[16, 16]
    distance_m = gbuffer.depth_z_m[16, 16]
    expected = {"sun": 1.0, "area": 1.0 / (np.pi * distance_m**2)}.get(kind, 1.0 / (4.0 * np.pi * distance_m**2))
    np.testing.assert_allclose(irradiance, expected * lamp.strength, rtol=0.02)


def test_what_stands_before_a_surface_takes_its_light():
    flat = ball(96)
    depth_m = flat.depth_z_m.copy()
    depth_m[:, 36:48] -= 0.05  # a wall before the ball
    wall = replace(flat, depth_z_m=depth_m)
    left = np.zeros((4, 8, 3))
    left[1:3, 0:4] = 1.0  # from the character's right: the picture's left
    light = PreparedLight(SceneLight(left), HEAD)
    beside, open_side = (slice(40, 56), slice(49, 52)), (slice(40, 56), slice(70, 74))
    shares = [light_buffers(wall, light).irradiance[place].mean() / light_buffers(flat, light).irradiance[place].mean()
              for place in (beside, open_side)]  # fmt: skip
    assert shares[0] < 0.6
    assert shares[1] > 0.8


def test_what_is_lit_lights_what_lies_beside_it():
    flat = ball(96)
    depth_m = flat.depth_z_m.copy()
    depth_m[:, 36:48] -= 0.05
    albedo = flat.albedo.copy()
    albedo[:, 36:48] = [0.0, 0.9, 0.0]
    buffers = light_buffers(replace(flat, depth_z_m=depth_m, albedo=albedo), PreparedLight(SceneLight(np.ones((4, 8, 3))), HEAD))
    beside, far = buffers.bounced[40:56, 49:52].mean(axis=(0, 1)), buffers.bounced[40:56, 72:76].mean(axis=(0, 1))
    assert beside[1] > 2.0 * beside[0]
    assert beside[1] > 3.0 * far[1]


def test_the_light_of_a_hero_frame_is_found_again():
    directions = environment_directions(16, 32)
    light = PreparedLight(SceneLight(_sky(directions)), HEAD)
    hero, other = ball(), ball(azimuth_rad=0.4)
    picture = hero.albedo / np.pi * light_buffers(hero, light).irradiance
    found = light_buffers(other, PreparedLight(fit_light([picture], [hero]), HEAD)).irradiance
    truth = light_buffers(other, light).irradiance
    seen = other.alpha > 0.0
    assert np.abs(found - truth)[seen].mean() < 0.06 * truth[seen].mean()
