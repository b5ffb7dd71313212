import numpy as np
import pytest

from vivavoce.bridge.data import Camera, GBuffer
from vivavoce.bridge.errors import InvalidInput


def camera(width: int = 8, height: int = 6) -> Camera:
    pose = np.eye(4)
    pose[:3, :3] = [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]  # looks along -X
    pose[:3, 3] = (2.0, 1.5, 0.3)
    return Camera(pose, np.radians(40.0), width, height)


def gbuffer(depth_m: np.ndarray, seen: Camera) -> GBuffer:
    size = (seen.height, seen.width)
    flat, triple = np.zeros(size), np.zeros((*size, 3))
    return GBuffer(seen, triple, triple, depth_m, flat, flat, np.zeros((*size, 2)), np.isfinite(depth_m), triple)


def test_a_point_on_the_axis_is_the_middle_of_the_picture():
    pixel, depth_m = camera().projected(np.array([1.0, 1.5, 0.3]))
    assert np.allclose(pixel, (4.0, 3.0))
    assert depth_m == pytest.approx(1.0)


def test_positions_project_onto_their_own_pixels():
    seen = camera()
    depth_m = np.full((6, 8), 1.7)
    depth_m[0, 0] = np.inf
    positions = gbuffer(depth_m, seen).positions()
    pixels, depths = seen.projected(positions)
    columns, rows = np.meshgrid(np.arange(8) + 0.5, np.arange(6) + 0.5)
    there = np.isfinite(depth_m)
    assert np.isnan(positions[0, 0]).all()
    assert np.allclose(pixels[there], np.stack([columns, rows], axis=-1)[there], atol=1e-4)
    assert np.allclose(depths[there], 1.7, atol=1e-6)


def test_what_is_no_camera_is_refused():
    for pose, fov, side in ((np.eye(4) * 2, 0.5, 8), (np.eye(3), 0.5, 8), (np.eye(4), 0.0, 8), (np.eye(4), 0.5, 0)):
        with pytest.raises(InvalidInput):
            Camera(pose, fov, side, side)


def test_wrong_sizes_and_unknown_regions_are_refused():
    seen = camera()
    with pytest.raises(InvalidInput, match="depth_z_m"):
        gbuffer(np.ones((3, 3)), seen)
    whole = gbuffer(np.full((6, 8), np.inf), seen)
    assert whole.is_empty
    with pytest.raises(InvalidInput, match="region"):
        GBuffer(**{**vars(whole), "region": np.full((6, 8), 9)})
