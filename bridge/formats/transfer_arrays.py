"""What a worker is sent and gives back when it makes blend shapes for a head: arrays of an npz, checked on the way in."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import InvalidInput
from .safe_npz import SizeLimits

LIMITS = SizeLimits(array_bytes=2 << 30, total_bytes=3 << 30)
VERTEX_LIMIT = 2_000_000


@dataclass(frozen=True, eq=False)
class HeadRequest:
    """vertices (V, 3): SMPL-X's axes (Y up, facing +Z, left is +X), any unit; triangles (T, 3); landmarks: name -> (3,)."""

    vertices: np.ndarray
    triangles: np.ndarray
    landmarks: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        if self.vertices.ndim != 2 or self.vertices.shape[1] != 3 or not 100 <= len(self.vertices) <= VERTEX_LIMIT:
            raise InvalidInput(f"A head has 100 to {VERTEX_LIMIT} vertices of three coordinates, not {self.vertices.shape}.")
        if self.triangles.ndim != 2 or self.triangles.shape[1] != 3 or not len(self.triangles):
            raise InvalidInput(f"A head has triangles of three indices, not an array of shape {self.triangles.shape}.")
        if self.triangles.min() < 0 or self.triangles.max() >= len(self.vertices):
            raise InvalidInput("Triangles of the head name vertices that it does not have.")
        if not np.all(np.isfinite(self.vertices)):
            raise InvalidInput("The head has vertices that are nowhere (not a number). Remove them.")


@dataclass(frozen=True, eq=False)
class HeadShapes:
    """offsets (K, V, 3) of the shapes `names`, none where only landmarks were asked for; landmarks: name -> (3,).

    quality: what was measured, by name.
    """

    names: tuple[str, ...]
    offsets: np.ndarray
    landmarks: Mapping[str, np.ndarray]
    quality: Mapping[str, float]


def request_arrays(request: HeadRequest) -> dict[str, np.ndarray]:
    return {"vertices": request.vertices, "triangles": request.triangles, **_landmark_arrays(request.landmarks)}


def request_from(arrays: Mapping[str, np.ndarray]) -> HeadRequest:
    """Raises InvalidInput where something is missing or makes no head."""
    if missing := sorted({"vertices", "triangles"} - set(arrays)):
        raise InvalidInput(
            f"This is no head: {' and '.join(missing)} missing. An npz holds vertices (V, 3) and triangles (T, 3)."
        )
    vertices, triangles = arrays["vertices"], arrays["triangles"]
    if vertices.dtype.kind != "f" or triangles.dtype.kind not in "iu":
        raise InvalidInput("A head's vertices are floating-point numbers and its triangles whole numbers.")
    return HeadRequest(vertices.astype(np.float64), triangles.astype(np.int64), _landmarks(arrays))


def shapes_arrays(shapes: HeadShapes) -> dict[str, np.ndarray]:
    measured = {f"quality_{name}": np.array(value, np.float64) for name, value in shapes.quality.items()}
    arrays = {"names": np.array(shapes.names, np.str_), "offsets": shapes.offsets.astype(np.float32)}
    return {**arrays, **_landmark_arrays(shapes.landmarks), **measured}


def shapes_from(arrays: Mapping[str, np.ndarray]) -> HeadShapes:
    """Raises InvalidInput where the parts do not fit each other."""
    if not {"names", "offsets"} <= set(arrays) or len(arrays["names"]) != len(arrays["offsets"]):
        raise InvalidInput("The worker's answer holds no shapes. Let it and the add-on be of one version.")
    quality = {name.removeprefix("quality_"): float(value) for name, value in arrays.items() if name.startswith("quality_")}
    return HeadShapes(tuple(str(name) for name in arrays["names"]), arrays["offsets"], _landmarks(arrays), quality)


def _landmark_arrays(landmarks: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    points = np.array([*landmarks.values()], np.float64).reshape(-1, 3)
    return {"landmark_names": np.array([*landmarks], np.str_), "landmark_points": points}


def _landmarks(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    if "landmark_names" not in arrays:
        return {}
    names, points = arrays["landmark_names"], arrays.get("landmark_points", np.zeros((0, 3)))
    if points.shape != (len(names), 3):
        raise InvalidInput(f"{len(names)} landmarks are named, and the points have shape {points.shape}.")
    return {str(name): point.astype(np.float64) for name, point in zip(names, points, strict=True)}
