"""The colours that the body carries at its vertices: lips, a flush of blood, shaded lids, hair's shadow on the scalp."""

import numpy as np

from .hair import hairline_margin
from .parts import PALETTE, MeshPart, smoothed
from .source import SourceMesh

_FLUSH_MM = (
    ((44.0, -34.0, 10.0), 26.0, 0.28), ((0.0, -33.0, 44.0), 13.0, 0.30), ((16.0, -45.0, 30.0), 9.0, 0.30),
    ((80.0, -18.0, -78.0), 24.0, 0.40),
    ((0.0, -112.0, 20.0), 16.0, 0.22), ((12.0, 4.0, 20.0), 8.0, 0.25),
)  # fmt: skip
"""Places where blood shows (left side; millimetres from between the eyes), how wide and how strongly: cheeks, nose, ears."""
_SHADE_MM = (((30.0, -12.0, 22.0), 12.0, 0.10), ((30.0, 8.0, 20.0), 11.0, 0.10), ((13.0, 0.0, 20.0), 8.0, 0.12))
"""Thin, darker skin around the eyes."""
_FLUSH = np.array([0.80, 0.46, 0.40])


def body_colors(source: SourceMesh, body: MeshPart, eye_middle: np.ndarray, scale: float) -> np.ndarray:
    """(V, 3) sRGB for the body part, whose vertices begin MakeHuman's. scale: the head's size against the drawn one."""
    lips = lip_mask(source)[: len(body.vertices), None]
    local = (body.vertices - eye_middle) / scale
    mirrored = np.abs(local) * [1e3, 0, 0] + local * [0, 1e3, 1e3]
    colors = np.tile(np.array(PALETTE["skin"]), (len(body.vertices), 1))
    for centre, width, strength in _FLUSH_MM:
        colors += (strength * _bump(mirrored, centre, width))[:, None] * (_FLUSH - colors)
    for centre, width, strength in _SHADE_MM:
        colors *= 1.0 - (strength * _bump(mirrored, centre, width))[:, None] * [0.6, 1.0, 0.9]
    colors += lips * (np.array(PALETTE["lips"]) - colors)
    inside = smoothed((body.regions == "mouth_inside").astype(float), body.quads, rounds=2)[:, None]
    colors += inside * (np.array(PALETTE["mouth"]) - colors)
    scalp = np.interp(hairline_margin(local), [-0.002, 0.009], [0.0, 0.85])[:, None] * (local[:, 1:2] > -0.1)
    return colors + scalp * (0.8 * np.array(PALETTE["hair"]) - colors)


def lip_mask(source: SourceMesh) -> np.ndarray:
    """(V,) 0..1 over all of MakeHuman's vertices: the painted lips, made symmetric, with a soft border."""
    quads = source.groups["body"][0]
    mask = smoothed(source.masks["lips"], quads, rounds=1, strength=0.35)
    used = np.unique(quads)
    near = used[mask[used] > 0.0]
    mirror = np.abs(source.vertices[near][:, None] * [-1, 1, 1] - source.vertices[near][None]).sum(axis=-1).argmin(axis=1)
    mask[near] = 0.5 * (mask[near] + mask[near[mirror]])
    return mask


def _bump(points: np.ndarray, centre: tuple[float, ...], width: float) -> np.ndarray:
    return np.exp(-(np.linalg.norm(points - np.array(centre), axis=1) ** 2) / (0.5 * width) ** 2 / 2.0)
