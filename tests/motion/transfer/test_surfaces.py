"""Meshes, rays, nearest points, subdivision and gradients, on shapes whose answers are known."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.bridge.data.rotation import axis_angle_to_matrix
from vivavoce.motion.transfer.deformation import deformation_gradients, gradient, mean_at_vertices
from vivavoce.motion.transfer.mesh import HeadMesh, triangulated, welded
from vivavoce.motion.transfer.raster import Grid, front_view, outward_view
from vivavoce.motion.transfer.registration import similarity
from vivavoce.motion.transfer.subdivision import subdivided
from vivavoce.motion.transfer.surface import nearest_points


def sheet(size: int = 8, z: float = 0.0) -> HeadMesh:
    """A square from -1 to 1 facing +Z."""
    line = np.linspace(-1.0, 1.0, size)
    x, y = (axis.ravel() for axis in np.meshgrid(line, line))
    corner = (np.arange(size - 1)[:, None] * size + np.arange(size - 1)).ravel()
    quads = np.stack([corner, corner + 1, corner + size + 1, corner + size], axis=1)
    return HeadMesh(np.stack([x, y, np.full_like(x, z)], axis=1), triangulated(quads))


def both(first: HeadMesh, second: HeadMesh) -> HeadMesh:
    triangles = np.concatenate([first.triangles, second.triangles + len(first.vertices)])
    return HeadMesh(np.concatenate([first.vertices, second.vertices]), triangles)


def test_borders_are_welded_and_touching_skin_is_not():
    beside = HeadMesh(sheet().vertices + np.array([2.0, 0.0, 0.0]), sheet().triangles)
    joined, number = welded(both(sheet(), beside))
    assert joined.components().max() == 0
    assert len(joined.vertices) == 2 * 64 - 8
    np.testing.assert_allclose(joined.vertices[number], both(sheet(), beside).vertices, atol=1e-9)
    stacked, _ = welded(both(sheet(8), sheet(8)))
    assert len(stacked.vertices) == 64 + 36


def test_the_nearest_sheet_is_seen_from_the_front_and_from_a_point():
    mesh = both(sheet(4, 0.0), sheet(4, 0.5))
    hits = front_view(mesh.vertices, mesh.triangles, Grid(-0.9, 0.9, 0.3, 7, 7))
    np.testing.assert_allclose(hits.point[..., 2], 0.5)
    x, y = hits.grid.places()
    np.testing.assert_allclose(hits.point[..., 0], np.tile(x, (7, 1)), atol=1e-12)
    np.testing.assert_allclose(hits.point[..., 1], np.tile(y[:, None], 7), atol=1e-12)
    outward = outward_view(mesh.vertices, mesh.triangles, np.array([0.0, 0.0, -1.0]), hits.grid)
    np.testing.assert_allclose(outward.point[..., 2], 0.0, atol=1e-12)
    beyond = front_view(mesh.vertices, mesh.triangles, Grid(5.0, 0.0, 0.1, 2, 2))
    assert np.all(beyond.triangle == -1)


def test_nearest_points_lie_under_the_points_or_on_the_border():
    mesh = sheet(5)
    points = np.array([[0.1, 0.2, 0.7], [3.0, 0.3, 0.0]])
    found, _, distance = nearest_points(mesh, np.arange(len(mesh.triangles)), points)
    np.testing.assert_allclose(found.of(mesh.vertices), [[0.1, 0.2, 0.0], [1.0, 0.3, 0.0]], atol=1e-12)
    np.testing.assert_allclose(distance, [0.7, 2.0])
    np.testing.assert_allclose(found.matrix(25) @ mesh.vertices, found.of(mesh.vertices))


def test_subdivision_keeps_flat_things_flat_and_rounds_corners():
    fine, matrix = subdivided(sheet(4))
    assert len(fine.triangles) == 4 * len(sheet(4).triangles)
    np.testing.assert_allclose(np.asarray(matrix.sum(axis=1)).ravel(), 1.0)
    np.testing.assert_allclose(fine.vertices[:, 2], 0.0)
    inner = np.abs(sheet(4).vertices[:, :2]).max(axis=1) < 0.9
    np.testing.assert_allclose(fine.vertices[:16][inner], sheet(4).vertices[inner], atol=1e-12)


def test_gradients_of_linear_fields_and_of_rotations_are_exact():
    mesh = sheet(5)
    slope = (gradient(mesh) @ (mesh.vertices @ [2.0, -3.0, 0.0])).reshape(-1, 3)
    np.testing.assert_allclose(slope, np.tile([2.0, -3.0, 0.0], (len(slope), 1)), atol=1e-9)
    rotation = axis_angle_to_matrix(np.array([0.3, -0.5, 0.2]))
    turned = mean_at_vertices(mesh, deformation_gradients(mesh, mesh.vertices @ rotation.T))
    np.testing.assert_allclose(turned, np.tile(rotation, (25, 1, 1)), atol=1e-9)


def test_a_similarity_is_found_again():
    rotation, points = axis_angle_to_matrix(np.array([0.1, 0.4, -0.3])), np.random.default_rng(3).standard_normal((9, 3))
    scale, found, offset = similarity(points, 1.7 * points @ rotation.T + [1.0, 2.0, 3.0])
    assert scale == pytest.approx(1.7)
    np.testing.assert_allclose(found, rotation, atol=1e-9)
    np.testing.assert_allclose(offset, [1.0, 2.0, 3.0], atol=1e-9)
