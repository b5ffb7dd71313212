"""A clip's body on an armature of any kind."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

import numpy as np

from ....bridge.data import MotionClip, MotionLayer
from ....bridge.rigs import JointTarget
from ...core.rigs.body_names import mapped_body, recognised_body
from ...core.rigs.body_pose import added_pose, body_pose, root_location
from ...core.rigs.body_skeleton import Skeleton
from ...core.rigs.body_target import BodyTarget
from ..actions import Curve
from ..bone_curves import location_curves, rotation_curves


def skeleton_of(armature: Any) -> Skeleton:
    """The bones of an armature object at rest, in its own space and unit."""
    bones = [bone for bone in armature.data.bones if bone.parent is None]
    for bone in bones:
        bones.extend(bone.children)
    index = {bone.name: number for number, bone in enumerate(bones)}
    return Skeleton(
        tuple(index),
        tuple(index[bone.parent.name] if bone.parent else -1 for bone in bones),
        np.array([bone.head_local for bone in bones]),
        np.array([bone.matrix_local.to_3x3() for bone in bones]),
    )


def body_of(armature: Any, joints: Sequence[JointTarget] = ()) -> BodyTarget | None:
    """The body of an armature object: as the joints of a mapping say, else by its bones' names; None where it has none."""
    names = armature.data.bones.keys()
    own = [joint for joint in joints if joint.object == armature.name and joint.bone in names]
    bones = mapped_body(own, names) if own else recognised_body(names)
    return None if bones is None else BodyTarget(skeleton_of(armature), bones)


def body_curves(
    armature: Any,
    layer: MotionLayer,
    below: Sequence[MotionLayer] = (),
    joints: Sequence[JointTarget] = (),
) -> list[Curve]:
    """What a layer adds to the pose that the layers below it make. joints: those of a mapping; by the bones' names without."""
    target = body_of(armature, joints)
    if target is None:
        return []
    gains = {joint.joint: joint.gain for joint in joints if joint.object == armature.name}
    pose = _layer_pose(target, layer, below, gains)
    curves = []
    for bone, quaternions in pose.items():
        curves += rotation_curves(armature.pose.bones[bone], quaternions)
    root = root_location(layer.translation, target) if layer.translation is not None else None
    if root is not None and np.any(root[1]):
        curves += location_curves(armature.pose.bones[root[0]], root[1])
    return curves


def let_bones_follow(armature: Any, bones: Container[str | None]) -> None:
    """Set the rig's own properties so that these bones carry the character: limbs on FK, the head after the neck."""
    body = recognised_body(armature.data.bones.keys())
    if body is None:
        return
    for joint, holder_name, key, value in body.properties:
        holder = armature.pose.bones.get(holder_name)
        if holder is not None and key in holder and body.bone_of(joint) in bones:
            holder[key] = type(holder[key])(value)
            armature.update_tag()


def _layer_pose(
    target: BodyTarget, layer: MotionLayer, below: Sequence[MotionLayer], gains: Mapping[str, float]
) -> dict[str, np.ndarray]:
    own = _rotations((layer,), layer.joint_names)
    if not own:
        return {}
    lower = _rotations(below, [name for part in below for name in part.joint_names])
    if not lower:
        return body_pose(own, target, gains)
    names = tuple(dict.fromkeys([*lower, *own]))
    total = body_pose(_rotations((*below, layer), names), target, gains)
    added = added_pose(body_pose(lower, target, gains), total)
    joints = target.bones.joint_of_bone
    return {bone: turn for bone, turn in added.items() if joints[bone] in own or np.abs(turn[:, 1:]).max(initial=0.0) > 1e-6}


def _rotations(layers: Sequence[MotionLayer], names: Sequence[str]) -> dict[str, np.ndarray]:
    """The composed rotations of the named joints, (F, 3) each."""
    if not layers or not names:
        return {}
    names = list(dict.fromkeys(names))
    return dict(zip(names, np.moveaxis(MotionClip(1.0, tuple(layers)).joints(names), 1, 0), strict=True))
