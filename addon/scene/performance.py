"""A MotionClip onto a character: shape keys and bones, one NLA track per layer or one flat Action."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import bpy
import numpy as np

from ...bridge.data import FACE_JOINT_NAMES, MotionClip, MotionLayer
from ...bridge.data.rotation import axis_angle_to_quaternion_wxyz
from ..core.axes import turned_into_bone_space, y_up_to_z_up
from ..core.names import matched_names
from ..core.retiming import scene_frames
from . import actions
from .actions import Curve
from .character import Character, shape_key_names

TURN_RAD = 0.2
"""A turn of the head that counts as full motion, of which reduced keys may miss a share; a quaternion holds half the angle."""
WALK_M = 0.1


def apply_clip(
    clip: MotionClip,
    character: Character,
    scene_fps: float,
    start_frame: int = 1,
    as_layers: bool = True,
    only: Sequence[str] | None = None,
    key_error: float = 0.0,
) -> None:
    """Animate `character` with `clip`, whose sample 0 falls on `start_frame`.

    as_layers: one NLA track per layer, which add up as in the clip; otherwise one Action with the composed performance.
    only: the layers to write; the tracks of the clip's others stay as they are.
    key_error: how far, as a share of full motion, curves of fewer keys may be from the clip; 0 keys every sample.
    Earlier performances are replaced. Before the first, a face's other animation is muted, a body's goes on underneath.
    """
    frames = scene_frames(clip.frame_count, clip.fps, scene_fps, start_frame)
    layers = clip.layers if as_layers else (composed_layer(clip),)
    for face in character.faces:
        keys = face.data.shape_keys
        performed = {layer.name: curves for layer in layers if (curves := shape_key_curves(face, layer))}
        actions.make_way(keys, mute=True, keep=("rest", *performed) if as_layers else ())
        for name in shape_key_names(face).values():
            keys.key_blocks[name].value = 0.0
        if as_layers:
            _add_rest_track(keys, frames, [curve for curves in performed.values() for curve in curves])
        _write_layers(keys, frames, performed, "ADD" if as_layers else None, only, key_error)
    if character.armature is not None:
        performed = {layer.name: curves for layer in layers if (curves := bone_curves(character.armature, layer))}
        actions.make_way(character.armature, mute=False, keep=tuple(performed) if as_layers else ())
        _write_layers(character.armature, frames, performed, "COMBINE" if as_layers else None, only, key_error)


def has_layers(character: Character) -> bool:
    """Whether a performance lies on the character as tracks, one per layer."""
    return any(actions.performance_tracks(face.data.shape_keys) for face in character.faces)


def _add_rest_track(keys: Any, frames: np.ndarray, curves: list[Curve]) -> None:
    """Zeros below the layers of a face: without them the NLA adds to a shape key's default, which is 1 in Blender 5."""
    paths = dict.fromkeys(curve.data_path for curve in curves)
    _write(keys, "rest", frames[:1], [Curve(path, np.zeros(1), group="rest") for path in paths], "REPLACE")


def composed_layer(clip: MotionClip) -> MotionLayer:
    """All layers of a clip as one, under the name of the first."""
    blend_shapes = _ordered_union(layer.blend_shape_names for layer in clip.layers)
    joints = _ordered_union(layer.joint_names for layer in clip.layers)
    return MotionLayer(
        clip.layers[0].name, clip.blend_shapes(blend_shapes), blend_shapes, clip.joints(joints), joints, clip.translation()
    )


def _ordered_union(names: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in names for name in group))


def shape_key_curves(face: Any, layer: MotionLayer) -> list[Curve]:
    """The curves of a face's Key datablock."""
    owned = shape_key_names(face)
    return [
        Curve(f'key_blocks["{bpy.utils.escape_identifier(owned[name])}"].value', layer.blend_shape(name), group=layer.name)
        for name in layer.blend_shape_names
        if name in owned
    ]


def bone_curves(armature: Any, layer: MotionLayer) -> list[Curve]:
    """The curves of an armature object's pose: turns of the layer's joints, and its translation on the first bone."""
    wanted = [name for name in layer.joint_names if name not in FACE_JOINT_NAMES]
    curves = []
    for name, bone_name in matched_names(wanted, armature.pose.bones.keys()).items():
        rotation = layer.joint_rotations[:, layer.joint_names.index(name)]
        curves += _rotation_curves(armature, armature.pose.bones[bone_name], rotation)
    if layer.translation is not None and np.any(layer.translation):
        root = next(bone for bone in armature.pose.bones if bone.parent is None)
        location = turned_into_bone_space(y_up_to_z_up(layer.translation), _rest_axes(armature, root))
        curves += _vector_curves(root, "location", location, WALK_M)
    return curves


def _rotation_curves(armature: Any, bone: Any, axis_angle: np.ndarray) -> list[Curve]:
    """axis_angle: (F, 3) in SMPL-X axes. The bone's own rotation mode is kept."""
    local = turned_into_bone_space(y_up_to_z_up(axis_angle), _rest_axes(armature, bone))
    quaternions = axis_angle_to_quaternion_wxyz(local)
    if bone.rotation_mode == "QUATERNION":
        return _vector_curves(bone, "rotation_quaternion", quaternions, 0.5 * TURN_RAD)
    if bone.rotation_mode == "AXIS_ANGLE":
        angle = np.linalg.norm(local, axis=1, keepdims=True)
        axis = np.where(angle > 0.0, local / np.maximum(angle, 1e-12), [0.0, 1.0, 0.0])
        return _vector_curves(bone, "rotation_axis_angle", np.concatenate([angle, axis], axis=1), TURN_RAD)
    return _vector_curves(bone, "rotation_euler", _eulers(quaternions, bone.rotation_mode), TURN_RAD)


def _eulers(quaternions_wxyz: np.ndarray, order: str) -> np.ndarray:
    """(F, 4) -> (F, 3) radians in one of Blender's orders, without jumps."""
    from mathutils import Quaternion

    eulers = []
    for quaternion in quaternions_wxyz:
        eulers.append(Quaternion(quaternion).to_euler(order, *eulers[-1:]))
    return np.array(eulers)


def _rest_axes(armature: Any, bone: Any) -> np.ndarray:
    """(3, 3): columns are the bone's axes at rest in the world; importers leave turned armature objects behind."""
    return np.array(armature.matrix_world.to_quaternion().to_matrix() @ bone.bone.matrix_local.to_3x3())


def _vector_curves(bone: Any, channel: str, values: np.ndarray, swing: float) -> list[Curve]:
    path = f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"].{channel}'
    return [Curve(path, values[:, index], index, bone.name, swing) for index in range(values.shape[1])]


def _write_layers(
    animated: Any,
    frames: np.ndarray,
    performed: Mapping[str, list[Curve]],
    blend: str | None,
    only: Sequence[str] | None,
    key_error: float,
) -> None:
    for name, curves in performed.items():
        if only is None or name in only:
            _write(animated, name, frames, curves, blend, key_error)


def _write(animated: Any, name: str, frames: np.ndarray, curves: list[Curve], blend: str | None, key_error: float = 0.0) -> None:
    """Curves into an Action on a track of its own that blends so, or without `blend` into the active Action."""
    if not curves:
        return
    title = actions.TRACK_PREFIX + name if blend else actions.BAKED_TITLE
    action, slot = actions.write_action(animated, title, frames, curves, key_error)
    if blend:
        actions.add_track(animated, title, action, slot, int(frames[0]), blend)
    else:
        actions.activate(animated, action, slot)
