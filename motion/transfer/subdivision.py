"""One round of Loop subdivision: a source coarser than its target must not leave its facets there."""

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack

from .mesh import HeadMesh


def subdivided(mesh: HeadMesh) -> tuple[HeadMesh, csr_matrix]:
    """Four triangles for one, and the matrix (V + E, V) that takes values of the vertices there (Loop 1987)."""
    halves = np.sort(mesh.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges, number, uses = np.unique(halves, axis=0, return_inverse=True, return_counts=True)
    number = number.reshape(-1, 3)
    count = len(mesh.vertices)
    matrix = csr_matrix(vstack([_even(count, edges, uses), _odd(count, mesh.triangles, edges, number, uses)]))
    a, b, c = mesh.triangles.T
    ab, bc, ca = (count + number).T
    triangles = np.concatenate([np.stack(face, axis=1) for face in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    return HeadMesh(matrix @ mesh.vertices, triangles), matrix


def _odd(count: int, triangles: np.ndarray, edges: np.ndarray, number: np.ndarray, uses: np.ndarray) -> csr_matrix:
    """New vertices: 3/8 of an edge's ends and 1/8 of the corners across; the middle of a border edge."""
    own = np.where(uses == 2, 3.0 / 8.0, 0.5)
    rows, columns = np.repeat(np.arange(len(edges)), 2), edges.ravel()
    across_rows, across_columns = number.ravel(), triangles[:, [2, 0, 1]].ravel()
    across = np.where(uses[across_rows] == 2, 1.0 / 8.0, 0.0)
    values = np.concatenate([np.repeat(own, 2), across])
    places = (np.concatenate([rows, across_rows]), np.concatenate([columns, across_columns]))
    matrix = csr_matrix((values, places), (len(edges), count))
    return diags(1.0 / np.asarray(matrix.sum(axis=1)).ravel()) @ matrix


def _even(count: int, edges: np.ndarray, uses: np.ndarray) -> csr_matrix:
    """Old vertices: drawn to their neighbours, those of a border to their neighbours on it only."""
    on_border = np.zeros(count, bool)
    on_border[edges[uses != 2]] = True
    start, end = np.concatenate([edges, edges[:, ::-1]]).T
    is_border_edge = np.tile(uses != 2, 2)
    counts = ~on_border[start] | is_border_edge
    start, end = start[counts], end[counts]
    valence = np.maximum(np.bincount(start, minlength=count), 1)
    beta = (5.0 / 8.0 - (3.0 / 8.0 + 0.25 * np.cos(2.0 * np.pi / valence)) ** 2) / valence
    share = np.where(on_border, 0.25 / valence, beta)
    values = csr_matrix((share[start], (start, end)), (count, count))
    return values + diags(1.0 - np.asarray(values.sum(axis=1)).ravel())
