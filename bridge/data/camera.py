"""Camera: where a picture is taken from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import InvalidInput

_MAX_SIDE_PX = 8192


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole in SMPL-X's axes, looking along its own -Z with +Y up (as OpenGL's and Blender's cameras do).

    camera_to_world: (4, 4), metres, without scale. fov_y_rad: vertical angle of view. width, height: pixels. Pixel (column, row)
    is centred at (column + .5, row + .5), rows downwards. Raises InvalidInput where that is no camera.
    """

    camera_to_world: np.ndarray
    fov_y_rad: float
    width: int
    height: int

    def __post_init__(self) -> None:
        pose = np.array(self.camera_to_world, np.float64)
        turn = pose[:3, :3] if pose.shape == (4, 4) else np.zeros((3, 3))
        if not (np.isfinite(pose).all() and np.allclose(turn @ turn.T, np.eye(3), atol=1e-4) and np.linalg.det(turn) > 0.0):
            raise InvalidInput("A camera's pose is a rotation and a translation: a (4, 4) matrix without scale or mirroring.")
        if not 0.0 < self.fov_y_rad < np.pi:
            raise InvalidInput(f"A camera's vertical angle of view lies between 0 and pi radians, not at {self.fov_y_rad}.")
        if not (1 <= self.width <= _MAX_SIDE_PX and 1 <= self.height <= _MAX_SIDE_PX):
            raise InvalidInput(f"A picture has 1 to {_MAX_SIDE_PX} pixels a side, not {self.width} x {self.height}.")
        pose.setflags(write=False)
        object.__setattr__(self, "camera_to_world", pose)

    @cached_property
    def world_to_camera(self) -> np.ndarray:
        return np.linalg.inv(self.camera_to_world)

    @property
    def focal_px(self) -> float:
        return 0.5 * self.height / np.tan(0.5 * self.fov_y_rad)

    @property
    def position_m(self) -> np.ndarray:
        return self.camera_to_world[:3, 3]

    def projected(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """World points (..., 3) -> pixels (..., 2), column and row, and depth along the camera's axis (...), metres."""
        local = np.asarray(points) @ self.world_to_camera[:3, :3].T + self.world_to_camera[:3, 3]
        depth_m = -local[..., 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            right, up = (self.focal_px * local[..., axis] / depth_m for axis in (0, 1))
        return np.stack([0.5 * self.width + right, 0.5 * self.height - up], axis=-1), depth_m

    def directions(self) -> np.ndarray:
        """(H, W, 3): through each pixel's centre in the world, scaled to a depth of 1 along the camera's axis."""
        columns, rows = np.meshgrid(np.arange(self.width) + 0.5, np.arange(self.height) + 0.5)
        local = np.stack(
            [
                (columns - 0.5 * self.width) / self.focal_px,
                (0.5 * self.height - rows) / self.focal_px,
                -np.ones_like(rows),
            ],
            axis=-1,
        )
        return local @ self.camera_to_world[:3, :3].T
