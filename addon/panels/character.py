"""Who speaks: the character of the active object, and how far its rig follows."""

from typing import Any

from ...bridge.data import ARKIT_NAMES
from ...bridge.errors import InvalidInput
from ..scene.character import Character, character_around
from ..scene.rigs.telling import told
from ..translations.interface import localised
from .base import VivavocePanel, draw_sentences


class VIVAVOCE_PT_character(VivavocePanel):
    bl_label = "Character"
    bl_idname = "VIVAVOCE_PT_character"

    def draw(self, context: Any) -> None:
        layout: Any = self.layout
        try:
            _draw_coverage(layout.column(align=True), character_around(context.view_layer.objects.active))
        except InvalidInput as error:
            draw_sentences(context, layout, str(error))
        layout.operator("vivavoce.add_open_human", icon="USER")


def _draw_coverage(column: Any, character: Character) -> None:
    column.label(text=character.owner.name, icon="OUTLINER_OB_ARMATURE" if character.armature else "MESH_DATA", translate=False)
    found = told(character)
    for title in found.convention.split(" + "):
        column.label(text=title, icon="SHAPEKEY_DATA" if character.faces else "BONE_DATA")
    coverage = localised(f"Channels: {found.shown} of {len(ARKIT_NAMES)}")
    column.label(text=coverage, icon="BLANK1", translate=False)
    head = "The head stays still" if not found.turns_head else "Neck and head turn"
    column.label(text=head, icon="BONE_DATA")


CLASSES = (VIVAVOCE_PT_character,)
