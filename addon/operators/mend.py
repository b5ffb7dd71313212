"""Proof that a take is seen: look again, and take away what stands in its way."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from typing import Any, ClassVar

import bpy

from ..scene import review
from ..scene.character import Character
from ..scene.obstacles import KINDS
from .base import TakeOperator, active_character


class VIVAVOCE_OT_prove(TakeOperator):
    bl_idname = "vivavoce.prove"
    bl_label = "Check That It Moves"
    bl_description = "Compare the mesh with the applied take at its strongest opening, closure and turn, and name what stops it"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        if report_review(self, active_character(context)):
            self.report({"INFO"}, "The character moves as the take says")


class VIVAVOCE_OT_mend(TakeOperator):
    bl_idname = "vivavoce.mend"
    bl_label = "Mend"
    bl_description = "Take away what keeps the take from being seen"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    finding: bpy.props.EnumProperty(
        name="Finding",
        items=[
            *((name, kind.button, kind.says.format(subject="...", object="...")) for name, kind in KINDS.items()),
            (review.GONE, "Use the Take Again", "Nothing of the take lies on the character"),
        ],
    )

    def run(self, context: Any) -> None:
        character = active_character(context)
        review.mend(character, self.finding)
        report_review(self, character)


def report_review(operator: bpy.types.Operator, character: Character) -> bool:
    """Look whether the applied take is seen, and report what stops it. Returns whether all is well."""
    complaint = review.review(character)
    if complaint:
        operator.report({"WARNING"}, f"{complaint}. Mend it in the panel Result.")
    return not complaint


CLASSES = (VIVAVOCE_OT_prove, VIVAVOCE_OT_mend)
