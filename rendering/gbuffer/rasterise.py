"""A posed surface before a camera -> GBuffer."""

from dataclasses import dataclass

import numpy as np

from ...bridge.data import Camera, GBuffer
from .surface import Surface, cross
from .triangles import TrianglePass

_SAMPLES = 2
"""A side of a pixel, for what is averaged over it."""


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
        size = camera.height, camera.width
        centre = self._pass.seen(stance.vertices, camera, 1)
        rows, columns = np.nonzero(centre >= 0)
        triangles = centre[rows, columns]
        place = np.stack([columns, rows], axis=1) + 0.5
        weights = _weights(stance, surface.triangles[triangles], place)
        channels = self._means(stance)
        depth_m, region, motion_px, anchor = (
            np.full(size, np.inf),
            np.zeros(size, np.uint8),
            np.zeros((*size, 2)),
            np.zeros((*size, 3)),
        )
        corners = surface.triangles[triangles]
        now_px, depth_m[rows, columns] = camera.projected(_mixed(weights, stance.vertices[corners]))
        region[rows, columns] = surface.region[triangles]
        anchor[rows, columns] = _mixed(weights, surface.anchors[corners])
        if before is not None:
            was_px, _ = before.camera.projected(_mixed(weights, before.vertices[corners]))
            motion_px[rows, columns] = now_px - was_px
        return GBuffer(camera, depth_z_m=depth_m, region=region, motion_px=motion_px, anchor=anchor, **channels)

    def close(self) -> None:
        self._pass.close()

    def _means(self, stance: Stance) -> dict[str, np.ndarray]:
        """albedo, normal, roughness and alpha over each pixel."""
        surface, camera = self._surface, stance.camera
        fine = self._pass.seen(stance.vertices, camera, _SAMPLES)
        rows, columns = np.nonzero(fine >= 0)
        triangles = fine[rows, columns]
        corners = surface.triangles[triangles]
        weights = _weights(stance, corners, (np.stack([columns, rows], axis=1) + 0.5) / _SAMPLES)
        normals = _mixed(weights, surface.normals(stance.vertices)[corners])
        normals *= np.sign((normals * (camera.position_m - stance.vertices[corners[:, 0]])).sum(axis=1, keepdims=True))
        pixel = rows // _SAMPLES * camera.width + columns // _SAMPLES
        values = np.concatenate([surface.albedo(triangles, weights), normals, surface.roughness[triangles][:, None]], axis=1)
        pixels = camera.height * camera.width
        count = np.bincount(pixel, minlength=pixels).astype(np.float32)
        means = np.stack([np.bincount(pixel, values[:, channel], pixels) for channel in range(7)], axis=1)
        means = (means / np.maximum(count, 1.0)[:, None]).reshape(camera.height, camera.width, 7)
        normal = means[..., 3:6] / np.maximum(np.linalg.norm(means[..., 3:6], axis=-1, keepdims=True), 1e-9)
        alpha = (count / _SAMPLES**2).reshape(camera.height, camera.width)
        return {"albedo": np.clip(means[..., :3], 0.0, 1.0), "normal": normal, "roughness": means[..., 6], "alpha": alpha}


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
