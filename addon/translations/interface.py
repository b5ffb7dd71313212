"""Translations in Blender: its own look-up for what stands still, `localised` for texts with parts that change."""

from collections.abc import Callable

import bpy

from . import LOCALES, table, translated

_CONTEXTS = ("*", "Operator")
"""Blender looks for names and labels in the first, for what is written on buttons in the second."""


def localised(text: str) -> str:
    """The text in the language of the interface. Draw it with translate=False."""
    view = bpy.context.preferences.view
    return translated(text, bpy.app.translations.locale) if view.use_translate_interface else text


def attach(name: str) -> Callable[[], None]:
    """Tell Blender of all tables, under the add-on's name; returns what takes them away."""
    texts = {
        locale: {(context, text): translation for text, translation in table(locale).items() for context in _CONTEXTS}
        for locale in LOCALES
    }
    bpy.app.translations.register(name, texts)
    return lambda: bpy.app.translations.unregister(name)
