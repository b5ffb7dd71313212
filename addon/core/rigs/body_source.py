"""The body that SMPL-X's rotations are said of: a mean adult in T pose."""

import numpy as np

from ....bridge.data import SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES
from ....bridge.data.smplx_joints import SMPLX_JOINT_PARENTS

_TRUNK_M: dict[str, tuple[float, float, float]] = {
    "spine1": (0.0, 0.11, -0.025), "spine2": (0.0, 0.135, 0.0), "spine3": (0.0, 0.055, 0.025),
    "neck": (0.0, 0.215, -0.04), "head": (0.0, 0.065, 0.05), "jaw": (0.0, -0.01, 0.02),
}  # fmt: skip
_LEFT_M: dict[str, tuple[float, float, float]] = {
    "hip": (0.07, -0.09, -0.005), "knee": (0.035, -0.38, -0.005), "ankle": (-0.015, -0.4, -0.045), "foot": (0.025, -0.055, 0.12),
    "collar": (0.08, 0.12, -0.035), "shoulder": (0.09, 0.03, -0.01), "elbow": (0.26, -0.01, -0.025), "wrist": (0.25, 0.01, 0.0),
    "eye_smplhf": (0.032, 0.025, 0.07),
    "thumb1": (0.04, -0.02, 0.03), "thumb2": (0.025, -0.005, 0.025), "thumb3": (0.025, -0.005, 0.015),
    "index1": (0.1, -0.005, 0.02), "middle1": (0.105, 0.0, -0.005), "ring1": (0.095, -0.005, -0.025),
    "pinky1": (0.085, -0.01, -0.045),
}  # fmt: skip
_NEXT_KNUCKLE_M = (0.03, -0.002, 0.0)


def _offset_m(joint: str) -> np.ndarray:
    """From a joint's parent to the joint, (3,) metres."""
    side, _, part = joint.partition("_")
    if side not in ("left", "right"):
        return np.array(_TRUNK_M.get(joint, (0.0, 0.0, 0.0)))
    return np.array(_LEFT_M.get(part, _NEXT_KNUCKLE_M)) * (1.0 if side == "left" else -1.0, 1.0, 1.0)


def _rest_m() -> np.ndarray:
    positions = np.zeros((len(SMPLX_JOINT_NAMES), 3))
    for joint, (name, parent) in enumerate(zip(SMPLX_JOINT_NAMES, SMPLX_JOINT_PARENTS, strict=True)):
        positions[joint] = positions[max(parent, 0)] + _offset_m(name)
    positions[:, 1] -= positions[SMPLX_JOINT_INDEX["left_foot"], 1]
    positions.setflags(write=False)
    return positions


SMPLX_REST_M = _rest_m()
"""(55, 3) metres, SMPL-X axes: where its joints stand in the zero pose, of a mean adult to half a centimetre, feet at y = 0."""


def composed_along(local: np.ndarray) -> np.ndarray:
    """Rotations of SMPL-X's joints relative to their parents -> relative to the world: (F, 55, 3, 3) both."""
    world = local.copy()
    for joint, parent in enumerate(SMPLX_JOINT_PARENTS):
        if parent >= 0:
            world[:, joint] = world[:, parent] @ local[:, joint]
    return world


def joint_positions(world: np.ndarray, rest_m: np.ndarray = SMPLX_REST_M) -> np.ndarray:
    """Where the joints are, the pelvis in its place: world rotations (F, 55, 3, 3), rest_m (55, 3) -> (F, 55, 3) metres."""
    positions = np.repeat(rest_m[None], len(world), axis=0)
    for joint, parent in enumerate(SMPLX_JOINT_PARENTS):
        if parent >= 0:
            positions[:, joint] = positions[:, parent] + world[:, parent] @ (rest_m[joint] - rest_m[parent])
    return positions
