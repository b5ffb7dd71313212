"""For scripts: the extension from the repository's root, enabled in whichever Blender runs the script."""

import atexit
import importlib.util
import sys
from pathlib import Path
from typing import Any

import bpy

NAME = "vivavoce"
ROOT = Path(__file__).resolve().parents[3]


def enable() -> Any:
    """Register the package as Blender does for an add-on; `disable` must follow before the script ends."""
    spec: Any = importlib.util.spec_from_file_location(NAME, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    bpy.context.preferences.addons.new().module = NAME
    package.register()
    # Blender's module hangs at exit where a script failed while the extension was at work.
    atexit.register(package.unregister)
    return package


def disable() -> None:
    sys.modules[NAME].unregister()
    preferences = bpy.context.preferences
    preferences.addons.remove(preferences.addons[NAME])


def complaint(operator: Any, **options: Any) -> str:
    """What a greyed button's tooltip, or an operator's report, says; empty where all goes well."""
    try:
        operator(**options)
    except RuntimeError as error:
        return str(error).strip()
    return ""


def values(face: Any, names: list[str], frames: list[int]) -> list[list[float]]:
    """The values of shape keys at frames of the scene."""
    found = []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        found.append([face.data.shape_keys.key_blocks[name].value for name in names])
    return found
