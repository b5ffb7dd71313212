"""Armatures as arrays: SMPL-X's mean body with names, rest pose, proportions, rolls and axes of its own."""

import json
from pathlib import Path

import numpy as np

from vivavoce import addon
from vivavoce.addon.core.rigs.body_names import recognised_body
from vivavoce.addon.core.rigs.body_skeleton import Skeleton
from vivavoce.addon.core.rigs.body_source import SMPLX_REST_M, composed_along, joint_positions
from vivavoce.addon.core.rigs.body_target import BodyTarget
from vivavoce.bridge.data import SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES
from vivavoce.bridge.data.rotation import axis_angle_to_matrix
from vivavoce.bridge.data.smplx_joints import SMPLX_JOINT_PARENTS

CONVENTIONS = json.loads((Path(addon.__file__).parent / "assets" / "rigs" / "bodies.json").read_text())
A_POSE_RAD = 0.9


def bone_names(convention: str, joints: tuple[str, ...]) -> dict[str, str]:
    """SMPL-X joint -> the bone of this convention, for those of `joints` that it has one for."""
    spelled = CONVENTIONS[convention]
    spine = [bone.split("|")[0] for bone in spelled["spine"]]
    names = dict(zip(("spine1", "spine2", "spine3"), spine, strict=False)) | {"neck": spelled["neck"][0]}
    for side, mark in zip(("left", "right"), spelled["sides"], strict=True):
        fingers = {
            f"{finger}{number}": bone for finger, bones in spelled["fingers"].items() for number, bone in enumerate(bones, 1)
        }
        for joint, pattern in (spelled["joints"] | fingers).items():
            names[f"{side}_{joint}" if "{side}" in pattern else joint] = pattern.split("|")[0].replace("{side}", mark)
    prefix = spelled.get("prefixes", [""])[0]
    return {joint: prefix + names[joint] for joint in joints if joint in names}


def a_pose_rotations() -> np.ndarray:
    """(55, 3): arms down and elbows a little bent, from SMPL-X's T pose."""
    rotations = np.zeros((len(SMPLX_JOINT_NAMES), 3))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        rotations[SMPLX_JOINT_INDEX[f"{side}_shoulder"]] = (0.0, 0.0, -sign * A_POSE_RAD)
        rotations[SMPLX_JOINT_INDEX[f"{side}_elbow"]] = (0.0, -sign * 0.3, 0.0)
    return rotations


def made_body(
    convention: str,
    rest: str,
    seed: int,
    stretch: float = 0.0,
    without: tuple[str, ...] = (),
) -> BodyTarget:
    """A body with a convention's names in an `A` or `T` pose, every bone rolled by chance, its armature turned and scaled.

    stretch: how far the lengths of bones differ from SMPL-X's, as a share. without: joints it has no bone for.
    """
    generator = np.random.default_rng(seed)
    lengths = np.exp(stretch * generator.normal(size=len(SMPLX_JOINT_NAMES)))
    rest_m = SMPLX_REST_M.copy()
    for joint, parent in enumerate(SMPLX_JOINT_PARENTS):
        if parent >= 0:
            twin = SMPLX_JOINT_INDEX.get(SMPLX_JOINT_NAMES[joint].replace("right_", "left_"), joint)
            rest_m[joint] = rest_m[parent] + lengths[twin] * (SMPLX_REST_M[joint] - SMPLX_REST_M[parent])
    if rest == "A":
        rest_m = joint_positions(composed_along(axis_angle_to_matrix(a_pose_rotations())[None]), rest_m)[0]
    wanted = [joint for joint in SMPLX_JOINT_NAMES if joint not in without]
    names = bone_names(convention, tuple(wanted))
    order = [joint for joint in wanted if joint in names]
    to_armature = 100.0 * axis_angle_to_matrix(np.array([[0.5 * np.pi, 0.0, 0.0], [0.0, np.pi, 0.0]][seed % 2]))
    heads = np.array([to_armature @ rest_m[SMPLX_JOINT_INDEX[joint]] for joint in order])
    skeleton = Skeleton(
        tuple(names[joint] for joint in order),
        tuple(_parent_place(joint, order) for joint in order),
        heads,
        axis_angle_to_matrix(generator.normal(size=(len(order), 3))),
    )
    bones = recognised_body(skeleton.names)
    assert bones is not None
    return BodyTarget(skeleton, bones)


