"""What the picture itself shows of shadow: the horizon around every pixel, and which sources stand above it.

Each pixel looks along a few directions of the image plane for what rises highest before it (Bavoil, Sainz and Dimitrov,
"Image-space horizon-based ambient occlusion", 2008); what the camera does not see casts no shadow.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...bridge.data import REGION_NAMES, Camera, GBuffer

Place = tuple[slice, slice]
"""Rows and columns of a part of the reduced picture."""
Step = tuple[Place, Place, np.ndarray]
"""Which points look where, and the sine of the elevation at which they see it; -1 where it does not count, NaN: nothing."""

SLICE_COUNT = 12
_LONGEST_SIDE_PX = 128
_REACHES_M = np.array([0.004, 0.008, 0.014, 0.022, 0.034, 0.050, 0.075, 0.110, 0.160])
_SOFTNESS = 0.14
"""A source is as wide as twice this, in sine of elevation."""
_HAIR = REGION_NAMES.index("hair")
_LOCK_PX = 5
_SHARE_AT_HORIZON = 0.7
_FADE_M = 0.1
"""What rises this far before a point no longer counts: hair or a hand, with air behind it."""


@dataclass(frozen=True, eq=False)
class Horizon:
    """Of P points of the surface, taken every `stride` pixels.

    rows, columns (P,): into the reduced picture of `size`; positions, normals (P, 3): in the world; steps: what is seen along
    each direction of the image plane; heights (SLICE_COUNT + 1, P): sine of the highest thing's elevation over the image plane
    in each, the first repeated at the end.
    """

    camera: Camera
    stride: int
    size: tuple[int, int]
    rows: np.ndarray
    columns: np.ndarray
    positions: np.ndarray
    normals: np.ndarray
    steps: tuple[tuple[Step, ...], ...]
    heights: np.ndarray

    def visibility(self, directions: np.ndarray) -> np.ndarray:
        """Unit directions in the world towards far sources (S, 3), or near ones (P, S, 3) -> (P, S), 0..1."""
        local = (directions @ self.camera.camera_to_world[:3, :3]).astype(np.float32)
        across = np.arctan2(local[..., 1], local[..., 0]) * (SLICE_COUNT / (2.0 * np.pi)) % SLICE_COUNT
        first = np.minimum(across.astype(int), SLICE_COUNT - 1)
        share = (across - first).astype(np.float32)
        if directions.ndim == 2:
            height = self.heights[first].T * (1.0 - share) + self.heights[first + 1].T * share
        else:
            points = np.arange(len(first))[:, None]
            height = self.heights[first, points] * (1.0 - share) + self.heights[first + 1, points] * share
        return np.clip((local[..., 2] - height) / (2.0 * _SOFTNESS) + _SHARE_AT_HORIZON, 0.0, 1.0)

    def spread(self, values: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Values at the points (P, C) -> at pixels of the frame, rows and columns (F,) each -> (F, C)."""
        from scipy import ndimage

        grid = np.zeros((self.size[0] + 1, self.size[1] + 1, values.shape[1] + 1), np.float32)
        grid[self.rows, self.columns, :-1], grid[self.rows, self.columns, -1] = values, 1.0
        # A trace of what lies around reaches the pixels at an edge that have no point beside them.
        grid += 1e-3 * ndimage.uniform_filter(grid, 5, axes=(0, 1)) + 1e-7
        row, column = (np.maximum((place - self.stride // 2) / self.stride, 0.0) for place in (rows, columns))
        top, left = row.astype(int), column.astype(int)
        down, right = (row - top)[:, None].astype(np.float32), (column - left)[:, None].astype(np.float32)
        upper = grid[top, left] * (1.0 - right) + grid[top, left + 1] * right
        lower = grid[top + 1, left] * (1.0 - right) + grid[top + 1, left + 1] * right
        mixed = upper * (1.0 - down) + lower * down
        return mixed[:, :-1] / mixed[:, -1:]


def horizon_of(gbuffer: GBuffer) -> Horizon:
    """Around every point that a reduced picture of the frame shows."""
    camera = gbuffer.camera
    stride = max(1, -(-max(camera.height, camera.width) // _LONGEST_SIDE_PX))
    pick = (slice(stride // 2, None, stride), slice(stride // 2, None, stride))
    depth_m = gbuffer.depth_z_m[pick]
    seen = (gbuffer.alpha[pick] > 0.0) & np.isfinite(depth_m)
    rows, columns = np.nonzero(seen)
    depth_m, normals = _combed(np.where(seen, depth_m, 0.0), gbuffer.normal[pick], gbuffer.region[pick] == _HAIR)
    local = _local_positions(camera, np.where(seen, depth_m, np.nan), pick)
    steps = tuple(tuple(_steps(local, slice_angle(index))) for index in range(SLICE_COUNT))
    heights = np.stack([_highest(seen.shape, along)[rows, columns] for along in steps])
    turn = camera.camera_to_world[:3, :3].astype(np.float32)
    positions = local[:, rows, columns].T @ turn.T + camera.position_m.astype(np.float32)
    heights = np.concatenate([heights, heights[:1]])
    return Horizon(camera, stride, depth_m.shape, rows, columns, positions, normals[rows, columns], steps, heights)


def _combed(depth_m: np.ndarray, normals: np.ndarray, is_hair: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Depth and normals with hair's strands laid together: one that lies before others shades a lock, not a pixel."""
    from scipy import ndimage

    weight = ndimage.uniform_filter(is_hair.astype(np.float32), _LOCK_PX) + 1e-6
    depth_m = np.where(is_hair, ndimage.uniform_filter(depth_m * is_hair, _LOCK_PX) / weight, depth_m).astype(np.float32)
    smooth = ndimage.uniform_filter(normals * is_hair[..., None], _LOCK_PX, axes=(0, 1))
    smooth /= np.maximum(np.linalg.norm(smooth, axis=-1, keepdims=True), 1e-6)
    return depth_m, np.where(is_hair[..., None], smooth, normals)


def _local_positions(camera: Camera, depth_m: np.ndarray, pick: tuple[slice, slice]) -> np.ndarray:
    """(3, h, w) in the camera's axes, metres, NaN where nothing is."""
    right = (np.arange(camera.width)[pick[1]] + 0.5 - 0.5 * camera.width) / camera.focal_px
    up = (0.5 * camera.height - np.arange(camera.height)[pick[0]] - 0.5) / camera.focal_px
    return np.stack([right * depth_m, up[:, None] * depth_m, -depth_m]).astype(np.float32)


def slice_angle(index: int) -> float:
    """Direction of a slice in the image plane, radians from the right upwards."""
    return 2.0 * np.pi * index / SLICE_COUNT


def _steps(local: np.ndarray, angle_rad: float) -> Iterator[Step]:
    """Away from every point in one direction of the image plane."""
    height, width = local.shape[1:]
    pixel_m = _pixel_m(local)
    done = {(0, 0)}
    for reach in _REACHES_M / pixel_m:
        across, down = round(np.cos(angle_rad) * reach), round(-np.sin(angle_rad) * reach)
        if (across, down) in done or abs(across) >= width or abs(down) >= height:
            continue
        done.add((across, down))
        here = (slice(max(0, -down), height - max(0, down)), slice(max(0, -across), width - max(0, across)))
        there = (slice(max(0, down), height + min(0, down)), slice(max(0, across), width + min(0, across)))
        offset = local[:, *there] - local[:, *here]
        rise = offset[2] / np.sqrt(offset[0] ** 2 + offset[1] ** 2 + offset[2] ** 2 + 1e-12)
        yield here, there, np.where(offset[2] < _FADE_M, rise, -1.0)


def _highest(size: tuple[int, ...], steps: tuple[Step, ...]) -> np.ndarray:
    """Sine of the highest elevation among some steps, (h, w); -1 where nothing rises."""
    highest = np.full(size, -1.0, np.float32)
    for here, _, rise in steps:
        highest[here] = np.fmax(highest[here], rise)
    return highest


def _pixel_m(local: np.ndarray) -> float:
    """About how wide a pixel of the reduced picture is on the character, metres."""
    steps = np.diff(local[0], axis=1)
    steps = steps[np.isfinite(steps)]
    return max(float(np.median(steps)), 1e-5) if len(steps) else 1.0
