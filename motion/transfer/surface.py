"""Points of a surface: nearest ones, and values interpolated there."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import KDTree

from .mesh import HeadMesh

_CANDIDATES = 24


@dataclass(frozen=True, eq=False)
class SurfacePoints:
    """N points on triangles: vertices (N, 3) are the triangles' corners, shares (N, 3) their barycentric coordinates."""

    vertices: np.ndarray
    shares: np.ndarray

    def of(self, values: np.ndarray) -> np.ndarray:
        """Values at the points: (V, ...) -> (N, ...)."""
        return np.einsum("nc,nc...->n...", self.shares, values[self.vertices])

    def matrix(self, vertex_count: int) -> csr_matrix:
        """(N, V): what `of` multiplies by."""
        rows = np.repeat(np.arange(len(self.vertices)), 3)
        entries = (self.shares.ravel(), (rows, self.vertices.ravel()))
        return csr_matrix(entries, (len(self.vertices), vertex_count))


def nearest_points(
    mesh: HeadMesh, triangles: np.ndarray, points: np.ndarray, normals: np.ndarray | None = None
) -> tuple[SurfacePoints, np.ndarray, np.ndarray]:
    """The nearest points on some triangles (T,) of a mesh to points (N, 3); with normals (N, 3), those that face alike win.

    Returns the points, which triangle each lies on (N,), and how far away it is (N,).
    """
    corners = mesh.vertices[mesh.triangles[triangles]]
    count = min(_CANDIDATES, len(triangles))
    _, near = KDTree(corners.mean(axis=1)).query(points, k=count)
    near = np.asarray(near).reshape(len(points), count)
    shares = _nearest_shares(corners[near], points[:, None])
    places = np.einsum("nkc,nkcx->nkx", shares, corners[near])
    distance = np.linalg.norm(places - points[:, None], axis=2)
    penalty = 0.0 if normals is None else _facing_penalty(mesh.triangle_normals[triangles][near], normals)
    best = (distance * (1.0 + penalty)).argmin(axis=1)
    row = np.arange(len(points))
    chosen = triangles[near[row, best]]
    return SurfacePoints(mesh.triangles[chosen], shares[row, best]), chosen, distance[row, best]


def labelled_nearest_points(
    mesh: HeadMesh, triangle_labels: np.ndarray, points: np.ndarray, allowed: list[tuple[np.ndarray, np.ndarray]],
    normals: np.ndarray,
) -> tuple[SurfacePoints, np.ndarray, np.ndarray]:  # fmt: skip
    """nearest_points within labels. allowed: pairs of which points (numbers) and the labels that triangles for them may have."""
    vertices, shares = np.zeros((len(points), 3), int), np.zeros((len(points), 3))
    chosen, distance = np.zeros(len(points), int), np.full(len(points), np.inf)
    for members, labels in allowed:
        candidates = np.flatnonzero(np.isin(triangle_labels, labels))
        if not len(members) or not len(candidates):
            continue
        found, triangle, away = nearest_points(mesh, candidates, points[members], normals[members])
        vertices[members], shares[members] = found.vertices, found.shares
        chosen[members], distance[members] = triangle, away
    return SurfacePoints(vertices, shares), chosen, distance


def _facing_penalty(triangle_normals: np.ndarray, normals: np.ndarray) -> np.ndarray:
    size = np.maximum(np.linalg.norm(triangle_normals, axis=2), 1e-20)
    cosine = np.einsum("nkx,nx->nk", triangle_normals, normals) / size
    return np.where(cosine < 0.3, 3.0, 1.0 - cosine)


def _nearest_shares(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Barycentric coordinates of the nearest point of each triangle (..., 3, 3) to a point (..., 3)."""
    a, b, c = np.moveaxis(corners, -2, 0)
    inside = _plane_shares(a, b, c, points)
    best, best_distance = inside, np.where(np.all(inside >= 0.0, axis=-1), 0.0, np.inf)
    for first, second in ((0, 1), (1, 2), (2, 0)):
        start, end = corners[..., first, :], corners[..., second, :]
        along = end - start
        length = np.maximum(np.sum(along**2, axis=-1), 1e-30)
        share = np.clip(np.sum((points - start) * along, axis=-1) / length, 0.0, 1.0)
        distance = np.linalg.norm(start + share[..., None] * along - points, axis=-1)
        edge = np.zeros(inside.shape)
        edge[..., first], edge[..., second] = 1.0 - share, share
        nearer = distance < best_distance
        best = np.where(nearer[..., None], edge, best)
        best_distance = np.where(nearer, distance, best_distance)
    return best


def _plane_shares(a: np.ndarray, b: np.ndarray, c: np.ndarray, points: np.ndarray) -> np.ndarray:
    u, v, w = b - a, c - a, points - a
    uu, uv, vv = np.sum(u * u, axis=-1), np.sum(u * v, axis=-1), np.sum(v * v, axis=-1)
    wu, wv = np.sum(w * u, axis=-1), np.sum(w * v, axis=-1)
    area = uu * vv - uv * uv
    flat = area <= 1e-30 * np.maximum(uu * vv, 1e-30)
    area = np.where(flat, 1.0, area)
    second, third = (vv * wu - uv * wv) / area, (uu * wv - uv * wu) / area
    second = np.where(flat, -1.0, second)
    return np.stack([1.0 - second - third, second, third], axis=-1)