def _parent_place(joint: str, order: list[str]) -> int:
    parent = SMPLX_JOINT_PARENTS[SMPLX_JOINT_INDEX[joint]]
    while parent >= 0 and SMPLX_JOINT_NAMES[parent] not in order:
        parent = SMPLX_JOINT_PARENTS[parent]
    return order.index(SMPLX_JOINT_NAMES[parent]) if parent >= 0 else -1


def posed_heads(target: BodyTarget, pose: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where the bones of a posed armature begin, as Blender would have it: SMPL-X joint -> (F, 3) in SMPL-X's axes."""
    skeleton = target.skeleton
    frames = len(next(iter(pose.values())))
    turned, heads = [], []
    for bone, (name, parent) in enumerate(zip(skeleton.names, skeleton.parents, strict=True)):
        own = quaternion_matrix(pose[name]) if name in pose else np.broadcast_to(np.eye(3), (frames, 3, 3))
        own = skeleton.axes[bone] @ own @ skeleton.axes[bone].T
        turned.append(own if parent < 0 else turned[parent] @ own)
        offset = skeleton.heads[bone] - skeleton.heads[max(parent, 0)]
        heads.append(np.tile(skeleton.heads[bone], (frames, 1)) if parent < 0 else heads[parent] + turned[parent] @ offset)
    joints = target.bones.joint_of_bone
    return {joints[name]: heads[bone] @ target.axes.T for bone, name in enumerate(skeleton.names) if name in joints}


def quaternion_matrix(quaternions_wxyz: np.ndarray) -> np.ndarray:
    """(F, 4) -> (F, 3, 3), by the formula v' = v + 2 w (q x v) + 2 q x (q x v)."""
    w, vector = quaternions_wxyz[:, :1, None], quaternions_wxyz[:, None, 1:]
    basis = np.broadcast_to(np.eye(3), (len(quaternions_wxyz), 3, 3))
    once = np.cross(vector, basis)
    return np.swapaxes(basis + 2.0 * w * once + 2.0 * np.cross(vector, once), 1, 2)


def gestures(frames: int = 40, seed: int = 0) -> dict[str, np.ndarray]:
    """A talking body: trunk, neck and head sway, arms lower, bend and wave, fingers curl. SMPL-X joint -> (F, 3) radians."""
    generator = np.random.default_rng(seed)
    times = np.linspace(0.0, 2.0 * np.pi, frames)[:, None]

    def sway(reach_rad: float) -> np.ndarray:
        return (
            reach_rad
            * np.sin(generator.uniform(0.5, 2.0, 3) * times + generator.uniform(0.0, 6.0, 3))
            * generator.uniform(0.3, 1.0, 3)
        )

    rotations = {joint: sway(0.15) for joint in ("pelvis", "spine1", "spine2", "spine3", "neck", "left_collar", "right_collar")}
    rotations |= {joint: sway(0.2) for joint in ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle")}
    rotations["head"] = sway(0.3)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        rotations[f"{side}_shoulder"] = sway(0.5) - np.array([0.0, 0.0, 0.9 * sign])
        rotations[f"{side}_elbow"] = sway(0.3) - np.array([0.0, 1.2 * sign, 0.0])
        rotations[f"{side}_wrist"] = sway(0.4)
        rotations |= {f"{side}_{finger}{number}": sway(0.3) for finger in ("thumb", "index", "pinky") for number in (1, 2, 3)}
    return rotations


def source_heads(rotations: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where SMPL-X's own joints are: joint -> (F, 3) metres."""
    frames = len(next(iter(rotations.values())))
    local = np.tile(np.eye(3), (frames, len(SMPLX_JOINT_NAMES), 1, 1))
    for joint, rotation in rotations.items():
        local[:, SMPLX_JOINT_INDEX[joint]] = axis_angle_to_matrix(rotation)
    positions = joint_positions(composed_along(local))
    return {joint: positions[:, index] for index, joint in enumerate(SMPLX_JOINT_NAMES)}
