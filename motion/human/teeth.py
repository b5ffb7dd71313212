"""Two rows of separate teeth in their gums, laid along the arches of MakeHuman's own, whose motion they take."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from .face import group_part
from .parts import PALETTE, MeshPart, carried_values, joined
from .source import SourceMesh


@dataclass(frozen=True)
class Arch:
    """One jaw's row, from the midline back: crown widths, heights and depths in millimetres.

    edge_mm: how far the front cutting edge stands below (upper) or above (lower) MakeHuman's; back_mm: how far it stands behind.
    """

    group: str
    downward: float
    edge_mm: float
    back_mm: float
    widths_mm: tuple[float, ...]
    heights_mm: tuple[float, ...]
    depths_mm: tuple[float, ...]


Place = Callable[[float, float, np.ndarray], np.ndarray]

ARCHES = (
    Arch(
        "upper-teeth",
        -1.0,
        2.6,
        0.0,
        (8.6, 6.9, 7.7, 7.2, 7.0, 10.0, 9.4),
        (10.6, 9.4, 10.4, 9, 8.4, 8, 7.6),
        (6, 5.6, 7, 8, 8.4, 10, 10),
    ),
    Arch(
        "lower-teeth",
        1.0,
        -0.4,
        2.6,
        (5.5, 6.0, 6.9, 7.1, 7.2, 10.8, 10.2),
        (9.0, 9.2, 10.2, 9, 8.4, 8, 7.6),
        (5, 5.2, 6.6, 7.4, 8, 9.6, 9.6),
    ),
)
_OUTLINE = np.array([
    (0.0, 0.985), (0.27, 0.955), (0.535, 0.860), (0.69, 0.725), (0.78, 0.573), (0.868, 0.405), (0.92, 0.265),
    (0.955, 0.140), (1.0, 0.0),
])  # fmt: skip
"""An arch seen from above, from the midline to the last molar: across and forward, as shares of MakeHuman's row."""


def teeth(source: SourceMesh) -> MeshPart:
    """Fourteen teeth and a gum to each jaw."""
    return joined("teeth", [piece for arch in ARCHES for piece in _row(source, arch)])


def _row(source: SourceMesh, arch: Arch) -> list[MeshPart]:
    helper = group_part(source, arch.group, "teeth", "teeth", "teeth")
    if arch.downward < 0:
        # MakeHuman's upper row shifts by fractions of a millimetre with the lips; teeth are bone.
        helper = replace(helper, shapes=np.zeros_like(helper.shapes))
    low, high = helper.vertices.min(axis=0), helper.vertices.max(axis=0)
    place = _along_arch(low, high, arch)
    crowns, start = [], 0.0
    for width, height, depth, kind in zip(arch.widths_mm, arch.heights_mm, arch.depths_mm, (0, 0, 1, 2, 2, 2, 2), strict=True):
        shape = _crown(width, height, depth, kind)
        for side in (1.0, -1.0):
            crowns.append(place(start + 0.5 * width, side, shape))
        start += width
    _, quads = _tooth_mesh()
    vertices = np.concatenate(crowns)
    tooth_quads = np.concatenate([quads + index * len(crown) for index, crown in enumerate(crowns)])
    flipped = (np.arange(len(crowns)) % 2 == 0) != (arch.downward > 0)
    tooth_quads = np.where(np.repeat(flipped, len(quads))[:, None], tooth_quads, tooth_quads[:, ::-1])
    gum, gum_quads = _gum(place, start, arch)
    return [
        _moving_with(helper, vertices, tooth_quads, "teeth", "teeth"),
        _moving_with(helper, gum, gum_quads, "gums", "mouth_inside"),
    ]


def _along_arch(low: np.ndarray, high: np.ndarray, arch: Arch) -> Place:
    """A function that puts a shape (N, 3) in millimetres (along the row, away from the edge, outward) at a place of the row."""
    outline = np.stack([_OUTLINE[:, 0] * high[0], low[2] + _OUTLINE[:, 1] * (high[2] - low[2]) - arch.back_mm * 1e-3], axis=1)
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))]) * 1e3
    curve = PchipInterpolator(np.concatenate([-run[:0:-1], run]), np.concatenate([outline[:0:-1] * [-1, 1], outline]), axis=0)
    slope = curve.derivative()
    front = (low[1] if arch.downward < 0 else high[1] - 0.0058) + arch.downward * arch.edge_mm * 1e-3

    def place(position_mm: float, side: float, shape: np.ndarray) -> np.ndarray:
        along = slope(position_mm)
        along /= np.linalg.norm(along)
        outward = np.array([-along[1], along[0]])
        edge = front + 0.0055 * (position_mm / run[-1]) ** 1.5
        flat = curve(position_mm) + 1e-3 * (shape[:, :1] * along + (shape[:, 2:] - 3.0) * outward)
        upright = edge - arch.downward * 1e-3 * shape[:, 1]
        return np.stack([side * flat[:, 0], upright, flat[:, 1]], axis=1)

    return place


