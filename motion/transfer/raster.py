"""What is seen of a mesh on a grid of rays, from the front or from a point: the nearest triangle of each."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Grid:
    """Pixel centres at x0 + column * step, y0 - row * step: row 0 is the top."""

    x0: float
    y0: float
    step: float
    columns: int
    rows: int

    @staticmethod
    def around(centre: np.ndarray, left: float, right: float, down: float, up: float, step: float) -> "Grid":
        """A grid that reaches so far to each side of centre (2,)."""
        columns, rows = int((left + right) / step) + 1, int((down + up) / step) + 1
        return Grid(float(centre[0] - left), float(centre[1] + up), step, columns, rows)

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """(C,) x of the columns, (R,) y of the rows."""
        return self.x0 + self.step * np.arange(self.columns), self.y0 - self.step * np.arange(self.rows)


@dataclass(frozen=True, eq=False)
class Hits:
    """triangle (R, C), -1 where no ray hits; barycentric (R, C, 3); point (R, C, 3), nan where none."""

    grid: Grid
    triangle: np.ndarray
    barycentric: np.ndarray
    point: np.ndarray


def front_view(vertices: np.ndarray, triangles: np.ndarray, grid: Grid) -> Hits:
    """Seen from far away on +Z; the nearest triangle has the largest z."""
    return _hits(vertices, triangles, vertices[:, :2], np.ones(len(vertices)), vertices[:, 2], grid)


def outward_view(vertices: np.ndarray, triangles: np.ndarray, centre: np.ndarray, grid: Grid) -> Hits:
    """Seen from a point towards +Z, on the plane at distance 1 before it; triangles that reach behind the point are left out."""
    offset = vertices - centre
    ahead = np.maximum(offset[:, 2], 1e-9)
    whole = (offset[:, 2] > 0.0)[triangles].all(axis=1)
    hits = _hits(vertices, triangles[whole], offset[:, :2] / ahead[:, None], 1.0 / ahead, 1.0 / ahead, grid)
    numbers = np.append(np.flatnonzero(whole), -1)
    return Hits(grid, numbers[hits.triangle], hits.barycentric, hits.point)


def _hits(
    vertices: np.ndarray, triangles: np.ndarray, flat: np.ndarray, weight: np.ndarray, nearness: np.ndarray, grid: Grid
) -> Hits:
    """flat (V, 2): positions on the grid's plane; weight (V,): that barycentric coordinates there are multiplied by."""
    pixel, owner = _candidates(flat[triangles], grid)
    shares = _barycentric(flat[triangles[owner]], _centres(pixel, grid))
    inside = np.all(shares >= -1e-9, axis=1)
    pixel, owner, shares = pixel[inside], owner[inside], shares[inside]
    corners = triangles[owner]
    near = np.einsum("nc,nc->n", shares, nearness[corners])
    order = np.lexsort((near, pixel))
    last = order[np.append(np.diff(pixel[order]) > 0, True)] if len(order) else order
    shares = shares[last] * weight[corners[last]]
    shares /= shares.sum(axis=1, keepdims=True)
    size = grid.rows * grid.columns
    found, coordinates, point = np.full(size, -1), np.zeros((size, 3)), np.full((size, 3), np.nan)
    found[pixel[last]], coordinates[pixel[last]] = owner[last], shares
    point[pixel[last]] = np.einsum("nc,ncx->nx", shares, vertices[corners[last]])
    shape = (grid.rows, grid.columns)
    return Hits(grid, found.reshape(shape), coordinates.reshape(*shape, 3), point.reshape(*shape, 3))


def _candidates(corners: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Pixels within each triangle's box: flat pixel numbers (N,) and triangle numbers (N,)."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    first_column = np.clip(np.ceil((low[:, 0] - grid.x0) / grid.step), 0, grid.columns).astype(int)
    last_column = np.clip(np.floor((high[:, 0] - grid.x0) / grid.step), -1, grid.columns - 1).astype(int)
    first_row = np.clip(np.ceil((grid.y0 - high[:, 1]) / grid.step), 0, grid.rows).astype(int)
    last_row = np.clip(np.floor((grid.y0 - low[:, 1]) / grid.step), -1, grid.rows - 1).astype(int)
    width, height = np.maximum(last_column - first_column + 1, 0), np.maximum(last_row - first_row + 1, 0)
    count = width * height
    owner = np.repeat(np.arange(len(corners)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    row, column = first_row[owner] + place // width[owner], first_column[owner] + place % width[owner]
    return row * grid.columns + column, owner


def _centres(pixel: np.ndarray, grid: Grid) -> np.ndarray:
    x, y = grid.places()
    return np.stack([x[pixel % grid.columns], y[pixel // grid.columns]], axis=1)


def _barycentric(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Of points (N, 2) in triangles (N, 3, 2); outside for triangles without area."""
    a, b, c = corners.swapaxes(0, 1)
    u, v, w = b - a, c - a, points - a
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    flat = np.abs(area) < 1e-20
    area = np.where(flat, 1.0, area)
    second = (w[:, 0] * v[:, 1] - w[:, 1] * v[:, 0]) / area
    third = (u[:, 0] * w[:, 1] - u[:, 1] * w[:, 0]) / area
    shares = np.stack([1.0 - second - third, second, third], axis=1)
    shares[flat] = -1.0
    return shares
