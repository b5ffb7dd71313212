"""Faces that are no human's, mapped by posing them: one pose for each of a few channels."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from typing import Any, ClassVar

import bpy

from ..core.rigs.creature import CREATURE_CHANNELS
from ..scene.character import rig_around
from ..scene.rigs.kept_mapping import keep_mapping
from ..scene.rigs.poses import clear_pose, mapping_with_pose, posed_parts
from .base import VivavoceOperator

_TITLES = {
    "open": ("Open", "Jaw, muzzle or beak wide open"),
    "close": ("Close", "Lips pressed together"),
    "wide": ("Wide", "Mouth spread, as in a smile"),
    "round": ("Round", "Lips rounded and forward"),
    "brow": ("Brow", "Brows up; they go as far down"),
    "ear": ("Ear", "Ears up; they go as far back"),
    "blink": ("Blink", "Both eyes shut"),
}


class VIVAVOCE_OT_map_pose(VivavoceOperator):
    bl_idname = "vivavoce.map_pose"
    bl_label = "Map Pose"
    bl_description = "Take how bones and shape keys are posed now as what this does at its fullest, and put them back to rest"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    channel: bpy.props.EnumProperty(name="Channel", items=[(name, *_TITLES[name]) for name in CREATURE_CHANNELS])

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        rig_around(context.view_layer.objects.active)
        return None if context.mode in ("OBJECT", "POSE") else "Leave this mode for Object Mode or Pose Mode"

    def run(self, context: Any) -> None:
        rig = rig_around(context.view_layer.objects.active)
        keep_mapping(rig.owner, mapping_with_pose(rig, rig.mapping, self.channel))
        clear_pose(posed_parts(rig))


CLASSES = (VIVAVOCE_OT_map_pose,)
