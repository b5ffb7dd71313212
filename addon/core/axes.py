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


def turned_into_bone_space(axis_angle: np.ndarray, bone_rest: np.ndarray) -> np.ndarray:
    """Rotations about the armature's axes, said in the axes of a bone at rest, as pose bones want them.

    axis_angle (..., 3) and bone_rest (3, 3), whose columns are the bone's axes at rest in armature space -> (..., 3).
    Also right for translations.
    """
    return np.asarray(axis_angle) @ bone_rest
