"""Cutting a surface along a level of a scalar field, and doubling its resolution: both as weights on the vertices it had."""

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, vstack

from .parts import edges


def subdivided(quads: np.ndarray, vertex_count: int) -> tuple[csr_matrix, np.ndarray]:
    """Each quad in four. quads (F, 4), no triangles -> matrix (V', V) that makes the new vertices of the old, quads (4F, 4)."""
    pairs = edges(quads)
    number = {(int(a), int(b)): vertex_count + index for index, (a, b) in enumerate(pairs)}
    middles = [[number[min(a, b), max(a, b)] for a, b in zip(quad, np.roll(quad, -1), strict=True)] for quad in quads.tolist()]
    centre = vertex_count + len(pairs) + np.arange(len(quads))
    edge = np.array(middles)
    new = [np.stack([quads[:, i], edge[:, i], centre, edge[:, i - 1]], axis=1) for i in range(4)]
    halves = _rows(pairs, 0.5, vertex_count)
    quarters = _rows(quads, 0.25, vertex_count)
    return csr_matrix(vstack([_identity(vertex_count), halves, quarters])), np.concatenate(new)


def cut(quads: np.ndarray, field: np.ndarray) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """Split every face that the zero level of field (V,) crosses.

    Returns a matrix (V', V) that makes all vertices of the old, the faces (F', 4), and which of them lie inside (field > 0).
    """
    crossing: dict[tuple[int, int], int] = {}
    shares: list[tuple[int, int, float]] = []
    faces: list[list[int]] = []
    positive: list[bool] = []
    inside = field > 0.0
    for quad in quads.tolist():
        corners = list(dict.fromkeys(quad))
        for sign in (True, False):
            polygon: list[int] = []
            for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
                if inside[a] == sign:
                    polygon.append(a)
                if inside[a] != inside[b]:
                    key = (min(a, b), max(a, b))
                    if key not in crossing:
                        crossing[key] = len(field) + len(shares)
                        shares.append((*key, float(field[key[0]] / (field[key[0]] - field[key[1]]))))
                    polygon.append(crossing[key])
            pieces = _quads_of(polygon)
            faces += pieces
            positive += [sign] * len(pieces)
    rows = np.repeat(np.arange(len(shares)), 2)
    columns = np.array([[a, b] for a, b, _ in shares], int).ravel()
    values = np.array([[1.0 - share, share] for _, _, share in shares]).ravel()
    added = coo_matrix((values, (rows, columns)), shape=(len(shares), len(field)))
    return csr_matrix(vstack([_identity(len(field)), added])), np.array(faces), np.array(positive)


def boundary_edges(quads: np.ndarray) -> np.ndarray:
    """Edges with one face only, (E, 2), in the direction in which their face runs through them."""
    directed = np.concatenate([quads[:, [0, 1]], quads[:, [1, 2]], quads[:, [2, 3]], quads[:, [3, 0]]])
    directed = directed[directed[:, 0] != directed[:, 1]]
    _, index, count = np.unique(np.sort(directed, axis=1), axis=0, return_index=True, return_counts=True)
    return directed[index[count == 1]]


def _quads_of(polygon: list[int]) -> list[list[int]]:
    if len(polygon) < 3:
        return []
    if len(polygon) == 3:
        return [[*polygon, polygon[-1]]]
    if len(polygon) == 4:
        return [polygon]
    return [polygon[:4], *_quads_of([polygon[0], *polygon[3:]])]


def _identity(size: int) -> coo_matrix:
    return coo_matrix((np.ones(size), (np.arange(size), np.arange(size))), shape=(size, size))


def _rows(groups: np.ndarray, value: float, columns: int) -> coo_matrix:
    rows = np.repeat(np.arange(len(groups)), groups.shape[1])
    return coo_matrix((np.full(groups.size, value), (rows, groups.ravel())), shape=(len(groups), columns))
