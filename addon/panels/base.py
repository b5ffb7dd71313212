"""What all panels share: their place in the sidebar, and the character that they show."""

from typing import Any

import bpy

from ...bridge.errors import InvalidInput
from ..scene.character import Character, character_around


class VivavocePanel(bpy.types.Panel):
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vivavoce"


class CharacterPanel(VivavocePanel):
    """Shown for a character alone; subclasses draw it in `draw_character`."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        return active_character(context) is not None

    def draw(self, context: Any) -> None:
        character = active_character(context)
        if character is not None:
            self.layout.use_property_split = True  # type: ignore[union-attr]
            self.layout.use_property_decorate = False  # type: ignore[union-attr]
            self.draw_character(context, self.layout, character)

    def draw_character(self, context: Any, layout: Any, character: Character) -> None:
        raise NotImplementedError


def active_character(context: Any) -> Character | None:
    """The character of the active object, or None."""
    try:
        return character_around(context.view_layer.objects.active)
    except InvalidInput:
        return None
