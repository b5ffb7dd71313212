"""Whether cameras can see a character at all: asked of every frame before the first is rendered."""

import logging
from collections.abc import Sequence

import numpy as np

from ..bridge.data import Camera
from ..bridge.errors import InvalidInput

NEAR_M = 0.02
"""Nothing nearer to a camera than this is drawn."""
_POINTS = 600
_CLOSED_SHARE = 0.5

_logger = logging.getLogger(__name__)


def check_sight(cameras: Sequence[Camera], vertices: np.ndarray, triangles: np.ndarray, translation: np.ndarray) -> None:
    """Raises InvalidInput where a camera is inside the character, or where no camera sees it; warns where some do not.

    vertices (V, 3) about where the character is, moved by translation (F, 3) at each of the F cameras; triangles (T, 3).
    """
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    points = vertices[:: max(len(vertices) // _POINTS, 1)]
    unseen = []
    for index, (camera, offset) in enumerate(zip(cameras, translation, strict=True)):
        eye = camera.position_m - offset
        if ((eye > low) & (eye < high)).all() and is_inside(eye, vertices, triangles):
            raise InvalidInput(
                f"At frame {index + 1} the camera is inside the character. Move it away, or give a larger distance."
            )
        if not _is_seen(camera, points + offset):
            unseen.append(index + 1)
    if len(unseen) == len(cameras):
        raise InvalidInput("The camera never sees the character. Turn it towards the face, or use the orbit.")
    if unseen:
        _logger.warning("The character is out of view in %d frames, from frame %d on.", len(unseen), unseen[0])


def is_inside(point: np.ndarray, vertices: np.ndarray, triangles: np.ndarray) -> bool:
    """Whether a surface of triangles (T, 3), not quite closed, is all around a point: its solid angle is above half a sphere's.

    Van Oosterom and Strackee 1983, equation 8.
    """
    a, b, c = (vertices[triangles[:, corner]].astype(np.float64) - point for corner in range(3))
    length = [np.linalg.norm(side, axis=1) for side in (a, b, c)]
    triple = np.einsum("ti,ti->t", a, np.cross(b, c))
    dots = [np.einsum("ti,ti->t", one, other) for one, other in ((a, b), (b, c), (c, a))]
    below = length[0] * length[1] * length[2] + dots[0] * length[2] + dots[1] * length[0] + dots[2] * length[1]
    turns = 2.0 * np.arctan2(triple, below).sum() / (4.0 * np.pi)
    return bool(turns > _CLOSED_SHARE)


def _is_seen(camera: Camera, points: np.ndarray) -> bool:
    place, depth_m = camera.projected(points)
    inside = (place > 0.0).all(axis=-1) & (place < [camera.width, camera.height]).all(axis=-1)
    return bool((inside & (depth_m > NEAR_M)).any())
