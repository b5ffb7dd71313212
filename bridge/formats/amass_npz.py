"""Motion files of the SMPL family as AMASS and its relatives publish them -> MotionClip."""

from collections.abc import Mapping

import numpy as np

from ..data import SMPLX_JOINT_NAMES, MotionClip
from .body_layers import body_layers

RATE_KEYS = ("mocap_frame_rate", "mocap_framerate")
EXPRESSION_KEYS = ("expressions", "expression")
AMASS_KEYS = ("poses", "trans", *RATE_KEYS, *EXPRESSION_KEYS)

_FACE_JOINTS = slice(22, 25)
SMPLH_JOINT_NAMES = (*SMPLX_JOINT_NAMES[: _FACE_JOINTS.start], *SMPLX_JOINT_NAMES[_FACE_JOINTS.stop :])
"""SMPL-H: SMPL-X without jaw and eyes."""
JOINTS_OF_POSE_WIDTH = {3 * len(names): names for names in (SMPLX_JOINT_NAMES, SMPLH_JOINT_NAMES)}


def amass_clip(arrays: Mapping[str, np.ndarray]) -> MotionClip:
    """Arrays whose headers were checked -> joint layers; an expression belongs to the basis `smplx`.

    poses: (F, 165) or (F, 156) axis-angle, radians. trans: (F, 3) metres, as the model file's axes have it.
    """
    poses = arrays["poses"]
    names = JOINTS_OF_POSE_WIDTH[poses.shape[1]]
    expression = next((arrays[key] for key in EXPRESSION_KEYS if key in arrays), None)
    fps = next(float(arrays[key]) for key in RATE_KEYS if key in arrays)
    return MotionClip(fps, body_layers(poses.reshape(len(poses), -1, 3), names, arrays.get("trans"), expression, "smplx"))
