"""A posed surface before a camera -> GBuffer."""

from dataclasses import dataclass

import numpy as np

from ...bridge.data import Camera, GBuffer
from .surface import Surface, cross
from .triangles import TrianglePass

_TENT = np.array([0.25, 0.5, 0.25], np.float32)
"""Weights of a pixel's samples in a row: one at either edge, shared with its neighbour, and one at its centre."""


@dataclass(frozen=True, eq=False)
class Stance:
    """Where a character and the camera stand in one frame. vertices (V, 3): metres, SMPL-X's axes."""

    vertices: np.ndarray
    camera: Camera


class Rasteriser:
    """Draws one surface in any stance; hold it as long as frames come. Not for several threads."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._pass = TrianglePass(surface.triangles)

    def gbuffer(self, stance: Stance, before: Stance | None = None) -> GBuffer:
        """before: a frame earlier, at any moment; motion is 0 without it. Depth, region, motion and anchor are those of what lies
        at a pixel's centre; albedo, normal, roughness and alpha are means over the pixel.
        """
        camera, surface = stance.camera, self._surface
        seen = self._pass.seen(stance.vertices, camera)
        rows, columns = np.nonzero(seen >= 0)
        triangles = seen[rows, columns]
        weights = _weights(stance, surface.triangles[triangles], 0.5 * np.stack([columns, rows], axis=1))
        means = self._means(stance, _Samples(seen.shape, rows, columns, triangles, weights))
        is_centre = (rows % 2 == 1) & (columns % 2 == 1)
        rows, columns, triangles, weights = (
            rows[is_centre] // 2,
            columns[is_centre] // 2,
            triangles[is_centre],
            weights[is_centre],
        )
        size = camera.height, camera.width
        depth_m, region = np.full(size, np.inf), np.zeros(size, np.uint8)
        motion_px, anchor = np.zeros((*size, 2)), np.zeros((*size, 3))
        corners = surface.triangles[triangles]
        now_px, depth_m[rows, columns] = camera.projected(_mixed(weights, stance.vertices[corners]))
        region[rows, columns] = surface.region[triangles]
        anchor[rows, columns] = _mixed(weights, surface.anchors[corners])
        if before is not None:
            was_px, _ = before.camera.projected(_mixed(weights, before.vertices[corners]))
            motion_px[rows, columns] = now_px - was_px
        return GBuffer(camera, depth_z_m=depth_m, region=region, motion_px=motion_px, anchor=anchor, **means)

    def close(self) -> None:
        self._pass.close()

    def _means(self, stance: Stance, samples: "_Samples") -> dict[str, np.ndarray]:
        """albedo, normal, roughness and alpha, weighted by a tent as wide as two pixels."""
        surface = self._surface
        corners = surface.triangles[samples.triangles]
        normals = _mixed(samples.weights, surface.normals(stance.vertices)[corners])
        away = stance.camera.position_m.astype(np.float32) - stance.vertices[corners[:, 0]]
        normals *= np.sign(np.einsum("nc,nc->n", normals, away))[:, None]
        values = np.zeros((*samples.size, 8), np.float32)
        place = samples.rows, samples.columns
        values[..., :3][place], values[..., 3:6][place] = surface.albedo(samples.triangles, samples.weights), normals
        values[..., 6][place], values[..., 7][place] = surface.roughness[samples.triangles], 1.0
        for axis in (0, 1):
            across = np.moveaxis(values, axis, 0)
            across = _TENT[0] * across[:-2:2] + _TENT[1] * across[1::2] + _TENT[2] * across[2::2]
            values = np.moveaxis(across, 0, axis)
        alpha = values[..., 7]
        shares = values[..., :7] / np.maximum(alpha, 1e-6)[..., None]
        normal = shares[..., 3:6] / np.maximum(np.linalg.norm(shares[..., 3:6], axis=-1, keepdims=True), 1e-9)
        return {"albedo": np.clip(shares[..., :3], 0.0, 1.0), "normal": normal, "roughness": shares[..., 6], "alpha": alpha}


@dataclass(frozen=True, eq=False)
class _Samples:
    """Where something is seen on a grid of `size`, every half a pixel: rows, columns, triangles (N,), weights (N, 3)."""

    size: tuple[int, ...]
    rows: np.ndarray
    columns: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray


def _mixed(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(N, 3), values at the corners (N, 3, C) -> (N, C)."""
    return weights[:, :1] * values[:, 0] + weights[:, 1:2] * values[:, 1] + weights[:, 2:] * values[:, 2]


def _weights(stance: Stance, corners: np.ndarray, place: np.ndarray) -> np.ndarray:
    """How near points of the picture (N, 2), columns and rows, are to the corners (N, 3) of what they see: (N, 3), sum 1.

    Rays meet the triangles' planes (Moller and Trumbore 1997); a point at a triangle's edge may lie a trace outside of it.
    """
    camera = stance.camera
    right = (place[:, 0] - 0.5 * camera.width) / camera.focal_px
    up = (0.5 * camera.height - place[:, 1]) / camera.focal_px
    rays = (np.stack([right, up, -np.ones_like(up)]).T @ camera.camera_to_world[:3, :3].T).astype(np.float32)
    a, b, c = (stance.vertices[corners[:, corner]] for corner in range(3))
    across, along, offset = b - a, c - a, camera.position_m.astype(np.float32) - a
    normal = cross(rays, along)
    scale = np.einsum("nc,nc->n", across, normal)
    scale = np.where(np.abs(scale) < 1e-20, 1e-20, scale)
    second = np.einsum("nc,nc->n", offset, normal) / scale
    third = np.einsum("nc,nc->n", rays, cross(offset, across)) / scale
    weights = np.clip(np.stack([1.0 - second - third, second, third], axis=1), 0.0, 1.0)
    return weights / weights.sum(axis=1, keepdims=True)
