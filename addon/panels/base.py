"""What all panels share: their place in the sidebar, and the character that they show."""

import textwrap
from typing import Any

import bpy

from ...bridge.errors import InvalidInput
from ..scene.character import Character, character_around
from ..translations.interface import localised

_LETTER_PX = 7.0
"""The mean width of a letter, with some reserve, at a scale of 1."""
_MARGINS_PX = 75.0
_FIRST_WIDE = "\u2e80"
"""From here on letters are twice as wide: Chinese, Japanese."""


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


def draw_sentences(context: Any, layout: Any, text: str, icon: str = "NONE") -> None:
    """A text, translated, in as many lines as the sidebar's width asks for; the icon stands before the first."""
    text = localised(text)
    width_px = context.region.width / context.preferences.system.ui_scale - _MARGINS_PX
    letter_px = _LETTER_PX * (1.0 + sum(letter >= _FIRST_WIDE for letter in text) / max(len(text), 1))
    lines = textwrap.wrap(text, max(int(width_px / letter_px), 8))
    column = layout.column(align=True)
    for number, line in enumerate(lines):
        column.label(text=line, icon=icon if number == 0 or icon == "NONE" else "BLANK1", translate=False)
