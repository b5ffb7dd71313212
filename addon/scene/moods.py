"""The artist's timeline of moods: read from the keys of a character's sliders."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...bridge.data import Mood
from ..core.moods import MOOD_NAMES, reduced_moods
from . import compat

PATH_PREFIX = "vivavoce.performance."


@dataclass(frozen=True, eq=False)
class _Keys:
    """One curve of a slider, as the active Action plays it or a strip."""

    name: str
    curve: Any
    strip: Any = None
    is_first: bool = False
    """The strip is the first of its track, and may reach back before its start."""

    @property
    def last_frame(self) -> float:
        return self.strip.frame_end if self.strip else self.curve.range()[1]

    @property
    def is_plain(self) -> bool:
        """Whether `play` says what Blender makes of it: no strip mixes or bends it."""
        strip = self.strip
        if strip is None:
            return True
        is_mixed = strip.blend_type != "REPLACE" or strip.blend_in or strip.blend_out
        is_bent = strip.repeat != 1.0 or strip.use_reverse or strip.use_animated_time or strip.use_animated_influence
        return not (is_mixed or is_bent)

    def play(self, frames: np.ndarray, values: np.ndarray) -> None:
        """Overwrite the values (F,) where these keys rule at scene `frames` (F,)."""
        strip = self.strip
        if strip is None:
            values[:] = [self.curve.evaluate(frame) for frame in frames]
            return
        rules = (frames >= strip.frame_start) | (self.is_first and strip.extrapolation == "HOLD")
        if strip.extrapolation == "NOTHING":
            rules &= frames <= strip.frame_end
        inside = np.clip(frames[rules], strip.frame_start, strip.frame_end)
        played = strip.action_frame_start + (inside - strip.frame_start) / strip.scale
        values[rules] = [self.curve.evaluate(frame) for frame in played]


def moods_of(owner: Any, start_frame: int, fps: float) -> tuple[Mood, ...]:
    """The sliders' values from `start_frame` (time 0) to their last key, as few moods; one where none is animated."""
    animation = owner.animation_data
    keys = list(_keys(animation)) if animation else []
    is_driven = animation is not None and any(driver.data_path.startswith(PATH_PREFIX) for driver in animation.drivers)
    last_frame = max([key.last_frame for key in keys] + [bpy.context.scene.frame_end] * is_driven, default=start_frame)
    frames = np.arange(start_frame, max(last_frame, start_frame) + 1.0)
    is_plain = all(key.is_plain for key in keys) and not is_driven
    if is_plain and (not keys or _is_unmixed(animation)):
        values = _keyed_values(owner, keys, frames)
    else:
        values = _evaluated_values(owner, frames)
    return reduced_moods((frames - start_frame) / fps, np.clip(values, 0.0, 1.0))


def _keys(animation: Any) -> Iterator[_Keys]:
    """The curves of all sliders, in the order in which later ones overrule earlier ones."""
    tracks = list(animation.nla_tracks) if animation.use_nla else []
    solo = [track for track in tracks if track.is_solo]
    for track in solo or [track for track in tracks if not track.mute]:
        for index, strip in enumerate(track.strips):
            if strip.type == "CLIP" and not strip.mute:
                for name, curve in _slider_curves(strip):
                    yield _Keys(name, curve, strip, is_first=index == 0)
    if not solo:
        for name, curve in _slider_curves(animation):
            yield _Keys(name, curve)


def _is_unmixed(animation: Any) -> bool:
    """Whether the active Action overrules the tracks, as it does unless the artist asks for something else."""
    is_mixed = animation.action_blend_type != "REPLACE" or animation.action_influence != 1.0
    return not (is_mixed or animation.use_tweak_mode)


def _slider_curves(playing: Any) -> Iterator[tuple[str, Any]]:
    """Names and curves of the sliders in the Action and slot of an animation or of a strip."""
    for curve in compat.slot_curves(playing.action, getattr(playing, "action_slot", None)):
        name = curve.data_path.removeprefix(PATH_PREFIX)
        if name in MOOD_NAMES and not curve.mute:
            yield name, curve


def _keyed_values(owner: Any, keys: list[_Keys], frames: np.ndarray) -> np.ndarray:
    """(F, 7), without evaluating the scene."""
    values = _shown_values(owner) * np.ones((len(frames), 1))
    for key in keys:
        key.play(frames, values[:, MOOD_NAMES.index(key.name)])
    return values


def _evaluated_values(owner: Any, frames: np.ndarray) -> np.ndarray:
    """(F, 7) as Blender evaluates the scene frame by frame: right for drivers and mixed strips, and slow."""
    scene = bpy.context.scene
    current, subframe = scene.frame_current, scene.frame_subframe
    values = []
    for frame in frames:
        scene.frame_set(int(frame))
        values.append(_shown_values(owner))
    scene.frame_set(current, subframe=subframe)
    return np.stack(values)


def _shown_values(owner: Any) -> np.ndarray:
    """(7,)"""
    return np.array([getattr(owner.vivavoce.performance, name) for name in MOOD_NAMES])


def is_of_moods(action: Any, slot: Any) -> bool:
    """Whether an Action animates sliders of performances alone, and so leaves a body to its tracks."""
    curves = compat.slot_curves(action, slot)
    return bool(curves) and all(curve.data_path.startswith(PATH_PREFIX) for curve in curves)


def set_mood(performance: Any, emotion: str, intensity: float) -> None:
    """One emotion alone, or none where it is neutral."""
    for name in MOOD_NAMES:
        setattr(performance, name, intensity if name == emotion else 0.0)


def key_mood(owner: Any, frame: float) -> None:
    """A key on every slider with the value that it shows."""
    for name in MOOD_NAMES:
        owner.keyframe_insert(PATH_PREFIX + name, frame=frame, group="Moods")
