"""What a character has: its takes, and the ways in and out for motion."""

from typing import Any

import bpy

from ...bridge.data import LAYER_NAMES
from ...bridge.lite.performance import ENGINE as LITE_ENGINE
from ..scene.character import Character
from .base import CharacterPanel

_SPOKEN_LAYERS = tuple(name for name in LAYER_NAMES if name != "gestures")


class VIVAVOCE_UL_takes(bpy.types.UIList):
    """One line a take; the one that lies on the character is marked."""

    def draw_item(
        self, context: Any, layout: Any, data: Any, item: Any, icon: Any, active_data: Any, active_property: Any
    ) -> None:
        is_applied = data.applied_take == item.name
        layout.label(text=item.name, icon="CHECKMARK" if is_applied else "BLANK1", translate=False)
        if item.engine == LITE_ENGINE:
            layout.label(text="Light engine")


class VIVAVOCE_PT_result(CharacterPanel):
    bl_label = "Result"
    bl_idname = "VIVAVOCE_PT_result"

    def draw_character(self, context: Any, layout: Any, character: Character) -> None:
        kept = character.owner.vivavoce
        layout.template_list("VIVAVOCE_UL_takes", "", kept, "takes", kept, "take_index", rows=3)
        row = layout.row(align=True)
        row.operator("vivavoce.use_take")
        row.operator("vivavoce.speak_again")
        row.operator("vivavoce.delete_take", text="", icon="TRASH")
        column = layout.column(align=True)
        column.prop(kept, "key_density")
        if kept.key_density == "REDUCED":
            column.prop(kept, "key_error", slider=True)
        layout.label(text="Regenerate")
        grid = layout.grid_flow(columns=2, align=True)
        for name in _SPOKEN_LAYERS:
            grid.operator("vivavoce.regenerate_layer", text=name.replace("_", " ").capitalize()).layer = name
        layout.operator("vivavoce.bake")
        row = layout.row(align=True)
        row.operator("vivavoce.import_motion", text="Import", icon="IMPORT")
        row.operator("vivavoce.export_motion", icon="EXPORT")


CLASSES = (VIVAVOCE_UL_takes, VIVAVOCE_PT_result)
