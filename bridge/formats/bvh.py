"""MotionClip <-> BVH: the composed joints on SMPL-X's skeleton, centimetres and degrees, Y up, facing +Z.

A BVH holds joints and the root's path: no blend shapes, expression, phonemes or layers. Joints are split into layers by name
when read. Rotations are relative to the rest pose that the OFFSETs describe, axes parallel to the world's, turned in the order
Z, X, Y. The root's position channels hold where the pelvis is: its OFFSET plus the clip's translation.
"""

import os
from collections.abc import Iterator, Sequence

import numpy as np

from ..data import FACE_JOINT_NAMES, SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES, SMPLX_JOINT_PARENTS, MotionClip
from ..errors import InvalidInput
from .atomic import whole_file
from .body_layers import body_layers
from .bvh_text import BvhJoint, BvhMotion, read_bvh_text
from .euler import axis_angle_to_euler, euler_to_axis_angle
from .faults import faults_of
from .limits import check_frame_count
from .open_human import load_open_human

_CM_PER_M = 100.0
_ORDER = "ZXY"
_POSITION_CHANNELS = tuple(f"{axis}position" for axis in "XYZ")
_ROTATION_CHANNELS = tuple(f"{axis}rotation" for axis in _ORDER)
_REST_DECIMALS = 6
_FACE_TIP_CM = (0.0, 0.0, 2.0)


def write_bvh(clip: MotionClip, path: str | os.PathLike[str], rest_positions_m: np.ndarray | None = None) -> None:
    """Writes the composed joints, whole or not at all; numbers have nine digits.

    rest_positions_m: (55, 3), where SMPL-X's joints of the character stand at rest; None takes the open human's.
    """
    check_frame_count(clip.frame_count, path)
    rest_positions_m = open_human_rest_positions_m() if rest_positions_m is None else rest_positions_m
    rest_cm = np.round(_CM_PER_M * np.asarray(rest_positions_m, np.float64), _REST_DECIMALS)
    values = _channel_values(clip, rest_cm[0])
    row = " ".join(["%.9g"] * values.shape[1]) + "\n"
    with whole_file(path) as temporary, open(temporary, "w", encoding="ascii", newline="\n") as file:
        file.write("HIERARCHY\n")
        file.writelines(_hierarchy_lines(0, rest_cm, depth=0))
        file.write(f"MOTION\nFrames: {clip.frame_count}\nFrame Time: {1.0 / clip.fps:.17g}\n")
        file.writelines(row % tuple(numbers.tolist()) for numbers in values)


def read_bvh(path: str | os.PathLike[str]) -> MotionClip:
    """The joints of a BVH whose joints bear SMPL-X's names, any of the 55, in any channel order; bone lengths are left behind.

    Raises InvalidInput naming what is wrong: no BVH, joints of another skeleton, numbers missing or not finite, too long.
    """
    motion = read_bvh_text(path)
    _check_skeleton(motion.joints, path)
    names = [joint.name for joint in motion.joints]
    rotations = np.stack([_axis_angle(motion, index, path) for index in range(len(motion.joints))], axis=1)
    with faults_of(path):
        return MotionClip(motion.fps, body_layers(rotations, names, _translation_m(motion)))


def open_human_rest_positions_m() -> np.ndarray:
    """Where SMPL-X's joints of the open human stand at rest, (55, 3). Raises ModelMissing where its file is not installed."""
    human = load_open_human()
    return human.joint_positions[[human.joint_names.index(name) for name in SMPLX_JOINT_NAMES]].astype(np.float64)


def _check_skeleton(joints: Sequence[BvhJoint], path: str | os.PathLike[str]) -> None:
    unknown = [joint.name for joint in joints if joint.name not in SMPLX_JOINT_INDEX]
    if unknown:
        raise InvalidInput(f"{path}: SMPL-X has no joints called {', '.join(unknown[:5])}. Rename them, or retarget in Blender.")
    for joint in joints[1:]:
        parent = SMPLX_JOINT_INDEX[joints[joint.parent].name]
        if parent not in _ancestors(SMPLX_JOINT_INDEX[joint.name]):
            raise InvalidInput(
                f"{path}: {joint.name} hangs on {joints[joint.parent].name}, unlike SMPL-X's. Retarget it in Blender."
            )