def _crown(width: float, height: float, depth: float, kind: int) -> np.ndarray:
    """A tooth's crown (N, 3) in millimetres; kind 0 incisor, 1 canine, 2 molar. Its cutting edge lies at y = 0."""
    point, _ = _tooth_mesh()
    point = point / np.sum(np.abs(point) ** 5, axis=1, keepdims=True) ** (1 / 5)
    along, up, out = point.T
    share = 0.5 * (up + 1.0)
    edge_depth = (0.32, 0.5, 0.92)[kind]
    neck_width = (0.78, 0.74, 0.84)[kind]
    wide = 0.5 * width * (0.985 + (neck_width - 0.985) * share**1.6)
    deep = 0.5 * depth * (edge_depth + (1.0 - edge_depth) * np.minimum(1.4 * share, 1.0))
    tip = (0.25, 1.1, 0.0)[kind] * np.abs(along) ** 1.5 * (1.0 - share)
    cusp = 0.7 * (kind == 2) * np.cos(np.pi * out) * (1.0 - share) * (np.abs(along) > 0.2)
    lean = 0.5 * (1.0 - edge_depth) * depth * (1.0 - share) * 0.55
    return np.stack([along * wide, share * height + tip - cusp * 0.5, out * deep + lean + 0.5 * (3.0 - 0.5 * depth)], axis=1)


_SIDE = 6


def _tooth_mesh() -> tuple[np.ndarray, np.ndarray]:
    """The surface of a cube as six grids that share their borders: points (V, 3) in -1..1, outward quads (F, 4)."""
    line = np.linspace(-1.0, 1.0, _SIDE)
    a, b = (axis.ravel() for axis in np.meshgrid(line, line, indexing="ij"))
    one = np.ones_like(a)
    faces = [(one, a, b), (-one, b, a), (b, one, a), (a, -one, b), (a, b, one), (b, a, -one)]
    index = np.arange(_SIDE * _SIDE).reshape(_SIDE, _SIDE)
    grid = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1).reshape(-1, 4)
    quads = np.concatenate([grid + face * _SIDE * _SIDE for face in range(6)])
    points, shared = np.unique(np.concatenate([np.stack(face, axis=1) for face in faces]), axis=0, return_inverse=True)
    return points, shared.reshape(-1)[quads]


def _gum(place: Place, length_mm: float, arch: Arch) -> tuple[np.ndarray, np.ndarray]:
    """A rounded ridge around the necks of the teeth, dipping between them."""
    around = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    ends = np.cumsum(arch.widths_mm)
    stations = np.concatenate([-np.linspace(length_mm, 0.0, 60)[:-1], np.linspace(0.0, length_mm, 60)])
    rings = []
    for station in stations:
        tooth = min(int(np.searchsorted(ends, abs(station))), len(ends) - 1)
        phase = (abs(station) - (ends[tooth] - arch.widths_mm[tooth])) / arch.widths_mm[tooth]
        height, depth = arch.heights_mm[tooth] * 0.72 - 1.6 * (1.0 - np.sin(np.pi * phase)), arch.depths_mm[tooth]
        section = np.stack(
            [np.zeros(12), height + 5.0 + 5.0 * np.cos(around), 1.3 + (0.55 * depth + 1.2) * np.sin(around) - 0.25 * depth], 1
        )
        rings.append(place(abs(station), -1.0 if station < 0 else 1.0, section))
    row, column = np.meshgrid(np.arange(len(rings) - 1), np.arange(12), indexing="ij")
    after = (column + 1) % 12
    quads = np.stack([row * 12 + column, (row + 1) * 12 + column, (row + 1) * 12 + after, row * 12 + after], axis=-1).reshape(
        -1, 4
    )
    return np.concatenate(rings), quads if arch.downward > 0 else quads[:, ::-1]


def _moving_with(helper: MeshPart, vertices: np.ndarray, quads: np.ndarray, material: str, region: str) -> MeshPart:
    index, share = carried_values(vertices, helper.vertices, neighbours=8)
    return MeshPart(
        "teeth", vertices, quads, vertices[:, :2][quads] * 10.0,
        np.einsum("kvnx,vn->kvx", helper.shapes[:, index], share), np.einsum("vnj,vn->vj", helper.weights[index], share),
        np.full(len(vertices), region, object), np.full(len(quads), material, object),
        np.tile(PALETTE[material], (len(vertices), 1)),
    )  # fmt: skip
