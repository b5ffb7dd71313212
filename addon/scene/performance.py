"""A MotionClip onto a character: shape keys and bones, one NLA track per layer or one flat Action."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import bpy
import numpy as np

from ...bridge.data import MotionClip, MotionLayer
from ...bridge.rigs import JointTarget, TargetCurves, layered, retarget
from ...bridge.rigs.curves import BONE_KINDS
from ..core.retiming import scene_frames
from . import actions
from .actions import Curve
from .character import Character
from .rigs.body import body_curves, let_bones_follow
from .rigs.face_curves import curves_by_owner, set_values


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
    rest, performed = performed_curves(character, clip if as_layers else clip.with_layers([composed_layer(clip)]), as_layers)
    for animated in _animated(character, performed):
        is_face, layers = isinstance(animated, bpy.types.Key), performed.get(animated, {})
        actions.make_way(animated, mute=is_face, keep=("rest", *layers) if as_layers else ())
        if is_face:
            set_values(animated, rest.get(animated, ()))
        if as_layers:
            _add_rest_track(animated, frames, rest.get(animated, ()), layers)
        _write_layers(animated, frames, layers, ("ADD" if is_face else "COMBINE") if as_layers else None, only, key_error)


def apply_curves(curves: TargetCurves, character: Character, scene_fps: float, start_frame: int, key_error: float) -> None:
    """Put what a retargeter solved for on the track of the lips, in the place of all that moves the face; the body stays."""
    frames = scene_frames(len(curves.values), curves.fps, scene_fps, start_frame)
    for animated, own in curves_by_owner(curves, "lips").items():
        is_face = isinstance(animated, bpy.types.Key)
        kept = () if is_face else ("head", "gestures")
        actions.make_way(animated, mute=is_face, keep=kept)
        _write(animated, "lips", frames, own, "REPLACE" if is_face else "COMBINE", key_error)


def performed_curves(
    character: Character, clip: MotionClip, as_layers: bool = True
) -> tuple[dict[Any, list[Curve]], dict[Any, dict[str, list[Curve]]]]:
    """Datablock -> the curves of its rest, and datablock -> layer -> what the layer adds; without layers, all that it says."""
    mapping = character.mapping
    parts = layered(clip, mapping)
    layers = parts.layers if as_layers else {clip.layers[0].name: retarget(clip, mapping)}
    performed: dict[Any, dict[str, list[Curve]]] = {}
    if character.armature is not None:
        performed[character.armature] = _body_curves_of_layers(character.armature, clip.layers, mapping.joints)
    for name, layer in layers.items():
        for animated, curves in curves_by_owner(layer, name).items():
            performed.setdefault(animated, {}).setdefault(name, []).extend(curves)
    return curves_by_owner(_without_bones_at_rest(parts.rest), "rest"), performed


def _without_bones_at_rest(rest: TargetCurves) -> TargetCurves:
    """Tracks add to a bone's rest pose by themselves."""
    kept = [index for index, target in enumerate(rest.targets) if target.kind not in BONE_KINDS or rest.values[0, index] != 0.0]
    return TargetCurves(rest.fps, tuple(rest.targets[index] for index in kept), rest.values[:, kept])


def _animated(character: Character, performed: Mapping[Any, Any]) -> list[Any]:
    """All datablocks that a performance may lie on: what is left on them of an earlier one goes."""
    own = [face.data.shape_keys for face in character.faces]
    own += [character.armature] if character.armature is not None else []
    return list(dict.fromkeys([*own, *performed]))


def has_layers(character: Character) -> bool:
    """Whether a performance lies on the character as tracks, one per layer."""
    return any(actions.performance_tracks(animated) for animated in _animated(character, {}))


def _body_curves_of_layers(armature: Any, layers: Sequence[MotionLayer], joints: Sequence[JointTarget]) -> dict[str, list[Curve]]:
    """Layer -> its curves; the rig is set so that its bones follow them."""
    performed = {}
    for count, layer in enumerate(layers):
        curves = body_curves(armature, layer, layers[:count], joints)
        if curves:
            performed[layer.name] = curves
    let_bones_follow(armature, {curve.group for curves in performed.values() for curve in curves})
    return performed


def _add_rest_track(animated: Any, frames: np.ndarray, rest: Sequence[Curve], layers: Mapping[str, list[Curve]]) -> None:
    """What the layers add to: without it the NLA adds to a shape key's default, which is 1 in Blender 5."""
    moved = {curve.data_path for curves in layers.values() for curve in curves}
    _write(animated, "rest", frames[:1], [curve for curve in rest if curve.data_path in moved], "REPLACE")


def composed_layer(clip: MotionClip) -> MotionLayer:
    """All layers of a clip as one, under the name of the first."""
    blend_shapes = _ordered_union(layer.blend_shape_names for layer in clip.layers)
    joints = _ordered_union(layer.joint_names for layer in clip.layers)
    return MotionLayer(
        clip.layers[0].name, clip.blend_shapes(blend_shapes), blend_shapes, clip.joints(joints), joints, clip.translation()
    )


def _ordered_union(names: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in names for name in group))


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
