"""The one crossing between SMPL-X's axes (Y up, facing +Z) and Blender's (Z up, facing -Y); left is +X in both."""

import numpy as np


def y_up_to_z_up(vectors: np.ndarray) -> np.ndarray:
    """Positions, directions or axis-angle rotations (..., 3) in SMPL-X axes -> (..., 3) in Blender's, same unit and dtype."""
    x, y, z = np.moveaxis(np.asarray(vectors), -1, 0)
    return np.stack([x, -z, y], axis=-1)


def z_up_to_y_up(vectors: np.ndarray) -> np.ndarray:
    """The inverse of `y_up_to_z_up`: (..., 3) -> (..., 3)."""
    x, y, z = np.moveaxis(np.asarray(vectors), -1, 0)
    return np.stack([x, z, -y], axis=-1)
