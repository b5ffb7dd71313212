"""Body motion from elsewhere, as a character wants it that stands where the artist put it."""

from dataclasses import replace

import numpy as np

from ...bridge.data import MotionClip, MotionLayer
from ...bridge.data.rotation import axis_angle_to_matrix, composed_rotations

ROOT = "pelvis"
_Z_UP_TO_Y_UP = np.array([-0.5 * np.pi, 0.0, 0.0])


def standing_motion(clip: MotionClip) -> MotionClip:
    """The clip, set upright where its Z is up, as in AMASS; the way of the root begins at nothing.

    Nothing else of it changes. A clip that neither turns nor moves the root is returned as it is.
    """
    layers = list(clip.layers)
    if is_z_up(clip):
        first = next(index for index, layer in enumerate(layers) if ROOT in layer.joint_names)
        layers[first] = _with_root_turned(layers[first])
        layers = [replace(layer, translation=_turned(layer.translation)) for layer in layers]
    elif all(layer.translation is None for layer in layers):
        return clip
    return clip.with_layers([replace(layer, translation=_from_its_start(layer.translation)) for layer in layers])


def motion_in_place(clip: MotionClip) -> MotionClip:
    """The clip without the way of its root."""
    return clip.with_layers([replace(layer, translation=None) for layer in clip.layers])


def is_z_up(clip: MotionClip) -> bool:
    """Whether the body stands along Z for most of the clip, and not along Y as a SMPL-X body at rest does."""
    if not clip.frame_count or not any(ROOT in layer.joint_names for layer in clip.layers):
        return False
    up = axis_angle_to_matrix(clip.joints([ROOT])[:, 0])[:, :, 1]
    return bool(np.median(up[:, 2]) > 0.5 and np.median(up[:, 2]) > abs(np.median(up[:, 1])))


def _with_root_turned(layer: MotionLayer) -> MotionLayer:
    rotations = layer.joint_rotations.copy()
    joint = layer.joint_names.index(ROOT)
    turn = np.broadcast_to(_Z_UP_TO_Y_UP, (layer.frame_count, 3))
    rotations[:, joint] = composed_rotations(turn, rotations[:, joint])
    return replace(layer, joint_rotations=rotations)


def _turned(translation: np.ndarray | None) -> np.ndarray | None:
    return None if translation is None else translation @ axis_angle_to_matrix(_Z_UP_TO_Y_UP).T


def _from_its_start(translation: np.ndarray | None) -> np.ndarray | None:
    return None if translation is None else translation - translation[:1]
