"""Hands, feet and head where SMPL-X has them, though the bones that carry them have other lengths."""

from collections.abc import Mapping

import numpy as np

from ....bridge.data import SMPLX_JOINT_INDEX
from .body_source import SMPLX_REST_M, joint_positions
from .body_target import BodyTarget
from .swing import matrix_to_axis_angle, share_of_rotation, swing

_ROUNDS = 6
"""Each leaves a part of the error: as much as the head's way from the shoulders is longer than the neck."""
_MOST_RAD = 0.35
"""A neck is not bent further than this for the head's place alone."""


def reach(
    turns: dict[str, np.ndarray],
    world: np.ndarray,
    heads: Mapping[str, np.ndarray],
    root: str,
    middle: str,
    end: str,
    is_aligned: bool,
) -> None:
    """Swing a limb as a whole, so that its end lies in SMPL-X's direction from its root though its bones have other lengths."""
    if not is_aligned or not {root, middle, end} <= heads.keys():
        return
    own = turns[root] @ (heads[middle] - heads[root]) + turns[middle] @ (heads[end] - heads[middle])
    upper, lower = (
        SMPLX_REST_M[SMPLX_JOINT_INDEX[b]] - SMPLX_REST_M[SMPLX_JOINT_INDEX[a]] for a, b in ((root, middle), (middle, end))
    )
    source = world[:, SMPLX_JOINT_INDEX[root]] @ upper + world[:, SMPLX_JOINT_INDEX[middle]] @ lower
    correction = swing(own, source)
    turns[root], turns[middle] = correction @ turns[root], correction @ turns[middle]


def hold_head(turned: dict[str, np.ndarray], world: np.ndarray, target: BodyTarget) -> None:
    """Swing the neck, so that the head moves over the shoulders by the angle that SMPL-X's does, from its own place at rest.

    turned: bone -> (F, 3, 3) from rest, changed. world: (F, 55, 3, 3) of SMPL-X.
    """
    bones = target.bones
    parts = {"head", "left_shoulder", "right_shoulder"}
    if not bones.neck or not parts <= bones.joints.keys():
        return
    source = np.stack([_over_shoulders({part: at[:, SMPLX_JOINT_INDEX[part]] for part in parts}) for at in _source_places(world)])
    at_rest = {bone: np.eye(3)[None] for bone in turned}
    wanted = swing(source[0], source[1]) @ _over_shoulders(_places(at_rest, target, parts))[0]
    done = np.eye(3)
    for _ in range(_ROUNDS):
        found = _over_shoulders(_places(turned, target, parts))
        step = _limited(swing(found, wanted) @ done)
        for bone in bones.neck:
            turned[bone] = step @ np.swapaxes(done, -1, -2) @ turned[bone]
        done = step


def _source_places(world: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return joint_positions(np.broadcast_to(np.eye(3), world.shape)), joint_positions(world)


def _over_shoulders(places: Mapping[str, np.ndarray]) -> np.ndarray:
    """From between the shoulders to the head, (F, 3)."""
    return places["head"] - 0.5 * (places["left_shoulder"] + places["right_shoulder"])


def _places(turned: Mapping[str, np.ndarray], target: BodyTarget, joints: set[str]) -> dict[str, np.ndarray]:
    """Where the bones of these joints begin, (F, 3) in SMPL-X's axes and the armature's unit."""
    heads = {bone: target.axes @ target.skeleton.heads[target.skeleton.index(bone)] for bone in turned}
    places = {}
    for joint in joints:
        bone = target.bones.joints[joint]
        places[joint] = np.zeros(3)
        while (carrier := target.carriers[bone]) is not None:
            places[joint] = places[joint] + turned[carrier] @ (heads[bone] - heads[carrier])
            bone = carrier
        places[joint] = places[joint] + heads[bone]
    return places


def _limited(turn: np.ndarray) -> np.ndarray:
    """Rotations by at most `_MOST_RAD`: (F, 3, 3) both."""
    angle = np.linalg.norm(matrix_to_axis_angle(turn), axis=-1)
    largest = float(angle.max(initial=0.0))
    return turn if largest <= _MOST_RAD else share_of_rotation(turn, _MOST_RAD / largest)
