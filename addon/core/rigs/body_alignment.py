"""What turns a body at rest into the pose that SMPL-X's rotations start from: from an A pose to its T pose, say."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise

import numpy as np

from ....bridge.data import SMPLX_JOINT_INDEX
from .body_source import SMPLX_REST_M
from .swing import swing

SIDES = ("left", "right")
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
ARM, LEG = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle", "foot")
HAND = tuple(f"{finger}{number}" for finger in FINGERS for number in (1, 2, 3))


def rest_alignment(heads: Mapping[str, np.ndarray], moved: AbstractSet[str]) -> dict[str, np.ndarray]:
    """Joint -> the rotation (3, 3), in SMPL-X's axes, that lays its limb at rest along SMPL-X's.

    heads: where the joints are at rest, (3,) in SMPL-X's axes. moved: joints of the limbs that are aligned; of others the rest is
    the character's own. Trunk, head, collars and feet are always: a posture is the character's, and feet stand flat.
    """
    turns: dict[str, np.ndarray] = {}
    for side in SIDES:
        arm, leg, hand = ([f"{side}_{part}" for part in limb] for limb in (ARM, LEG, HAND))
        if moved & {*leg}:
            _align_along(turns, heads, leg[:3])
        if moved & {*arm}:
            _align_along(turns, heads, arm)
            turns[arm[2]] = _hand_turn(heads, side, turns.get(arm[1], np.eye(3)))
            turns.update(dict.fromkeys(hand, turns[arm[2]]))
        if moved & {*hand}:
            for finger in FINGERS:
                _align_along(turns, heads, [f"{side}_{finger}{number}" for number in (1, 2, 3)], turns.get(arm[2], np.eye(3)))
    return turns


def _align_along(
    turns: dict[str, np.ndarray], heads: Mapping[str, np.ndarray], joints: list[str], turn: np.ndarray | None = None
) -> None:
    """Each joint of a chain but the last swings its bone to SMPL-X's direction, from where the one before has brought it."""
    turn = np.eye(3) if turn is None else turn
    joints = [joint for joint in joints if joint in heads]
    for joint, child in pairwise(joints):
        turn = swing(turn @ (heads[child] - heads[joint]), _source_bone(joint, child)) @ turn
        turns[joint] = turn
    if joints and joints[-1][-1:] == "3":
        turns[joints[-1]] = turn


def _hand_turn(heads: Mapping[str, np.ndarray], side: str, forearm: np.ndarray) -> np.ndarray:
    """The palm along SMPL-X's palm, by the knuckles; with the forearm where there are none."""
    wrist, knuckles = (
        f"{side}_wrist",
        [f"{side}_{finger}1" for finger in ("middle", "index", "pinky") if f"{side}_{finger}1" in heads],
    )
    if not knuckles or wrist not in heads:
        return forearm
    along = _source_bone(wrist, knuckles[0])
    turn = swing(forearm @ (heads[knuckles[0]] - heads[wrist]), along) @ forearm
    if len(knuckles) < 3:
        return turn
    along = along / np.linalg.norm(along)
    before, after = turn @ (heads[knuckles[1]] - heads[knuckles[2]]), _source_bone(knuckles[2], knuckles[1])
    return swing(before - (before @ along) * along, after - (after @ along) * along) @ turn


def _source_bone(joint: str, child: str) -> np.ndarray:
    return SMPLX_REST_M[SMPLX_JOINT_INDEX[child]] - SMPLX_REST_M[SMPLX_JOINT_INDEX[joint]]
