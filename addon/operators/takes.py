"""Takes: put one on the character, forget one, and flatten what lies there into one Action."""

from typing import Any, ClassVar

from ..scene import takes
from .base import ChosenTakeOperator, TakeOperator, active_character
from .mend import report_review


class VIVAVOCE_OT_use_take(ChosenTakeOperator):
    bl_idname = "vivavoce.use_take"
    bl_label = "Use Take"
    bl_description = "Put the chosen take on the character, a track for every layer; tracks of your own stay"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        character = active_character(context)
        takes.apply_take(character, takes.chosen_take(character))
        report_review(self, character)


class VIVAVOCE_OT_delete_take(ChosenTakeOperator):
    bl_idname = "vivavoce.delete_take"
    bl_label = "Delete Take"
    bl_description = "Forget the chosen take; animation that it left on the character stays"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        character = active_character(context)
        takes.delete_take(character, character.owner.vivavoce.take_index)


class VIVAVOCE_OT_bake(TakeOperator):
    bl_idname = "vivavoce.bake"
    bl_label = "Bake to One Action"
    bl_description = "Replace the layers of the applied take by one Action on face and body each"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        character = active_character(context)
        takes.apply_take(character, takes.applied_take(character), as_layers=False)
        report_review(self, character)


CLASSES = (VIVAVOCE_OT_use_take, VIVAVOCE_OT_delete_take, VIVAVOCE_OT_bake)
