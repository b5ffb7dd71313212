"""MotionClip <-> the csv file of Live Link Face: 52 ARKit weights and the angles of head and eyes, one row a sample.

A csv holds the composed face: no layers, phonemes, metadata, expression coefficients, translation or body joints. Weights are
split into layers by name when read. Angles are radians about the face's own axes, which are SMPL-X's (Y up, +Z out of the face,
+X to its left): yaw about Y, positive to the face's left; pitch about X, positive down; roll about Z, positive towards its
right shoulder; the turn is Ry(yaw) @ Rx(pitch) @ Rz(roll). Head angles are neck and head together, read back into `head`.
Columns are found by name, since files differ in order (JawLeft and JawRight, MouthLeft and MouthRight).
"""

import os
from itertools import islice

import numpy as np

from ..data import (
    ARKIT_NAMES,
    BLINK_NAMES,
    EYE_LOOK_RAD,
    FACE_JOINT_NAMES,
    GAZE_NAMES,
    LIPS_NAMES,
    UPPER_FACE_NAMES,
    MotionClip,
    MotionLayer,
)
from ..data.rotation import composed_rotations
from ..errors import InvalidInput
from .atomic import whole_file
from .body_layers import HEAD_JOINT_NAMES
from .csv_table import read_csv_table
from .euler import axis_angle_to_euler, euler_to_axis_angle
from .faults import faults_of
from .limits import check_frame_count
from .timecodes import timecode_rate, timecodes

_ANGLE_ORDER = "YXZ"
_TURNING_PARTS = ("Head", "LeftEye", "RightEye")
_EYE_JOINT_NAMES = FACE_JOINT_NAMES[1:]
WEIGHT_COLUMNS: tuple[str, ...] = tuple(name[0].upper() + name[1:] for name in ARKIT_NAMES)
ANGLE_COLUMNS: tuple[str, ...] = tuple(f"{part}{angle}" for part in _TURNING_PARTS for angle in ("Yaw", "Pitch", "Roll"))
_COLUMNS = (*WEIGHT_COLUMNS, *ANGLE_COLUMNS)
_LAYERS_OF_WEIGHTS = {"lips": LIPS_NAMES, "upper_face": UPPER_FACE_NAMES, "blinks": BLINK_NAMES, "gaze": GAZE_NAMES}

_ROWS_AT_ONCE = 4096


