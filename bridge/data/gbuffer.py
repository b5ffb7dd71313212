"""GBuffer: what a renderer knows of every pixel before it is lit."""

from dataclasses import dataclass, fields

import numpy as np

from ..errors import InvalidInput
from .camera import Camera

REGION_NAMES: tuple[str, ...] = ("background", "skin", "lips", "eyes", "mouth", "hair", "hands", "clothes")
"""What a pixel shows: skin without lips and hands; the mouth's inside; hair, brows and lashes. `region` holds the index."""

_WIDTHS = {
    "albedo": 3, "normal": 3, "depth_z_m": 1, "region": 1, "roughness": 1, "motion_px": 2, "alpha": 1, "anchor": 3, "radiance": 3,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class GBuffer:
    """One frame, (H, W) or (H, W, C) arrays as `camera` sees it; float32 but for `region`. Where nothing is, alpha is 0.

    albedo (3): linear. normal (3): unit, in the world's axes (SMPL-X's). depth_z_m: along the camera's axis, else inf.
    region: uint8 index into REGION_NAMES. roughness: 0..1. motion_px (2): column and row where the point is now, less where it
    was a frame before. alpha: coverage, 0..1. anchor (3): where the point is on the character at rest, metres; it names the
    same spot of the surface in every frame. radiance (3): a path-traced pass of one sample, linear; None where none was rendered.
    Raises InvalidInput where shapes differ.
    """

    camera: Camera
    albedo: np.ndarray
    normal: np.ndarray
    depth_z_m: np.ndarray
    region: np.ndarray
    roughness: np.ndarray
    motion_px: np.ndarray
    alpha: np.ndarray
    anchor: np.ndarray
    radiance: np.ndarray | None = None

    def __post_init__(self) -> None:
        size = (self.camera.height, self.camera.width)
        for item in fields(self)[1:]:
            values = getattr(self, item.name)
            if values is None:
                continue
            width = _WIDTHS[item.name]
            wanted = size if width == 1 else (*size, width)
            if np.shape(values) != wanted:
                raise InvalidInput(f"The G-buffer's {item.name} is {np.shape(values)}, and the camera wants {wanted}.")
            kept = np.array(values, np.uint8 if item.name == "region" else np.float32)
            kept.setflags(write=False)
            object.__setattr__(self, item.name, kept)
        if self.region.max() >= len(REGION_NAMES):
            raise InvalidInput(f"The G-buffer's region {self.region.max()} is none of {', '.join(REGION_NAMES)}.")

    @property
    def is_empty(self) -> bool:
        """Whether the character is out of view."""
        return not bool(self.alpha.any())

    def positions(self) -> np.ndarray:
        """(H, W, 3): each pixel's point in the world, metres; NaN where nothing is."""
        depth_m = np.where(np.isfinite(self.depth_z_m), self.depth_z_m, np.nan)
        return self.camera.position_m + self.camera.directions() * depth_m[..., None]
