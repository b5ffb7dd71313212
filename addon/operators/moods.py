"""Moods: set all sliders to one emotion, and key what they show."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from typing import Any, ClassVar

import bpy

from ...bridge.data import EMOTION_NAMES
from ..scene import moods
from .base import CharacterOperator, active_character


class VIVAVOCE_OT_set_mood(CharacterOperator):
    bl_idname = "vivavoce.set_mood"
    bl_label = "Set Mood"
    bl_description = "Set the sliders to one emotion, the others to zero"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    emotion: bpy.props.EnumProperty(name="Emotion", items=[(name, name.capitalize(), "") for name in EMOTION_NAMES])
    intensity: bpy.props.FloatProperty(name="Intensity", min=0.0, max=1.0, default=0.8, subtype="FACTOR")

    def run(self, context: Any) -> None:
        moods.set_mood(active_character(context).owner.vivavoce.performance, self.emotion, self.intensity)


class VIVAVOCE_OT_key_mood(CharacterOperator):
    bl_idname = "vivavoce.key_mood"
    bl_label = "Key Mood"
    bl_description = "Key all sliders of the mood at the current frame. Between keys moods blend; Speak follows them"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        moods.key_mood(active_character(context).owner, context.scene.frame_current)


CLASSES = (VIVAVOCE_OT_set_mood, VIVAVOCE_OT_key_mood)
