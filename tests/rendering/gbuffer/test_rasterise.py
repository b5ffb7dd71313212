from collections.abc import Iterator

import numpy as np
import pytest

from vivavoce.bridge.data import REGION_NAMES, Camera
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.rendering.gbuffer import Rasteriser, Stance, Surface, shown_human

TRIANGLES = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6]])
VERTICES = np.array(
    [[-0.1, -0.1, 0], [0.1, -0.1, 0], [0.1, 0.1, 0], [-0.1, 0.1, 0], [0, 0, 0.1], [0.05, 0, 0.1], [0.05, 0.05, 0.1]], np.float32
)


def _camera(shift_m: float = 0.0, side_px: int = 40) -> Camera:
    pose = np.eye(4)
    pose[:3, 3] = [shift_m, 0.0, 1.0]
    return Camera(pose, 2.0 * np.arctan(0.15), side_px, side_px)


@pytest.fixture(scope="module")
def square() -> Iterator[Rasteriser]:
    """A square, one half textured red, with a triangle before it."""
    surface = Surface(
        TRIANGLES, VERTICES, np.array([1, 7, 3], np.uint8), np.array([0.2, 0.4, 0.6]), np.full((7, 3), 0.5),
        np.array([-1, 0, -1]), (np.array([[[1.0, 0.0, 0.0]]]),), np.zeros((3, 3, 2)),
    )  # fmt: skip
    drawn = Rasteriser(surface)
    yield drawn
    drawn.close()


def test_channels_are_those_of_the_nearest_surface(square: Rasteriser):
    gbuffer = square.gbuffer(Stance(VERTICES, _camera()))
    assert gbuffer.alpha[20, 20] == 1.0
    assert gbuffer.alpha[2, 2] == 0.0
    assert np.isinf(gbuffer.depth_z_m[2, 2])
    np.testing.assert_allclose(gbuffer.normal[gbuffer.alpha > 0.0] @ [0.0, 0.0, 1.0], 1.0, atol=1e-5)
    assert gbuffer.region[18, 25] == 3  # the triangle in front
    np.testing.assert_allclose(gbuffer.depth_z_m[18, 25], 0.9, rtol=1e-5)
    assert gbuffer.region[30, 25] == 1
    np.testing.assert_allclose(gbuffer.depth_z_m[30, 25], 1.0, rtol=1e-5)
    np.testing.assert_allclose(gbuffer.roughness[30, 25], 0.2)
    np.testing.assert_allclose(gbuffer.albedo[10, 15], [0.5, 0.0, 0.0])
    np.testing.assert_allclose(gbuffer.albedo[30, 25], 0.5)


def test_anchors_are_points_of_the_surface_at_rest(square: Rasteriser):
    moved = VERTICES + np.array([0.02, 0.01, 0.0], np.float32)
    gbuffer = square.gbuffer(Stance(moved, _camera()))
    seen = np.isfinite(gbuffer.depth_z_m)
    np.testing.assert_allclose(gbuffer.anchor[seen] + [0.02, 0.01, 0.0], gbuffer.positions()[seen], atol=1e-4)


def test_motion_is_of_character_and_camera_by_parts_of_a_pixel(square: Rasteriser):
    before = Stance(VERTICES - np.array([0.0, 0.001, 0.0], np.float32), _camera(0.002))
    gbuffer = square.gbuffer(Stance(VERTICES, _camera()), before)
    focal_px = gbuffer.camera.focal_px
    np.testing.assert_allclose(gbuffer.motion_px[30, 25], [0.002 * focal_px, -0.001 * focal_px], atol=2e-3)
    assert not square.gbuffer(Stance(VERTICES, _camera())).motion_px.any()


def test_a_triangle_is_seen_from_behind_too():
    """Strands of hair are ribbons of one face."""
    surface = Surface(TRIANGLES[:2, ::-1], VERTICES[:4], np.array([1, 7]), np.ones(2), np.ones((4, 3)))
    drawn = Rasteriser(surface)
    gbuffer = drawn.gbuffer(Stance(VERTICES[:4], _camera()))
    drawn.close()
    assert [gbuffer.region[30, 25], gbuffer.region[10, 15]] == [1, 7]
    np.testing.assert_allclose(gbuffer.normal[30, 25], [0.0, 0.0, 1.0], atol=1e-5)


def test_out_of_view_is_empty(square: Rasteriser):
    assert square.gbuffer(Stance(VERTICES, _camera(5.0))).is_empty


def test_the_open_human_shows_its_regions():
    human = load_open_human()
    middle = human.joint_positions[human.joint_names.index("head")]
    pose = np.eye(4)
    pose[:3, 3] = middle + np.array([0.0, 0.02, 1.5])
    shown_once = shown_human(human)
    drawn = Rasteriser(shown_once.surface)
    gbuffer = drawn.gbuffer(Stance(shown_once.vertices(human.vertices), Camera(pose, 0.28, 96, 96)))
    drawn.close()
    shown = {REGION_NAMES[index] for index in np.unique(gbuffer.region)}
    assert {"background", "skin", "lips", "eyes", "hair", "clothes"} <= shown
    facing = (gbuffer.normal * (gbuffer.camera.position_m - gbuffer.positions())).sum(axis=-1)
    assert (facing[gbuffer.alpha == 1.0] > 0.0).mean() > 0.99


def test_two_at_a_time_do_not_end_each_other():
    surface = Surface(TRIANGLES[:2], VERTICES[:4], np.ones(2, np.uint8), np.ones(2), np.ones((4, 3)))
    first, second = Rasteriser(surface), Rasteriser(surface)
    stance = Stance(VERTICES[:4], _camera())
    shown = first.gbuffer(stance)
    second.gbuffer(stance)
    second.close()
    np.testing.assert_array_equal(first.gbuffer(stance).alpha, shown.alpha)
    first.close()
