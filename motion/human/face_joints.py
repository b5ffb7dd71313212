"""What the blend shapes say as turns of the jaw and the eyeballs, the joints that FLAME and SMPL-X have instead."""

import numpy as np

from ...bridge.data import ARKIT_NAMES
from .eyes import look_rotation

JAW_TURN_RAD: dict[str, tuple[float, float, float]] = {
    "jawOpen": (0.300, 0.0, 0.0),
    "jawLeft": (0.0, 0.058, 0.0),
    "jawRight": (0.0, -0.058, 0.0),
}
"""The jaw's turn (axis-angle) at weight 1: the one that moves the open human's lower teeth most nearly as the blend shape does.

jawForward is a shift, which no turn makes: it stays with the expression.
"""


def _turns(name: str) -> list[np.ndarray]:
    return [np.array(JAW_TURN_RAD.get(name, (0.0, 0.0, 0.0))), look_rotation(name, "Left"), look_rotation(name, "Right")]


FACE_JOINT_TURNS: np.ndarray = np.array([_turns(name) for name in ARKIT_NAMES])
"""(52, 3, 3): blend shape, joint of FACE_JOINT_NAMES, axis-angle in radians at weight 1."""
FACE_JOINT_TURNS.setflags(write=False)
