"""What the extension adds to Blender, in one ordered tuple, and how all of it is taken away again."""

from collections.abc import Callable

import bpy

from . import operators, panels, preferences, properties, still_preview
from .operators import backend
from .session import session
from .translations import interface

CLASSES = (preferences.VIVAVOCE_AP_preferences, *properties.CLASSES, *operators.classes(), *panels.classes())

_undo: list[Callable[[], None]] = []
"""How to take back each thing that `register` did, in the order it was done."""


def register() -> None:
    """Add everything, or nothing where Blender refuses a part; registering twice adds nothing twice."""
    unregister()
    try:
        for cls in CLASSES:
            bpy.utils.register_class(cls)
            _undo.append(lambda cls=cls: bpy.utils.unregister_class(cls))
        _undo.append(properties.attach())
        _undo.append(interface.attach(preferences.PACKAGE))
        _undo.append(backend.stop_watching)
        _undo.append(session.stop)
        _undo.append(still_preview.forget)
    except Exception:
        unregister()
        raise


def unregister() -> None:
    """Take back what `register` added, last first."""
    while _undo:
        _undo.pop()()
