"""The open human's skeleton: SMPL-X's 55 joints and a tongue, and how MakeHuman's 163 bones fold into them."""

from collections.abc import Mapping, Sequence

import numpy as np

from ...bridge.data import SMPLX_JOINT_NAMES, SMPLX_JOINT_PARENTS

TONGUE_NAMES = ("tongue1", "tongue2", "tongue3", "tongue4")
JOINT_NAMES: tuple[str, ...] = (*SMPLX_JOINT_NAMES, *TONGUE_NAMES)
JOINT_PARENTS: tuple[int, ...] = (*SMPLX_JOINT_PARENTS, SMPLX_JOINT_NAMES.index("jaw"), 55, 56, 57)

_FINGERS = ("thumb", "index", "middle", "ring", "pinky")

_CENTRE_BONES = {
    "pelvis": "spine05", "spine1": "spine04", "spine2": "spine02", "spine3": "spine01", "neck": "neck02", "head": "head",
    "jaw": "jaw",
    **{f"tongue{index}": f"tongue0{index}" for index in (1, 2, 3, 4)},
}  # fmt: skip
_SIDE_BONES = {
    "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot", "foot": "toe2-1", "collar": "clavicle", "shoulder": "upperarm01",
    "elbow": "lowerarm01", "wrist": "wrist", "eye_smplhf": "eye",
    **{f"{finger}{knuckle}": f"finger{number}-{knuckle}" for number, finger in enumerate(_FINGERS, 1) for knuckle in (1, 2, 3)},
}  # fmt: skip

BONE_OF_JOINT: dict[str, str] = _CENTRE_BONES | {
    f"{side}_{joint}": f"{bone}.{letter}"
    for side, letter in (("left", "L"), ("right", "R"))
    for joint, bone in _SIDE_BONES.items()
}
"""The bone at whose head a joint sits."""

_FOLDED_BONES = {"root": "pelvis", "neck01": "neck", "breast.L": "spine3", "breast.R": "spine3"}
"""Bones that do not simply follow their nearest ancestor which is a joint."""


def joint_of_bone(bone_labels: Sequence[str], bone_parents: Sequence[int]) -> np.ndarray:
    """The joint that takes over each bone's skin weights, (163,): its own, or that of its nearest ancestor that has one."""
    own = {bone: JOINT_NAMES.index(joint) for joint, bone in BONE_OF_JOINT.items()}
    own |= {bone: JOINT_NAMES.index(joint) for bone, joint in _FOLDED_BONES.items()}
    for side, letter in (("left", "L"), ("right", "R")):
        own |= {f"toe{toe}-1.{letter}": JOINT_NAMES.index(f"{side}_foot") for toe in range(1, 6)}
    joints: list[int] = []
    for label, parent in zip(bone_labels, bone_parents, strict=True):
        joints.append(own[label] if label in own else joints[parent])
    return np.array(joints)


def joint_positions(bone_heads: Mapping[str, np.ndarray]) -> np.ndarray:
    """The joints' rest positions (J, 3) from the bones' heads, name -> (3,) metres."""
    return np.stack([bone_heads[BONE_OF_JOINT[joint]] for joint in JOINT_NAMES])
