"""Shapes as symmetric as the mesh: a vertex's twin across the middle plane, the mean of a shape and its mirror image."""

from collections.abc import Mapping

import numpy as np
from scipy.spatial import KDTree

from ...bridge.data import mirrored_name
from .landmarks import Face

_TOLERANCE, _SHARE = 4e-3, 0.97
_MIRROR = np.array([-1.0, 1.0, 1.0])


def mirror_twins(face: Face) -> np.ndarray | None:
    """For each vertex of the skin the one across (V,); None where the skin is not symmetric."""
    points = face.skin.vertices - [face.eye_middle[0], 0.0, 0.0]
    distance, twin = KDTree(points).query(points * _MIRROR)
    if np.mean(distance < _TOLERANCE * face.unit) < _SHARE:
        return None
    return np.asarray(twin)


def symmetric_shapes(face: Face, shapes: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Shapes (V, 3) on the skin, left and right alike where the skin is symmetric; as they are where it is not."""
    twin = mirror_twins(face)
    if twin is None:
        return dict(shapes)
    return {name: 0.5 * (offsets + shapes[mirrored_name(name)][twin] * _MIRROR) for name, offsets in shapes.items()}
