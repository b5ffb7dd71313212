"""Deformation transfer (Sumner & Popovic 2004) as a Poisson problem on the target's skin, with a soft pull."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import splu

from .labels import INSIDE, Labels
from .mesh import HeadMesh
from .registration import Registration, label_pairs
from .surface import SurfacePoints, labelled_nearest_points

_INSIDE_WEIGHT = 0.03
_PULL = 30.0
"""Of a closest-point displacement against a gradient, on a surface of area 1."""
_HOLD = 100.0


@dataclass(frozen=True, eq=False)
class Correspondence:
    """Where on the source's skin the middle of each of the target's triangles lies (T), and each of its vertices (V)."""

    triangles: SurfacePoints
    vertices: SurfacePoints


def correspondence(fitted: HeadMesh, triangle_labels: np.ndarray, target: HeadMesh, target_labels: Labels) -> Correspondence:
    """fitted: the source's skin laid on the target's, and the labels of its triangles."""
    centres = target.vertices[target.triangles].mean(axis=1)
    size = np.linalg.norm(target.triangle_normals, axis=1, keepdims=True)
    normals = target.triangle_normals / np.maximum(size, 1e-20)
    triangles, _, _ = labelled_nearest_points(fitted, triangle_labels, centres, label_pairs(target_labels.triangle), normals)
    vertex_pairs = label_pairs(target_labels.vertex)
    vertices, _, _ = labelled_nearest_points(fitted, triangle_labels, target.vertices, vertex_pairs, target.normals)
    return Correspondence(triangles, vertices)


def gradient(mesh: HeadMesh) -> csr_matrix:
    """(3T, V): the gradient of a function of the vertices on each triangle."""
    normal = mesh.triangle_normals
    double_area = np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20)
    unit, blocks = normal / double_area, []
    for corner in range(3):
        start, end = (mesh.vertices[mesh.triangles[:, (corner + step) % 3]] for step in (1, 2))
        blocks.append(np.cross(unit, end - start) / double_area)
    count = len(mesh.triangles)
    rows = np.repeat(np.arange(3 * count), 3)
    columns = np.repeat(mesh.triangles, 3, axis=0).ravel()
    return csr_matrix((np.stack(blocks, axis=2).reshape(-1), (rows, columns)), (3 * count, len(mesh.vertices)))


def deformation_gradients(mesh: HeadMesh, moved: np.ndarray) -> np.ndarray:
    """(T, 3, 3): what turns and stretches each triangle, and its normal, from rest to moved (V, 3)."""
    rest, now = _frames(mesh.vertices, mesh.triangles), _frames(moved, mesh.triangles)
    flat = np.abs(np.linalg.det(rest)) < 1e-30
    rest[flat], now[flat] = np.eye(3), np.eye(3)
    return now @ np.linalg.inv(rest)


def _frames(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(T, 3, 3), columns: two edges and the normal scaled as the edges are."""
    a, b, c = vertices[triangles].swapaxes(0, 1)
    normal = np.cross(b - a, c - a)
    length = np.sqrt(np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20))
    return np.stack([b - a, c - a, normal / length], axis=2)


def mean_at_vertices(mesh: HeadMesh, values: np.ndarray) -> np.ndarray:
    """The mean of the triangles' values (T, ...) around each vertex by area: a coarse source must not leave facets."""
    area = 0.5 * np.linalg.norm(mesh.triangle_normals, axis=1)
    corner, owner = mesh.triangles.ravel(), np.repeat(np.arange(len(area)), 3)
    share = csr_matrix((area[owner], (corner, owner)), (len(mesh.vertices), len(area)))
    total = np.maximum(np.asarray(share.sum(axis=1)).ravel(), 1e-20)
    mean = diags(1.0 / total) @ share @ values.reshape(len(values), -1)
    return mean.reshape(len(mesh.vertices), *values.shape[1:])


class DeformationTransfer:
    """Factored once for a target; `transferred` then takes one shape after the other."""

    def __init__(
        self, source: HeadMesh, target: HeadMesh, labels: Labels, link: Correspondence, fit: Registration, held: np.ndarray
    ):
        """held (V,): vertices of the target that stay where they are."""
        self._source, self._target, self._link, self._fit = source, target, link, fit
        area = 0.5 * np.linalg.norm(target.triangle_normals, axis=1)
        weight = area * np.where(np.isin(labels.triangle, INSIDE), _INSIDE_WEIGHT, 1.0)
        self._gradient = gradient(target)
        self._divergence = self._gradient.T @ diags(np.repeat(weight, 3))
        total = area.sum()
        outside = ~np.isin(labels.vertex, INSIDE)
        self._pull = _PULL * target.vertex_areas / total * outside
        hold = held * _HOLD
        self._factored = splu((self._divergence @ self._gradient + diags(self._pull + hold + 1e-9)).tocsc())

    def transferred(self, offsets: np.ndarray) -> np.ndarray:
        """A shape's offsets on the source's skin (Vs, 3) -> on the target's (Vt, 3)."""
        gradients = deformation_gradients(self._source, self._source.vertices + offsets) - np.eye(3)
        turn = self._fit.rotation
        turned = turn @ self._link.triangles.of(mean_at_vertices(self._source, gradients)) @ turn.T
        rest = (self._gradient @ self._target.vertices).reshape(-1, 3, 3)
        wanted = np.einsum("tij,tkj->tki", turned, rest).reshape(-1, 3)
        pulled = self._fit.scale * self._link.vertices.of(offsets) @ turn.T
        return self._factored.solve(self._divergence @ wanted + self._pull[:, None] * pulled)
