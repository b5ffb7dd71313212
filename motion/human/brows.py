"""Eyebrows: fine hairs that lie on the brow ridge, rising at the nose and falling to the temple."""

import numpy as np
from scipy.spatial import KDTree

from .parts import MeshPart, joined, triangles, vertex_normals
from .strands import strand_part

_PATH_MM = np.array([(9.5, 16.6), (15.0, 18.0), (21.0, 19.6), (28.0, 21.2), (35.0, 22.2), (42.0, 21.6), (50.0, 18.4)])
"""The brow's middle line, left side: across and up from the middle between the eyes."""
_THICKNESS_MM = np.array([5.5, 8.6, 8.8, 7.6, 6.0, 4.0, 1.4])
_HAIRS = 520
_POINTS = 5


def brows(body: MeshPart, eye_middle: np.ndarray, seed: int = 5) -> MeshPart:
    """Both brows, near mirror images of each other, bound to the skin under them."""
    generator = np.random.default_rng(seed)
    return joined("brows", [_brow(body, eye_middle, side, generator) for side in (1.0, -1.0)])


def _brow(body: MeshPart, eye_middle: np.ndarray, side: float, generator: np.random.Generator) -> MeshPart:
    share = np.sort(generator.beta(1.25, 1.3, _HAIRS))
    height = np.clip(generator.normal(0.0, 0.5, _HAIRS), -1.2, 1.2)
    station = share * (len(_PATH_MM) - 1)
    knots = np.arange(len(_PATH_MM))
    middle = np.stack([np.interp(station, knots, _PATH_MM[:, axis]) for axis in (0, 1)], axis=1)
    root = middle + np.stack([np.zeros(_HAIRS), 0.5 * height * np.interp(station, knots, _THICKNESS_MM)], axis=1)
    angle = np.radians(np.interp(share, [0.0, 0.12, 0.35, 0.7, 1.0], [82.0, 58.0, 26.0, 0.0, -28.0]))
    angle += np.radians(-22.0) * height * np.interp(share, [0.1, 0.4], [0.3, 1.0]) + generator.normal(0.0, 0.14, _HAIRS)
    length = np.interp(share, [0.0, 0.3, 0.75, 1.0], [5.0, 7.6, 6.6, 4.2]) * generator.uniform(0.75, 1.1, _HAIRS)
    along = np.linspace(0.0, 1.0, _POINTS)
    bend = angle[:, None] - np.radians(26.0) * along[None]
    step = np.stack([np.cos(bend), np.sin(bend)], axis=-1) * (length / (_POINTS - 1))[:, None, None]
    flat = root[:, None] + np.cumsum(step, axis=1) - step[:, :1]
    raised = 0.15 + 0.75 * np.sin(np.pi * 0.62 * along)
    curves, normals = _on_skin(body, eye_middle, flat * 1e-3 * [side, 1.0], raised * 1e-3)
    return strand_part(
        "brows", curves, normals, generator.uniform(0.00018, 0.00030, _HAIRS), body, generator.normal(1.1, 0.2, _HAIRS)
    )


def _on_skin(body: MeshPart, eye_middle: np.ndarray, flat: np.ndarray, raised_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (C, P, 2) across and up from between the eyes -> points on the skin raised by raised_m (P,), normals."""
    normals = vertex_normals(body.vertices, body.quads)
    faces = triangles(body.quads)
    near = np.abs(body.vertices[faces].mean(axis=1) - eye_middle - [0.0, 0.02, 0.0]) < [0.075, 0.035, 0.075]
    faces = faces[near.all(axis=1) & (normals[faces].mean(axis=1)[:, 2] > 0.05)]
    grid = np.array([(i, j, 8 - i - j) for i in range(9) for j in range(9 - i)]) / 8.0
    points = np.einsum("pc,tcx->tpx", grid, body.vertices[faces]).reshape(-1, 3)
    point_normals = np.einsum("pc,tcx->tpx", grid, normals[faces]).reshape(-1, 3)
    distance, index = KDTree(points[:, :2]).query(flat + eye_middle[:2], k=4)
    share = 1.0 / (distance + 1e-5)
    share /= share.sum(axis=-1, keepdims=True)
    depth = np.einsum("cpn,cpn->cp", points[index][..., 2], share)
    normal = np.einsum("cpnx,cpn->cpx", point_normals[index], share)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    skin = np.concatenate([flat + eye_middle[:2], depth[..., None]], axis=-1)
    return skin + raised_m[:, None] * normal, normal
