"""MeshPart: one piece of the open human while it is made; how pieces follow a surface, and how they join into one mesh."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import KDTree

PART_NAMES = ("body", "covered_body", "eyes", "teeth", "tongue", "lashes", "brows", "hair", "shirt", "trousers")
REGION_NAMES = ("skin", "lips", "eyes", "mouth_inside", "teeth", "tongue", "hair", "hands", "clothes")
MATERIAL_NAMES = (
    "skin", "lips", "mouth", "sclera", "iris", "pupil", "cornea", "teeth", "gums", "tongue", "lashes", "brows", "hair", "shirt",
    "trousers",
)  # fmt: skip

PALETTE: dict[str, tuple[float, float, float]] = {
    "skin": (0.83, 0.64, 0.54), "lips": (0.70, 0.44, 0.40), "mouth": (0.45, 0.16, 0.16), "sclera": (0.91, 0.88, 0.86),
    "iris": (0.32, 0.42, 0.40), "pupil": (0.02, 0.02, 0.02), "cornea": (1.0, 1.0, 1.0), "teeth": (0.91, 0.88, 0.82),
    "gums": (0.68, 0.36, 0.36), "tongue": (0.70, 0.38, 0.38), "lashes": (0.07, 0.05, 0.04), "brows": (0.20, 0.14, 0.10),
    "hair": (0.25, 0.17, 0.115), "shirt": (0.27, 0.33, 0.40), "trousers": (0.20, 0.20, 0.22),
}  # fmt: skip
"""Each material's plain colour, sRGB."""


@dataclass(frozen=True, eq=False)
class MeshPart:
    """vertices (V, 3); quads (F, 4), a triangle repeats its last index; uv (F, 4, 2); shapes (K, V, 3); weights (V, J).

    regions (V,) and materials (F,) hold names; colors (V, 3) are sRGB, 0..1.
    """

    name: str
    vertices: np.ndarray
    quads: np.ndarray
    uv: np.ndarray
    shapes: np.ndarray
    weights: np.ndarray
    regions: np.ndarray
    materials: np.ndarray
    colors: np.ndarray

    def without_faces(self, hidden: np.ndarray) -> "MeshPart":
        """The part without the marked faces (F,) and the vertices that only they used."""
        quads, used = self.quads[~hidden], np.zeros(len(self.vertices), bool)
        used[quads] = True
        number = np.cumsum(used) - 1
        return replace(
            self, vertices=self.vertices[used], quads=number[quads], uv=self.uv[~hidden], shapes=self.shapes[:, used],
            weights=self.weights[used], regions=self.regions[used], materials=self.materials[~hidden],
            colors=self.colors[used],
        )  # fmt: skip


def uniform_part(
    name: str,
    material: str,
    region: str,
    vertices: np.ndarray,
    quads: np.ndarray,
    uv: np.ndarray,
    shapes: np.ndarray,
    weights: np.ndarray,
) -> MeshPart:
    """A part of one material, one region and one colour."""
    count = len(vertices)
    regions, materials = np.full(count, region, object), np.full(len(quads), material, object)
    return MeshPart(name, vertices, quads, uv, shapes, weights, regions, materials, np.tile(PALETTE[material], (count, 1)))


def joined(name: str, pieces: Sequence[MeshPart]) -> MeshPart:
    """Pieces one after the other in one index space."""
    starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces)])
    return MeshPart(
        name,
        np.concatenate([piece.vertices for piece in pieces]),
        np.concatenate([piece.quads + start for piece, start in zip(pieces, starts, strict=False)]),
        np.concatenate([piece.uv for piece in pieces]),
        np.concatenate([piece.shapes for piece in pieces], axis=1),
        np.concatenate([piece.weights for piece in pieces]),
        np.concatenate([piece.regions for piece in pieces]),
        np.concatenate([piece.materials for piece in pieces]),
        np.concatenate([piece.colors for piece in pieces]),
    )


def carried_values(points: np.ndarray, surface_points: np.ndarray, neighbours: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Which surface vertices carry a point, and how much each: points (P, 3) -> indices, weights (P, N).

    Inverse squared distance to the nearest vertices: what is bound to skin then moves as the skin under it does.
    """
    distance, index = KDTree(surface_points).query(points, k=neighbours)
    share = 1.0 / (distance**2 + 1e-8)
    return np.asarray(index), share / share.sum(axis=1, keepdims=True)


def triangles(quads: np.ndarray) -> np.ndarray:
    """(F, 4) quads, some of them triangles -> (T, 3)."""
    real = quads[:, 2] != quads[:, 3]
    return np.concatenate([quads[:, :3], quads[real][:, [0, 2, 3]]])


def vertex_normals(vertices: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals, (V, 3)."""
    corners = triangles(quads)
    a, b, c = vertices[corners].swapaxes(0, 1)
    face_normals = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in corners.T:
        np.add.at(normals, corner, face_normals)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def edges(quads: np.ndarray) -> np.ndarray:
    """Each edge once, (E, 2)."""
    pairs = np.concatenate([quads[:, [0, 1]], quads[:, [1, 2]], quads[:, [2, 3]], quads[:, [3, 0]]])
    pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    return np.unique(pairs, axis=0)


def smoothed(
    values: np.ndarray, quads: np.ndarray, rounds: int, strength: float = 0.5, fixed: np.ndarray | None = None
) -> np.ndarray:
    """Values at vertices (V, ...) moved towards the mean of their neighbours, `rounds` times; those marked in `fixed` stay."""
    pairs = edges(quads)
    degree = np.maximum(np.bincount(pairs.ravel(), minlength=len(values)), 1).reshape(-1, *[1] * (values.ndim - 1))
    for _ in range(rounds):
        total = np.zeros_like(values)
        np.add.at(total, pairs[:, 0], values[pairs[:, 1]])
        np.add.at(total, pairs[:, 1], values[pairs[:, 0]])
        blended = values + strength * (total / degree - values)
        values = blended if fixed is None else np.where(fixed.reshape(degree.shape), values, blended)
    return values
