"""Curves into Actions, in bulk, and Actions onto their owners: as the active one, or as a track of the NLA."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...bridge.data import LAYER_NAMES
from ..core.key_reduction import BezierKeys, reduced_keys
from . import compat
from .moods import is_of_moods

TRACK_PREFIX = "Vivavoce "
BAKED_TITLE = f"{TRACK_PREFIX}performance"
_TRACK_TITLES = frozenset(TRACK_PREFIX + name for name in ("rest", *LAYER_NAMES))
"""A prefix alone does not tell our own: what an artist keys on the open human's rig is called `Vivavoce RigAction`."""


def _choice(field: str, name: str) -> int:
    return bpy.types.Keyframe.bl_rna.properties[field].enum_items[name].value


_LINEAR, _BEZIER = _choice("interpolation", "LINEAR"), _choice("interpolation", "BEZIER")
_FREE, _ALIGNED = _choice("handle_left_type", "FREE"), _choice("handle_left_type", "ALIGNED")


@dataclass(frozen=True, eq=False)
class Curve:
    """One animated number of a datablock: where it is, the group it is shown under, and values (F,).

    swing: the change of value that is a full motion, which an error of keys is a share of.
    """

    data_path: str
    values: np.ndarray
    array_index: int = 0
    group: str = ""
    swing: float = 1.0


def write_action(
    animated: bpy.types.ID, name: str, frames: np.ndarray, curves: Sequence[Curve], key_error: float = 0.0
) -> tuple[Any, Any]:
    """A new Action with `curves` keyed at scene `frames` (F,), and its slot for `animated` (None before Blender 4.4).

    key_error: a share of each curve's swing, within which fewer keys must meet every value; 0 keys every frame.
    """
    action = bpy.data.actions.new(name)
    slot = compat.new_slot(action, animated)
    channels = compat.slot_channels(action, slot)
    fcurves = [channels.fcurves.new(curve.data_path, index=curve.array_index) for curve in curves]
    for fcurve, curve in zip(fcurves, curves, strict=True):
        if curve.group:
            fcurve.group = channels.groups.get(curve.group) or channels.groups.new(curve.group)
    if key_error > 0.0:
        samples = np.stack([curve.values for curve in curves], axis=1)
        reduced = reduced_keys(samples, [key_error * curve.swing for curve in curves])
        for fcurve, keys in zip(fcurves, reduced, strict=True):
            write_bezier_keys(fcurve, frames, keys)
    else:
        for fcurve, curve in zip(fcurves, curves, strict=True):
            write_keys(fcurve, frames, curve.values)
    return action, slot


def write_keys(fcurve: Any, frames: np.ndarray, values: np.ndarray) -> None:
    """Give a curve without keys linear keys at `frames` (F,) with `values` (F,)."""
    points = fcurve.keyframe_points
    points.add(len(frames))
    points.foreach_set("co", np.stack([frames, values], axis=1).astype(np.float32).ravel())
    points.foreach_set("interpolation", np.full(len(frames), _LINEAR, np.int32))
    fcurve.update()


def write_bezier_keys(fcurve: Any, frames: np.ndarray, keys: BezierKeys) -> None:
    """Give a curve without keys Bezier keys at some of the evenly spaced `frames` (F,)."""
    times = frames[keys.indices]
    # A single key has no neighbours to be a third of the way from.
    spans = np.diff(times) if len(times) > 1 else np.ones(1)
    before, after = np.concatenate([spans[:1], spans]) / 3.0, np.concatenate([spans, spans[-1:]]) / 3.0
    handle_type = np.where(keys.is_smooth, _ALIGNED, _FREE).astype(np.int32)
    points = fcurve.keyframe_points
    points.add(len(times))
    for field, x, y in (
        ("co", times, keys.values),
        ("handle_left", times - before[: len(times)], keys.left),
        ("handle_right", times + after[-len(times) :], keys.right),
    ):
        points.foreach_set(field, np.stack([x, y], axis=1).astype(np.float32).ravel())
    points.foreach_set("interpolation", np.full(len(times), _BEZIER, np.int32))
    points.foreach_set("handle_left_type", handle_type)
    points.foreach_set("handle_right_type", handle_type)
    fcurve.update()


