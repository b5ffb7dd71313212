"""SMPL-X's joint rotations onto the bones of any body, whatever its rest pose, rolls and proportions."""

from collections.abc import Mapping

import numpy as np

from ....bridge.data import FACE_JOINT_NAMES, SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES
from ....bridge.data.rotation import axis_angle_to_matrix, quaternion_product
from .body_alignment import ARM, LEG, SIDES, rest_alignment
from .body_reach import hold_head, reach
from .body_source import composed_along
from .body_target import BodyTarget
from .swing import matrix_to_quaternion_wxyz, share_of_rotation

_TRUNK = ("pelvis", "spine1", "spine2", "spine3")
_SPOKEN = frozenset({"spine3", "neck", "head", *FACE_JOINT_NAMES})
"""Where nothing but these moves, the chest by its breath too, neck and head turn exactly as they are told."""
_STILL_RAD = 1e-6

Rotations = Mapping[str, np.ndarray]
"""SMPL-X joint -> (F, 3) axis-angle in radians, relative to its parent and the T pose, in SMPL-X's axes."""


def body_pose(rotations: Rotations, target: BodyTarget, gains: Mapping[str, float] | None = None) -> dict[str, np.ndarray]:
    """Bone -> its rotation from rest in its own axes, quaternion_wxyz (F, 4) without jumps; bones that stay at rest are left out.

    A limb of which no joint turns stays as the character holds it; else it is laid along SMPL-X's T pose first. Wrists and ankles
    are where SMPL-X's are as seen from shoulder and hip, whatever the lengths of the bones, and where a body moves
    the head stays over the shoulders as SMPL-X's does. gains: joint -> share of its turn.
    """
    frames = len(next(iter(rotations.values()))) if rotations else 0
    local = np.broadcast_to(np.eye(3), (frames, len(SMPLX_JOINT_NAMES), 3, 3)).copy()
    for joint, rotation in rotations.items():
        if joint not in FACE_JOINT_NAMES:
            local[:, SMPLX_JOINT_INDEX[joint]] = axis_angle_to_matrix((gains or {}).get(joint, 1.0) * np.asarray(rotation))
    world = composed_along(local)
    moved = {joint for joint, rotation in rotations.items() if np.abs(rotation).max(initial=0.0) > _STILL_RAD}
    turned = _turned_bones(world, target, moved)
    carried = {bone: turned[carrier] if carrier else np.eye(3) for bone, carrier in target.carriers.items()}
    own = {bone: np.swapaxes(carried[bone], -1, -2) @ turn for bone, turn in turned.items()}
    joints = target.bones.joint_of_bone
    return {
        bone: _in_bone_axes(turn, target, bone)
        for bone, turn in own.items()
        if joints[bone] in rotations or np.abs(turn - np.eye(3)).max(initial=0.0) > _STILL_RAD
    }


def added_pose(below: Mapping[str, np.ndarray], total: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What turns the pose of the layers below into the whole, applied after it: bone -> quaternion_wxyz (F, 4), all three."""
    inverse = np.array([1.0, -1.0, -1.0, -1.0])
    return {bone: quaternion_product(below[bone] * inverse, turn) if bone in below else turn for bone, turn in total.items()}


def root_location(translation_m: np.ndarray, target: BodyTarget) -> tuple[str, np.ndarray] | None:
    """The bone that carries the body and its way in its own axes and unit, (F, 3); scaled by the legs. None without a pelvis."""
    bone = target.bones.joints.get("pelvis")
    if bone is None:
        return None
    return bone, target.scale * np.asarray(translation_m) @ target.axes @ target.skeleton.axes[target.skeleton.index(bone)]


def _turned_bones(world: np.ndarray, target: BodyTarget, moved: set[str]) -> dict[str, np.ndarray]:
    """Bone -> how far it is turned from its rest, in SMPL-X's axes: (F, 3, 3)."""
    alignment = rest_alignment(target.heads, moved)
    turns = {joint: world[:, SMPLX_JOINT_INDEX[joint]] @ alignment.get(joint, np.eye(3)) for joint in target.bones.joints}
    for side in SIDES:
        for limb in (ARM, LEG):
            reach(
                turns, world, target.heads, *(f"{side}_{part}" for part in limb[:3]), is_aligned=f"{side}_{limb[0]}" in alignment
            )
    turned = {bone: turns[joint] for joint, bone in target.bones.joints.items()}
    trunk = [world[:, SMPLX_JOINT_INDEX[joint]] for joint in _TRUNK]
    neck = [trunk[-1], world[:, SMPLX_JOINT_INDEX["neck"]]]
    for bones, joints in ((target.bones.spine, trunk), (target.bones.neck, neck)):
        turned.update(zip(bones, _spread(joints, len(bones)), strict=True))
    if moved - _SPOKEN:
        hold_head(turned, world, target)
    return turned


def _spread(joints: list[np.ndarray], bone_count: int) -> list[np.ndarray]:
    """A chain of turns (F, 3, 3), the first of what carries it, spread evenly over another number of bones."""
    spread = []
    for number in range(1, bone_count + 1):
        place = number * (len(joints) - 1) / bone_count
        below = min(int(place), len(joints) - 2)
        step = np.swapaxes(joints[below], -1, -2) @ joints[below + 1]
        spread.append(joints[below] @ share_of_rotation(step, place - below))
    return spread


def _in_bone_axes(turn: np.ndarray, target: BodyTarget, bone: str) -> np.ndarray:
    """(F, 3, 3) in SMPL-X's axes -> quaternion_wxyz (F, 4) in the bone's own, each the nearer of two to the one before."""
    basis = target.axes @ target.skeleton.axes[target.skeleton.index(bone)]
    quaternions = matrix_to_quaternion_wxyz(basis.T @ turn @ basis)
    flips = np.sum(quaternions[1:] * quaternions[:-1], axis=1) < 0.0
    quaternions[1:][np.logical_xor.accumulate(flips)] *= -1.0
    return quaternions