def _ancestors(joint: int) -> Iterator[int]:
    while (joint := SMPLX_JOINT_PARENTS[joint]) >= 0:
        yield joint


def _channel_values(clip: MotionClip, root_rest_cm: np.ndarray) -> np.ndarray:
    """(F, 168): the root's position, then three angles a joint as the hierarchy nests them, without jumps by a full turn."""
    values = np.zeros((clip.frame_count, 3 + 3 * len(SMPLX_JOINT_NAMES)))
    values[:, :3] = _CM_PER_M * clip.translation() + root_rest_cm
    for place, joint in enumerate(_hierarchy_order(), start=1):
        rotations = clip.joints([SMPLX_JOINT_NAMES[joint]])[:, 0]
        if np.any(rotations):
            values[:, 3 * place : 3 * place + 3] = np.degrees(np.unwrap(axis_angle_to_euler(rotations, _ORDER), axis=0))
    return values


def _hierarchy_lines(joint: int, rest_cm: np.ndarray, depth: int) -> Iterator[str]:
    indent = "\t" * depth
    name, parent = SMPLX_JOINT_NAMES[joint], SMPLX_JOINT_PARENTS[joint]
    offset_cm = np.round(rest_cm[joint] - (rest_cm[parent] if parent >= 0 else 0.0), _REST_DECIMALS) + 0.0
    channels = (*_POSITION_CHANNELS, *_ROTATION_CHANNELS) if parent < 0 else _ROTATION_CHANNELS
    children = _children(joint)
    yield f"{indent}{'ROOT' if parent < 0 else 'JOINT'} {name}\n{indent}{{\n"
    yield f"{indent}\tOFFSET {_spaced(offset_cm)}\n{indent}\tCHANNELS {len(channels)} {' '.join(channels)}\n"
    for child in children:
        yield from _hierarchy_lines(child, rest_cm, depth + 1)
    if not children:
        tip_cm = _FACE_TIP_CM if name in FACE_JOINT_NAMES else offset_cm
        yield f"{indent}\tEnd Site\n{indent}\t{{\n{indent}\t\tOFFSET {_spaced(tip_cm)}\n{indent}\t}}\n"
    yield f"{indent}}}\n"


def _hierarchy_order() -> list[int]:
    """The joints as the hierarchy nests them: each child's branch to its end before the next child."""

    def branch(joint: int) -> list[int]:
        return [joint, *(index for child in _children(joint) for index in branch(child))]

    return branch(0)


def _children(joint: int) -> list[int]:
    return [index for index, parent in enumerate(SMPLX_JOINT_PARENTS) if parent == joint]


def _spaced(numbers: Sequence[float] | np.ndarray) -> str:
    return " ".join(f"{number:.9g}" for number in numbers)


def _axis_angle(motion: BvhMotion, index: int, path: str | os.PathLike[str]) -> np.ndarray:
    """The turns of one joint, (F, 3) radians, whatever the order of its rotation channels."""
    joint = motion.joints[index]
    order = "".join(channel[0] for channel in joint.channels if channel.endswith("rotation"))
    if len(order) != 3:
        raise InvalidInput(
            f"{path}: joint {joint.name} has {len(order)} rotation channels where three are needed. Export it again."
        )
    angles = np.radians(motion.channels(index, [f"{axis}rotation" for axis in order]))
    return (euler_to_axis_angle(angles, order) if np.any(angles) else angles).astype(np.float32)


def _translation_m(motion: BvhMotion) -> np.ndarray | None:
    """The pelvis's path from its rest position, (F, 3) metres; None where the root is another joint or has no position."""
    root = motion.joints[0]
    if root.name != SMPLX_JOINT_NAMES[0] or not set(_POSITION_CHANNELS) <= set(root.channels):
        return None
    return (motion.channels(0, _POSITION_CHANNELS) - np.array(root.offset)) / _CM_PER_M
