"""Strands of hair as curves, and the thin tapered ribbons that draw them in any renderer."""

from dataclasses import replace

import numpy as np

from .parts import MeshPart, carried_values, uniform_part

_ROOT_SHADE, _TIP_SHADE = 0.75, 1.25


def ribbons(
    curves: np.ndarray, outward: np.ndarray, widths_m: np.ndarray, taper: float = 0.15
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ribbons along curves (C, P, 3), their faces turned to `outward` (C, P, 3) -> vertices (V, 3), quads (F, 4), uv (F, 4, 2).

    widths_m (C,): the width at the root; it narrows to `taper` of that at the last point but one, and to a point at the tip.
    u runs across a ribbon, v from root to tip.
    """
    count, points = curves.shape[:2]
    along = np.gradient(curves, axis=1)
    across = np.cross(along, outward)
    across /= np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-12)
    share = np.linspace(0.0, 1.0, points)
    profile = (1.0 - (1.0 - taper) * (share * (points - 1) / max(points - 2, 1)) ** 1.5)[None, :, None]
    half = 0.5 * widths_m[:, None, None] * profile * across
    pairs = np.stack([curves - half, curves + half], axis=2)[:, :-1].reshape(count, -1, 3)
    vertices = np.concatenate([pairs, curves[:, -1:]], axis=1)
    low = 2 * np.arange(points - 2)
    quads = np.stack([low, low + 1, low + 3, low + 2], axis=1)
    tip = 2 * (points - 2)
    quads = np.concatenate([quads, [[tip, tip + 1, tip + 2, tip + 2]]])
    v = np.concatenate([np.repeat(share[:-1], 2), [1.0]])
    u = np.concatenate([np.tile([0.0, 1.0], points - 1), [0.5]])
    every = (quads[None] + vertices.shape[1] * np.arange(count)[:, None, None]).reshape(-1, 4)
    uv = np.tile(np.stack([u, v], axis=-1)[quads], (count, 1, 1))
    return vertices.reshape(-1, 3), every, uv


def strand_part(
    name: str, curves: np.ndarray, outward: np.ndarray, widths_m: np.ndarray, surface: MeshPart, tints: np.ndarray
) -> MeshPart:
    """Ribbons (C, P, 3) that move rigidly with the surface under their roots. tints (C,): each strand's brightness."""
    vertices, quads, uv = ribbons(curves, outward, widths_m)
    index, share = carried_values(curves[:, 0], surface.vertices)
    copies = 2 * curves.shape[1] - 1
    shapes = np.repeat(np.einsum("kcnx,cn->kcx", surface.shapes[:, index], share), copies, axis=1)
    weights = np.repeat(np.einsum("cnj,cn->cj", surface.weights[index], share), copies, axis=0)
    part = uniform_part(name, name, "hair", vertices, quads, uv, shapes, weights)
    towards_tip = np.linspace(_ROOT_SHADE, _TIP_SHADE, curves.shape[1])[np.repeat(np.arange(curves.shape[1]), 2)[:copies]]
    shades = (tints[:, None] * towards_tip).ravel()
    return replace(part, colors=np.clip(part.colors * shades[:, None], 0.0, 1.0))
