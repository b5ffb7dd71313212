"""Lashes: single hairs drawn over MakeHuman's lash sheets, which follow the lids in every shape."""

import numpy as np

from .face import group_part
from .parts import MeshPart, joined, uniform_part
from .source import SourceMesh
from .strands import ribbons

_UPPER, _LOWER = "eyelashes-2", "eyelashes-1"
_HAIRS = {_UPPER: 110, _LOWER: 60}
_REACH = {_UPPER: 0.95, _LOWER: 0.6}
_POINTS = 5


def lashes(source: SourceMesh, seed: int = 3) -> MeshPart:
    """Upper and lower lashes of both eyes; left and right are mirror images."""
    pieces = []
    for side in "lr":
        centre = source.vertices[np.unique(source.groups[f"{side}-eye"][0])].mean(axis=0)
        for lid in (_UPPER, _LOWER):
            sheet = group_part(source, f"{side}-{lid}", "lashes", "lashes", "hair")
            pieces.append(_hairs(sheet, centre, _HAIRS[lid], _REACH[lid], np.random.default_rng(seed)))
    return joined("lashes", pieces)


def _hairs(sheet: MeshPart, eye: np.ndarray, count: int, reach: float, generator: np.random.Generator) -> MeshPart:
    grid = sheet_grid(sheet.quads)
    if (
        np.linalg.norm(sheet.vertices[grid[0]] - eye, axis=1).mean()
        > np.linalg.norm(sheet.vertices[grid[-1]] - eye, axis=1).mean()
    ):
        grid = grid[::-1]
    if abs(sheet.vertices[grid[0, 0], 0]) > abs(sheet.vertices[grid[0, -1], 0]):
        grid = grid[:, ::-1]
    across = (np.arange(count) + generator.uniform(0.1, 0.9, count)) / count * (grid.shape[1] - 1)
    length = (
        reach
        * generator.uniform(0.65, 1.0, count)
        * np.interp(across / (grid.shape[1] - 1), [0, 0.25, 0.8, 1], [0.45, 0.8, 1, 0.8])
    )
    lean = generator.normal(0.0, 0.25, count) + np.interp(across / (grid.shape[1] - 1), [0, 1], [-0.15, 0.35])
    along = np.linspace(0.0, 1.0, _POINTS)
    rows = along[None] * length[:, None] * (grid.shape[0] - 1)
    columns = np.clip(across[:, None] + lean[:, None] * along[None] ** 1.5, 0, grid.shape[1] - 1)
    index, share = _bilinear(grid, rows, columns)
    curves = np.einsum("cpnx,cpn->cpx", sheet.vertices[index], share)
    vertices, quads, uv = ribbons(curves, curves - eye, np.full(count, 0.0004), taper=0.3)
    copy = np.concatenate([np.repeat(np.arange(_POINTS - 1), 2), [_POINTS - 1]])
    index, share = index[:, copy].reshape(-1, 4), share[:, copy].reshape(-1, 4)
    return uniform_part(
        "lashes", "lashes", "hair", vertices, quads, uv,
        np.einsum("kvnx,vn->kvx", sheet.shapes[:, index], share), np.einsum("vnj,vn->vj", sheet.weights[index], share),
    )  # fmt: skip


def sheet_grid(quads: np.ndarray) -> np.ndarray:
    """The vertices of a rectangular sheet of quads as a grid, (R, C) with R the shorter side."""
    count = np.bincount(quads.ravel())
    first = next(quad for quad in quads if (count[quad] == 1).any())
    first = np.roll(first, -int(np.flatnonzero(count[first] == 1)[0]))
    rows = [_strip(quads, first)[0]]
    for start in _strip(quads, first[[0, 3, 2, 1]])[0][1:]:
        rows.append(_row_from(quads, rows[-1], start))
    grid = np.array(rows)
    return grid if grid.shape[0] <= grid.shape[1] else grid.T


def _strip(quads: np.ndarray, quad: np.ndarray) -> tuple[list[int], list[int]]:
    """Walk a row of quads from one whose corners run (a0, a1, b1, b0): the vertices of both its sides."""
    near, far = [int(quad[0]), int(quad[1])], [int(quad[3]), int(quad[2])]
    used = {frozenset(quad.tolist())}
    while True:
        step = next((q for q in quads if {near[-1], far[-1]} <= set(q.tolist()) and frozenset(q.tolist()) not in used), None)
        if step is None:
            return near, far
        used.add(frozenset(step.tolist()))
        place = step.tolist().index(near[-1])
        others = [step[(place + 1) % 4], step[(place - 1) % 4]]
        after = int(others[0] if others[1] == far[-1] else others[1])
        near.append(after)
        far.append(int(next(vertex for vertex in step if vertex not in (near[-2], far[-1], after))))


def _row_from(quads: np.ndarray, row: list[int], start: int) -> list[int]:
    """The row beside `row` that begins with `start`."""
    quad = next(q for q in quads if {row[0], row[1], start} <= set(q.tolist()))
    fourth = next(int(vertex) for vertex in quad if vertex not in (row[0], row[1], start))
    return _strip(quads, np.array([row[0], row[1], fourth, start]))[1]


def _bilinear(grid: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fractional grid positions (...) -> vertex indices and weights (..., 4)."""
    row = np.clip(rows.astype(int), 0, grid.shape[0] - 2)
    column = np.clip(columns.astype(int), 0, grid.shape[1] - 2)
    r, c = rows - row, columns - column
    index = np.stack([grid[row, column], grid[row + 1, column], grid[row, column + 1], grid[row + 1, column + 1]], axis=-1)
    return index, np.stack([(1 - r) * (1 - c), r * (1 - c), (1 - r) * c, r * c], axis=-1)
