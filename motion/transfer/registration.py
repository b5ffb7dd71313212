"""Laying one head's skin on another's: similarity, radial basis functions through landmarks, then non-rigid closest points."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import splu

from .labels import INSIDE, OPPOSITE, Labels
from .landmarks import Face, landmark_points
from .mesh import HeadMesh
from .surface import SurfacePoints, labelled_nearest_points

STIFFNESS = (1.0, 0.3, 0.1, 0.05, 0.02, 0.02, 0.01, 0.01)
"""Bending against closest points, step by step."""
_LANDMARK_WEIGHT, _INSIDE_TIE, _BENDING = 3.0, 0.3, 8e-5
_REACH, _MIN_COSINE = 0.25, 0.5
_RBF_SMOOTHING = 1e-6


@dataclass(frozen=True, eq=False)
class Registration:
    """fitted (V, 3): the source's skin laid on the target's; scale: lengths there / here; rotation (3, 3) from here to there.

    residual: mean distance between the two, in distances of the eyes.
    """

    fitted: np.ndarray
    scale: float
    rotation: np.ndarray
    residual: float


def registered(source: Face, source_labels: Labels, target: Face, target_labels: Labels) -> Registration:
    """The source's skin in the shape of the target's."""
    here, there = landmark_points(source), landmark_points(target)
    names = [name for name in here if name in there]
    places = SurfacePoints(
        np.concatenate([here[name][0].vertices for name in names]), np.concatenate([here[name][0].shares for name in names])
    )
    start, goal = places.of(source.skin.vertices), np.concatenate([there[name][1] for name in names])
    scale, rotation, offset = similarity(start, goal)
    aligned = scale * source.skin.vertices @ rotation.T + offset
    warped = _warped(aligned, places.of(aligned), goal, target.unit)
    fitted, residual = _fitted(HeadMesh(warped, source.skin.triangles), source_labels, places, goal, target, target_labels)
    return Registration(fitted, scale, rotation, residual / target.unit)


def similarity(start: np.ndarray, goal: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """scale, rotation (3, 3) and offset (3,) with goal = scale * rotation @ start + offset in least squares (Umeyama 1991)."""
    a, b = start - start.mean(axis=0), goal - goal.mean(axis=0)
    left, strength, right = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = left @ (sign[:, None] * right)
    scale = float(np.sum(strength * sign) / np.sum(a**2))
    return scale, rotation, goal.mean(axis=0) - scale * rotation @ start.mean(axis=0)


def _warped(vertices: np.ndarray, start: np.ndarray, goal: np.ndarray, unit: float) -> np.ndarray:
    """Vertices moved with the landmarks by a smooth warp of space."""
    _, first = np.unique(np.round(start / (1e-3 * unit)), axis=0, return_index=True)
    warp = RBFInterpolator(start[first] / unit, (goal - start)[first], kernel="linear", degree=1, smoothing=_RBF_SMOOTHING)
    return vertices + warp(vertices / unit)


def _fitted(
    mesh: HeadMesh, labels: Labels, places: SurfacePoints, goal: np.ndarray, target: Face, target_labels: Labels
) -> tuple[np.ndarray, float]:
    """Non-rigid closest points from `mesh`, which lies near already; the smooth unknown is the displacement from it."""
    count = len(mesh.vertices)
    bending, tie = bilaplacian(mesh), _graph_laplacian(mesh, np.isin(labels.vertex, INSIDE))
    at = places.matrix(count)
    outside = ~np.isin(labels.vertex, INSIDE)
    area = mesh.vertex_areas / mesh.vertex_areas.sum()
    share = _LANDMARK_WEIGHT / len(goal)
    moved, residual = mesh.vertices, 0.0
    for stiffness in STIFFNESS:
        found, weight, away = _closest(mesh.with_vertices(moved), labels, outside, target, target_labels)
        pull = area * weight
        system = diags(pull) + stiffness * bending + _INSIDE_TIE * tie + share * (at.T @ at) + 1e-9 * diags(np.ones(count))
        wanted = pull[:, None] * (found - mesh.vertices) + share * (at.T @ (goal - at @ mesh.vertices))
        moved = mesh.vertices + splu(system.tocsc()).solve(wanted)
        residual = float(np.sum(away * pull) / max(pull.sum(), 1e-12))
    return moved, residual


def _closest(
    mesh: HeadMesh, labels: Labels, outside: np.ndarray, target: Face, target_labels: Labels
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each vertex its nearest point of the same label, how far to trust it (0 or 1), and the distance."""
    members = np.flatnonzero(outside)
    allowed = label_pairs(labels.vertex[members])
    points, triangle, away = labelled_nearest_points(
        target.skin, target_labels.triangle, mesh.vertices[members], allowed, mesh.normals[members]
    )
    normals = target.skin.triangle_normals[triangle]
    cosine = np.einsum("nx,nx->n", normals, mesh.normals[members]) / np.maximum(np.linalg.norm(normals, axis=1), 1e-20)
    found, weight, distance = mesh.vertices.copy(), np.zeros(len(mesh.vertices)), np.zeros(len(mesh.vertices))
    found[members] = points.of(target.skin.vertices)
    weight[members] = (away < _REACH * target.unit) & (cosine > _MIN_COSINE)
    distance[members] = np.where(np.isfinite(away), away, 0.0)
    return found, weight, distance


def label_pairs(labels: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Which points may lie on triangles of which labels: inside on its like, outside on all but the other side of its slit."""
    pairs = []
    for label in np.unique(labels):
        outside = np.setdiff1d(np.arange(INSIDE[0]), [OPPOSITE.get(int(label), -1)])
        allowed = np.array([label]) if label in INSIDE else outside
        pairs.append((np.flatnonzero(labels == label), allowed))
    return pairs


def cotangent_laplacian(mesh: HeadMesh) -> csr_matrix:
    """(V, V), positive semi-definite; slivers are clamped."""
    count, rows, columns, values = len(mesh.vertices), [], [], []
    for corner in range(3):
        tip, start, end = (mesh.triangles[:, (corner + step) % 3] for step in range(3))
        u, v = mesh.vertices[start] - mesh.vertices[tip], mesh.vertices[end] - mesh.vertices[tip]
        sine = np.linalg.norm(np.cross(u, v), axis=1)
        cotangent = np.clip(np.sum(u * v, axis=1) / np.maximum(sine, 1e-20), 0.02, 20.0)
        rows += [start, end]
        columns += [end, start]
        values += [0.5 * cotangent] * 2
    adjacency = csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), (count, count))
    return diags(np.asarray(adjacency.sum(axis=1)).ravel()) - adjacency


def bilaplacian(mesh: HeadMesh) -> csr_matrix:
    """Bending of a displacement field over the surface, without a unit: (V, V)."""
    laplacian = cotangent_laplacian(mesh)
    total = mesh.vertex_areas.sum()
    inverse = 1.0 / np.maximum(mesh.vertex_areas, 1e-6 * total / len(mesh.vertices))
    return _BENDING * total * (laplacian @ diags(inverse) @ laplacian)


def _graph_laplacian(mesh: HeadMesh, members: np.ndarray) -> csr_matrix:
    """First-order tie of some vertices to their neighbours, (V, V), small against the whole area."""
    start, end = mesh.edges[members[mesh.edges].any(axis=1)].T
    count = len(mesh.vertices)
    weight = np.full(2 * len(start), 1.0 / max(count, 1))
    adjacency = csr_matrix((weight, (np.concatenate([start, end]), np.concatenate([end, start]))), (count, count))
    return diags(np.asarray(adjacency.sum(axis=1)).ravel()) - adjacency
