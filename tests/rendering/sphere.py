"""A ball in front of a camera, whose light and look are known in closed form."""

import numpy as np

from vivavoce.bridge.data import Camera, GBuffer

RADIUS_M = 0.12
DISTANCE_M = 1.0


def ball(side_px: int = 64, azimuth_rad: float = 0.0, albedo: tuple[float, float, float] = (0.5, 0.4, 0.3)) -> GBuffer:
    """A ball of skin at the origin, seen from an azimuth; its anchors are its own points."""
    pose = np.eye(4)
    pose[:3, :3] = [
        [np.cos(azimuth_rad), 0.0, np.sin(azimuth_rad)],
        [0.0, 1.0, 0.0],
        [-np.sin(azimuth_rad), 0.0, np.cos(azimuth_rad)],
    ]
    pose[:3, 3] = DISTANCE_M * pose[:3, 2]
    camera = Camera(pose, 0.3, side_px, side_px)
    directions = camera.directions()
    unit = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    along = -(unit @ camera.position_m)
    under = along**2 - DISTANCE_M**2 + RADIUS_M**2
    hit = under > 0.0
    distance_m = along - np.sqrt(np.maximum(under, 0.0))
    points = np.where(hit[..., None], camera.position_m + unit * distance_m[..., None], 0.0)
    depth_m = np.where(hit, distance_m / np.linalg.norm(directions, axis=-1), np.inf)
    size = hit.shape
    return GBuffer(
        camera, hit[..., None] * np.array(albedo), points / RADIUS_M, depth_m, hit.astype(np.uint8), np.where(hit, 0.45, 0.0),
        np.zeros((*size, 2)), hit, points,
    )  # fmt: skip