def make_way(animated: bpy.types.ID, mute: bool, keep: Collection[str] = ()) -> None:
    """Prepare `animated` for a performance: of an earlier one only the tracks of the layers in `keep` stay.

    Before the first performance, other animation becomes tracks below, perhaps muted; moods alone stay where they are being
    keyed. What the artist adds to a performance is left as it is when the performance is replaced.
    """
    animation: Any = animated.animation_data_create()
    animation.use_tweak_mode = False
    ours = performance_tracks(animated)
    active = animation.action
    is_ours = active is not None and active.name.startswith(BAKED_TITLE)
    if is_ours:
        animation.action = None
        _discard(active)
    elif not ours:
        if not is_of_moods(active, getattr(animation, "action_slot", None)):
            _push_down(animation)
        for track in animation.nla_tracks:
            track.mute = track.mute or mute
    for track in ours:
        if track.name.removeprefix(TRACK_PREFIX) not in keep:
            clear_track(track)
            animation.nla_tracks.remove(track)


def lay_aside(animated: bpy.types.ID, mute: bool) -> None:
    """Make the active Action a track on top, muted, or combined with what lies below."""
    animation: Any = animated.animation_data
    animation.use_tweak_mode = False
    track = _push_down(animation)
    if track is not None:
        track.mute = mute
        track.strips[0].blend_type = "COMBINE"


def performance_tracks(animated: bpy.types.ID) -> list[Any]:
    """The NLA tracks that a performance has put on `animated`, lowest first."""
    animation: Any = animated.animation_data
    return [track for track in animation.nla_tracks if track.name in _TRACK_TITLES] if animation else []


def clear_track(track: Any) -> None:
    """Take the strips off a track; their Actions go where nothing else uses them."""
    for strip in list(track.strips):
        action = strip.action
        track.strips.remove(strip)
        _discard(action)


def _discard(action: Any) -> None:
    if action is not None and action.users == 0:
        bpy.data.actions.remove(action)


def _push_down(animation: Any) -> Any:
    """Make the active Action a track of its own; returns that, or None where no Action is active."""
    action, slot = animation.action, getattr(animation, "action_slot", None)
    animation.action = None
    if action is None:
        return None
    track = animation.nla_tracks.new()
    track.name = action.name
    strip = track.strips.new(action.name, int(action.frame_range[0]), action)
    if slot is not None:
        strip.action_slot = slot
    return track


def activate(animated: bpy.types.ID, action: Any, slot: Any) -> None:
    """Make `action` what moves `animated`."""
    # Blender crashes when a slot is given to an armature object that no depsgraph has seen yet.
    bpy.context.view_layer.update()
    animation: Any = animated.animation_data_create()
    _push_down(animation)
    animation.action = action
    if slot is not None:
        animation.action_slot = slot


def add_track(animated: bpy.types.ID, name: str, action: Any, slot: Any, start_frame: int, blend: str) -> None:
    """Put `action` on the NLA track of this name: what lay there is replaced; a new track goes above the performance's others.

    blend: REPLACE, ADD or COMBINE (quaternions multiplied, lower track first).
    """
    bpy.context.view_layer.update()
    animation: Any = animated.animation_data_create()
    ours = performance_tracks(animated)
    track = next((track for track in ours if track.name == name), None)
    if track is None:
        track = animation.nla_tracks.new(prev=ours[-1]) if ours else animation.nla_tracks.new()
        track.name = name
    clear_track(track)
    strip = track.strips.new(name, start_frame, action)
    if slot is not None:
        strip.action_slot = slot
    strip.blend_type = blend
    strip.extrapolation = "HOLD"
