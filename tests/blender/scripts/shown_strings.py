"""Every text that Blender itself shows of the extension's classes: labels, descriptions, names and items of properties."""

import inspect
import json
from typing import Any

import bpy
import enabled_extension

bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.registration import CLASSES  # noqa: E402


def property_strings(item: Any) -> list[str]:
    """The texts of a property; those of hidden ones are never seen."""
    if item.is_hidden:
        return []
    items = [text for choice in getattr(item, "enum_items", ()) for text in (choice.name, choice.description)]
    # A property without a name is called by its identifier, and is not drawn.
    return [text for text in (item.name, item.description, *items) if text != item.identifier]


def own_properties(cls: Any) -> list[Any]:
    """Properties that the extension's own code gives a class; Blender's own have their translations."""
    own = [base for base in cls.__mro__ if base.__module__.startswith(enabled_extension.NAME)]
    names = [name for base in own for name in inspect.get_annotations(base) if not name.startswith(("bl_", "_"))]
    rna = cls.bl_rna
    if issubclass(cls, bpy.types.Operator):
        rna = getattr(bpy.ops.vivavoce, cls.bl_idname.partition(".")[2]).get_rna_type()
    return [rna.properties[name] for name in names if name in rna.properties]


classes = {}
for cls in CLASSES:
    texts = [getattr(cls, name, "") for name in ("bl_label", "bl_description")]
    texts += [text for item in own_properties(cls) for text in property_strings(item)]
    classes[cls.__name__] = [text for text in texts if text]
enabled_extension.disable()
print(json.dumps(classes))