def write_livelink_csv(clip: MotionClip, path: str | os.PathLike[str]) -> None:
    """Writes the composed face, whole or not at all.

    Weights have 9 digits, which say a float32 exactly. Angles have 12, which survive the way through axis-angle and back: a clip
    that was read is written to the same bytes on every machine.
    """
    check_frame_count(clip.frame_count, path)
    weights = clip.blend_shapes(ARKIT_NAMES)
    angles = np.concatenate([_head_angles(clip), _eye_angles(clip)], axis=1)
    row = ",".join(["%s", str(len(_COLUMNS)), *["%.9g"] * len(WEIGHT_COLUMNS), *["%.12g"] * len(ANGLE_COLUMNS)]) + "\n"
    labels = timecodes(clip.frame_count, clip.fps)
    with whole_file(path) as temporary, open(temporary, "w", encoding="ascii", newline="") as file:
        file.write(",".join(["Timecode", "BlendShapeCount", *_COLUMNS]) + "\n")
        for start in range(0, clip.frame_count, _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            values = np.concatenate([weights[rows], angles[rows]], axis=1, dtype=np.float64).tolist()
            file.writelines(row % (label, *numbers) for numbers, label in zip(values, islice(labels, len(values)), strict=True))


def read_livelink_csv(path: str | os.PathLike[str], fps: float | None = None) -> MotionClip:
    """The clip in `path`, as layers `lips`, `upper_face`, `blinks`, `gaze` and `head`, of those that the file has.

    fps: samples per second; None infers them from the timecodes, which clips of less than a second don't tell, and fills
    dropped samples by interpolation. Columns of another name are ignored; eye and head angles that are 0 throughout are none.
    Raises InvalidInput naming row and column where the file is no such table.
    """
    table = read_csv_table(path, _COLUMNS, label_column="Timecode")
    if not set(table.columns) & set(WEIGHT_COLUMNS):
        raise InvalidInput(
            f"{path}: no column is named after an ARKit blend shape (such as JawOpen). This is no Live Link Face csv."
        )
    with faults_of(path):
        values = table.values
        if fps is None:
            fps, times_s = timecode_rate(table.labels)
            values = values if times_s is None else _evenly_sampled(values, times_s, fps, path)
        return MotionClip(fps, _layers(table.columns, values))


def _head_angles(clip: MotionClip) -> np.ndarray:
    """(F, 3) yaw, pitch, roll."""
    neck_and_head = clip.joints(HEAD_JOINT_NAMES)
    return axis_angle_to_euler(composed_rotations(neck_and_head[:, 0], neck_and_head[:, 1]), _ANGLE_ORDER)


def _eye_angles(clip: MotionClip) -> np.ndarray:
    """(F, 6) yaw, pitch, roll of the left eye, then of the right: from its joint, else from its eyeLook weights."""
    angles = [_joint_or_look_angles(clip, joint, side) for joint, side in zip(_EYE_JOINT_NAMES, ("Left", "Right"), strict=True)]
    return np.concatenate(angles, axis=1)


def _joint_or_look_angles(clip: MotionClip, joint: str, side: str) -> np.ndarray:
    if any(joint in layer.joint_names for layer in clip.layers):
        return axis_angle_to_euler(clip.joints([joint])[:, 0], _ANGLE_ORDER)
    look = {
        direction: angle * clip.blend_shapes([f"eyeLook{direction}{side}"])[:, 0] for direction, angle in EYE_LOOK_RAD.items()
    }
    yaw = look["Out"] - look["In"] if side == "Left" else look["In"] - look["Out"]
    return np.stack([yaw, look["Down"] - look["Up"], np.zeros(clip.frame_count)], axis=1)


def _evenly_sampled(values: np.ndarray, times_s: np.ndarray, fps: float, path: str | os.PathLike[str]) -> np.ndarray:
    """(F, C) at times_s (F,) -> (F', C) at index / fps, linearly between neighbours."""
    frame_count = round(times_s[-1] * fps) + 1
    check_frame_count(frame_count, path)
    grid_s = np.arange(frame_count) / fps
    return np.stack([np.interp(grid_s, times_s, column) for column in values.T], axis=1)


def _layers(columns: tuple[str, ...], values: np.ndarray) -> tuple[MotionLayer, ...]:
    places = {name: columns.index(column) for name, column in zip(ARKIT_NAMES, WEIGHT_COLUMNS, strict=True) if column in columns}
    head, *eyes = (_turn(part, columns, values) for part in _TURNING_PARTS)
    turns = {"gaze": dict(zip(_EYE_JOINT_NAMES, eyes, strict=True)), "head": {"head": head}}
    layers: list[MotionLayer] = []
    for layer_name in (*_LAYERS_OF_WEIGHTS, "head"):
        shapes = [name for name in _LAYERS_OF_WEIGHTS.get(layer_name, ()) if name in places]
        joints = {name: turn for name, turn in turns.get(layer_name, {}).items() if turn is not None}
        if shapes or joints:
            rotations = np.stack([*joints.values()], axis=1) if joints else np.zeros((len(values), 0, 3))
            weights = values[:, [places[name] for name in shapes]]
            layers.append(MotionLayer(layer_name, weights, tuple(shapes), rotations, tuple(joints)))
    return tuple(layers)


def _turn(part: str, columns: tuple[str, ...], values: np.ndarray) -> np.ndarray | None:
    """(F, 3) axis-angle of the head or an eye; None where the file has no such columns or they are 0 throughout."""
    names = [column for column in ANGLE_COLUMNS if column.startswith(part)]
    if not set(names) <= set(columns):
        return None
    euler = values[:, [columns.index(name) for name in names]]
    return euler_to_axis_angle(euler, _ANGLE_ORDER) if np.any(euler) else None
