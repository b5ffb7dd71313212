"""HeadMesh: triangles and positions, and what follows from them alone."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

_WELD_SHARE = 1e-6


@dataclass(frozen=True, eq=False)
class HeadMesh:
    """vertices (V, 3): Y up, facing +Z, the character's left is +X, any unit; triangles (T, 3)."""

    vertices: np.ndarray
    triangles: np.ndarray

    @cached_property
    def edges(self) -> np.ndarray:
        """(E, 2), each once, the smaller index first."""
        return np.unique(np.sort(_half_edges(self.triangles), axis=1), axis=0)

    @cached_property
    def graph(self) -> csr_matrix:
        """(V, V) symmetric, edge lengths."""
        start, end = self.edges.T
        length = np.maximum(np.linalg.norm(self.vertices[start] - self.vertices[end], axis=1), 1e-12)
        rows, columns = np.concatenate([start, end]), np.concatenate([end, start])
        return csr_matrix((np.tile(length, 2), (rows, columns)), (len(self.vertices),) * 2)

    @cached_property
    def triangle_normals(self) -> np.ndarray:
        """(T, 3), as long as twice the triangle's area."""
        a, b, c = self.vertices[self.triangles].swapaxes(0, 1)
        return np.cross(b - a, c - a)

    @cached_property
    def normals(self) -> np.ndarray:
        """(V, 3), of length 1."""
        total = np.zeros_like(self.vertices)
        for corner in range(3):
            np.add.at(total, self.triangles[:, corner], self.triangle_normals)
        return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-20)

    @cached_property
    def vertex_areas(self) -> np.ndarray:
        """(V,): a third of the triangles around each vertex."""
        area = np.repeat(np.linalg.norm(self.triangle_normals, axis=1) / 6.0, 3)
        return np.bincount(self.triangles.ravel(), weights=area, minlength=len(self.vertices))

    def components(self) -> np.ndarray:
        """(V,): the number of the connected piece that a vertex belongs to."""
        return connected_components(self.graph, directed=False)[1]

    def with_vertices(self, vertices: np.ndarray) -> "HeadMesh":
        return HeadMesh(vertices, self.triangles)

    def geodesic(self, seeds: np.ndarray, limit: float = np.inf) -> np.ndarray:
        """Along edges from the nearest of the seeds to every vertex, (V,); inf beyond the limit."""
        return np.asarray(dijkstra(self.graph, directed=False, indices=seeds, limit=limit, min_only=True))

    def part(self, keep: np.ndarray) -> tuple["HeadMesh", np.ndarray]:
        """The triangles (T,) that are marked, and the numbers here of the vertices that they use."""
        used, triangles = np.unique(self.triangles[keep], return_inverse=True)
        return HeadMesh(self.vertices[used], triangles.reshape(-1, 3)), used


def triangulated(faces: np.ndarray) -> np.ndarray:
    """(F, 3) or (F, 4) faces, a triangle repeating an index -> (T, 3)."""
    if faces.shape[1] == 3:
        return faces
    split = np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])
    return split[_is_proper(split)]


def welded(mesh: HeadMesh) -> tuple[HeadMesh, np.ndarray]:
    """The mesh with borders that lie on each other joined, and for each vertex (V,) its number there.

    Only vertices on open edges are joined: lips and lids that touch keep apart.
    """
    halves = np.sort(_half_edges(mesh.triangles), axis=1)
    edges, count = np.unique(halves, axis=0, return_counts=True)
    border = np.unique(edges[count == 1])
    step = _WELD_SHARE * np.ptp(mesh.vertices, axis=0).max()
    _, first, group = np.unique(np.round(mesh.vertices[border] / step), axis=0, return_index=True, return_inverse=True)
    target = np.arange(len(mesh.vertices))
    target[border] = border[first][group.ravel()]
    kept, number = np.unique(target, return_inverse=True)
    triangles = number[mesh.triangles]
    return HeadMesh(mesh.vertices[kept], triangles[_is_proper(triangles)]), number


def _half_edges(triangles: np.ndarray) -> np.ndarray:
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])


def _is_proper(triangles: np.ndarray) -> np.ndarray:
    a, b, c = triangles.T
    return (a != b) & (b != c) & (c != a)
