"""The line along which the lips meet, found from the front: where neighbours in the picture are far apart along the skin."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra

from .mesh import HeadMesh
from .raster import Grid, Hits, front_view

_STEP = 1.0 / 200.0
_WINDOW_ROWS = 24
"""A parted mouth is looked into: pixels that lie deep within so many rows belong to neither lip."""
_DEEP = 0.2
_MAX_PARTING = 0.12
_MIN_DETOUR = 0.3
"""On the midline, the way along the skin from lip to lip, in distances of the eyes."""
_END_DETOUR, _FAR = 0.03, 1.0
_LOST_COLUMNS, _ROW_REACH = 3, 2


@dataclass(frozen=True, eq=False)
class LipSeam:
    """Where the lips meet, from the right corner to the left, on N columns: triangles (N,), barycentric (N, 3), points (N, 3)."""

    upper_triangles: np.ndarray
    upper_barycentric: np.ndarray
    upper: np.ndarray
    lower_triangles: np.ndarray
    lower_barycentric: np.ndarray
    lower: np.ndarray


@dataclass(frozen=True, eq=False)
class _Column:
    """Pairs of pixels, one above the other, between which the skin may be parted; detour (P,) is the way along the skin."""

    upper_rows: np.ndarray
    lower_rows: np.ndarray
    detour: np.ndarray


def lip_seam(skin: HeadMesh, eye_middle: np.ndarray, unit: float, start: np.ndarray | None = None) -> LipSeam | None:
    """The seam of the lips of a mouth that is shut or nearly so; None where there is none.

    unit: distance between the eyes; start (3,): where the lips meet in the middle, if someone knows.
    """
    grid = Grid.around(eye_middle[:2], 0.7 * unit, 0.7 * unit, 2.3 * unit, -0.4 * unit, _STEP * unit)
    hits = front_view(skin.vertices, skin.triangles, grid)
    finder = _Finder(skin, hits, unit)
    middle = grid.columns // 2
    first = finder.first_row(middle, start)
    if first is None:
        return None
    columns = {middle: first}
    for direction in (-1, 1):
        columns |= finder.followed(middle, first, direction)
    if len(columns) < 20:
        return None
    order = sorted(columns)
    rows = np.array([columns[column] for column in order])
    upper, lower = (rows[:, 0], np.array(order)), (rows[:, 1], np.array(order))
    return LipSeam(
        hits.triangle[upper], hits.barycentric[upper], hits.point[upper],
        hits.triangle[lower], hits.barycentric[lower], hits.point[lower],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Finder:
    skin: HeadMesh
    hits: Hits
    unit: float

    def first_row(self, column: int, start: np.ndarray | None) -> tuple[int, int] | None:
        """The pair of rows on the midline with the longest way from one to the other along the skin."""
        found = self._column(column, 0, self.hits.grid.rows - 1, _FAR * self.unit)
        detour = np.minimum(found.detour, _FAR * self.unit)
        if start is not None:
            row = (self.hits.grid.y0 - start[1]) / self.hits.grid.step
            detour = np.where(np.abs(found.upper_rows - row) < 0.05 * self.unit / self.hits.grid.step, detour, 0.0)
        if not len(detour) or detour.max() < _MIN_DETOUR * self.unit:
            return None
        best = int(detour.argmax())
        return int(found.upper_rows[best]), int(found.lower_rows[best])

    def followed(self, column: int, rows: tuple[int, int], direction: int) -> dict[int, tuple[int, int]]:
        """From a column to the corner of the mouth: column -> rows."""
        found: dict[int, tuple[int, int]] = {}
        lost, limit = 0, _FAR * self.unit
        while lost < _LOST_COLUMNS and 0 < column + direction < self.hits.grid.columns - 1:
            column += direction
            pairs = self._column(column, rows[0] - _ROW_REACH - lost, rows[1] + _ROW_REACH + lost, limit)
            detour = np.minimum(pairs.detour, limit)
            if not len(detour) or detour.max() < _END_DETOUR * self.unit:
                lost += 1
                continue
            best = int(detour.argmax())
            rows, lost = (int(pairs.upper_rows[best]), int(pairs.lower_rows[best])), 0
            found[column] = rows
        return found

    def _column(self, column: int, first: int, last: int, limit: float) -> _Column:
        rows = np.arange(max(first, 0), min(last, self.hits.grid.rows - 1) + 1)
        rows = rows[self._is_surface(column, rows)]
        points = self.hits.point[rows, column]
        apart = np.linalg.norm(np.diff(points, axis=0), axis=1)
        upper, lower = rows[:-1], rows[1:]
        triangles = self.hits.triangle[:, column]
        differ = triangles[upper] != triangles[lower]
        near = differ & (apart < _MAX_PARTING * self.unit)
        upper, lower = upper[near], lower[near]
        return _Column(upper, lower, self._detours(column, upper, lower, limit))

    def _is_surface(self, column: int, rows: np.ndarray) -> np.ndarray:
        depth = self.hits.point[:, column, 2]
        front = np.array([np.nanmax(np.append(depth[max(row - _WINDOW_ROWS, 0) : row + _WINDOW_ROWS], -np.inf)) for row in rows])
        return depth[rows] > front - _DEEP * self.unit

    def _detours(self, column: int, upper: np.ndarray, lower: np.ndarray, limit: float) -> np.ndarray:
        """Along edges, from the nearest corner of one triangle to that of the other."""
        ends = [self._corner(rows, column) for rows in (upper, lower)]
        differ = np.flatnonzero(ends[0] != ends[1])
        detour = np.zeros(len(upper))
        if len(differ):
            sources, index = np.unique(ends[0][differ], return_inverse=True)
            distance = np.asarray(dijkstra(self.skin.graph, directed=False, indices=sources, limit=limit))
            detour[differ] = distance[index, ends[1][differ]]
        return detour

    def _corner(self, rows: np.ndarray, column: int) -> np.ndarray:
        triangles = self.skin.triangles[self.hits.triangle[rows, column]]
        return triangles[np.arange(len(rows)), self.hits.barycentric[rows, column].argmax(axis=1)]
