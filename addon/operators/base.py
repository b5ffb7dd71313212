"""What all operators share: an error becomes a report that says what to do, and a greyed button says why."""

from typing import Any

import bpy

from ...bridge.errors import VivavoceError
from ..scene import takes
from ..scene.character import Character, character_around
from ..translations.interface import localised


class VivavoceOperator(bpy.types.Operator):
    """Subclasses do their work in `run`, and say in `obstacle` why they cannot be pressed."""

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        """Why the operator cannot run now; None where it can. May raise a VivavoceError that says it."""
        return None

    @classmethod
    def poll(cls, context: Any) -> bool:
        try:
            reason = cls.obstacle(context)
        except VivavoceError as error:
            reason = str(error)
        if reason:
            cls.poll_message_set(localised(reason))
        return not reason

    def run(self, context: Any) -> None:
        raise NotImplementedError

    def report(self, type: set[Any], message: str) -> None:
        """Reports are in the language of the interface; Blender has its own names for what is passed."""
        super().report(type, localised(message))

    def execute(self, context: Any) -> set[Any]:
        try:
            self.run(context)
        except VivavoceError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class CharacterOperator(VivavoceOperator):
    """An operator on the character of the active object."""

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        active_character(context)
        return None if context.mode in ("OBJECT", "POSE") else "Leave this mode for Object Mode or Pose Mode"


class TakeOperator(CharacterOperator):
    """An operator on the take that lies on the character."""

    take_of = staticmethod(takes.applied_take)
    """Which take it needs; raises InvalidInput where there is none."""

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        cls.take_of(active_character(context))
        return super().obstacle(context)


class ChosenTakeOperator(TakeOperator):
    """An operator on the take that is chosen in the list."""

    take_of = staticmethod(takes.chosen_take)


def active_character(context: Any) -> Character:
    """The character of the active object. Raises InvalidInput where there is none."""
    return character_around(context.view_layer.objects.active)
