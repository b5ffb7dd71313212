"""Characters: a button that adds the open human."""

from typing import Any, ClassVar

from ...bridge.formats.open_human import load_open_human
from ..scene.open_human import build_open_human
from .base import VivavoceOperator


class VIVAVOCE_OT_add_open_human(VivavoceOperator):
    bl_idname = "vivavoce.add_open_human"
    bl_label = "Add Open Human"
    bl_description = "Add the open human, a character with 52 ARKit shape keys and a rig, to the scene's active collection"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        return None if context.mode == "OBJECT" else "Leave this mode for Object Mode"

    def run(self, context: Any) -> None:
        character = build_open_human(load_open_human(), context.collection)
        for item in context.selected_objects:
            item.select_set(False)
        character.owner.select_set(True)
        context.view_layer.objects.active = character.owner


CLASSES = (VIVAVOCE_OT_add_open_human,)
