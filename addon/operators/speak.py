"""Speak: a job on the worker whose clip becomes a take."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from functools import partial
from typing import Any, ClassVar

import bpy

from ...bridge.errors import VivavoceError
from ..core.speaking import speak_options
from ..preferences import chosen_backend
from ..scene import speaking, takes
from ..scene.character import Character
from ..scene.compat import identity
from ..scene.recording import write_recording
from ..scene.rigs.kept_mapping import kept_mapping
from ..session import SpokenJob, session
from .base import CharacterOperator, active_character
from .job import JobOperator
from .mend import report_review


class SpeakingOperator(JobOperator, CharacterOperator):
    """A job of kind `speak`; subclasses say of what."""

    layer = ""
    """The one layer to perform; empty for all."""
    _line: speaking.Line
    _job: SpokenJob

    def line(self, character: Character) -> speaking.Line:
        """What is to be spoken. Raises InvalidInput."""
        return speaking.line_of(character, self.layer)

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        if identity(active_character(context).owner) in session.jobs:
            return "The character is about to speak already: wait, or cancel"
        chosen_backend()
        return super().obstacle(context)

    def start(self, context: Any) -> None:
        character = active_character(context)
        # A mapping that cannot be read is told before the work, not after it.
        kept_mapping(character.owner)
        self._line = line = self.line(character)
        options = speak_options(line.settings, takes.scene_fps(), (self.layer,) if self.layer else ())
        self._job = session.speak(line.owner, chosen_backend(), options, partial(write_recording, line.stretches))

    def forget(self) -> None:
        session.jobs.pop(self._line.owner, None)

    def complain(self, error: VivavoceError) -> None:
        session.complaints[self._line.owner] = str(error)
        super().complain(error)

    def finish(self, context: Any) -> None:
        try:
            clip = self._job.clip()
        finally:
            self.forget()
        report_review(self, speaking.put_line(self._line, clip))
        if self._line.faults:
            self.report({"WARNING"}, "Some strips were left out, all others are spoken. " + " ".join(self._line.faults))


class VIVAVOCE_OT_speak(SpeakingOperator):
    bl_idname = "vivavoce.speak"
    bl_label = "Speak"
    bl_description = "Perform the recording as a new take, a track for every layer. Esc cancels"
    # Without REGISTER: adjusting the last operation would ask the worker again.
    bl_options: ClassVar[set[str]] = {"UNDO"}


class VIVAVOCE_OT_speak_selected(SpeakingOperator):
    bl_idname = "vivavoce.speak_selected"
    bl_label = "Speak Selected Strips"
    bl_description = (
        "Perform all sound strips that are selected in the sequencer as one take, each at its own frame. "
        "The text is not used. Esc cancels"
    )
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def line(self, character: Character) -> speaking.Line:
        return speaking.selected_line(character)

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        return super().obstacle(context) or (None if speaking.selected_strips() else "Select sound strips in the sequencer")


class VIVAVOCE_OT_speak_again(SpeakingOperator):
    bl_idname = "vivavoce.speak_again"
    bl_label = "Make Again"
    bl_description = "Perform the chosen take anew, with the recording, moods, settings and seed it remembers. Esc cancels"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def line(self, character: Character) -> speaking.Line:
        return speaking.line_again(character)

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        speaking.check_spoken(takes.chosen_take(active_character(context)))
        return super().obstacle(context)


class VIVAVOCE_OT_regenerate_layer(SpeakingOperator):
    bl_idname = "vivavoce.regenerate_layer"
    bl_label = "Regenerate Layer"
    bl_description = "Perform one layer of the applied take anew, with the settings and the seed as they are now. Esc cancels"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    layer: bpy.props.StringProperty(name="Layer", description="Such as blinks")

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        speaking.spoken_take(active_character(context))
        return super().obstacle(context)


class VIVAVOCE_OT_cancel_speaking(CharacterOperator):
    bl_idname = "vivavoce.cancel_speaking"
    bl_label = "Cancel"
    bl_description = "Stop the job; the character stays as it is"

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        is_busy = identity(active_character(context).owner) in session.jobs
        return None if is_busy else "The character has no job to cancel"

    def run(self, context: Any) -> None:
        session.jobs[identity(active_character(context).owner)].remote.cancel()


CLASSES = (
    VIVAVOCE_OT_speak,
    VIVAVOCE_OT_speak_selected,
    VIVAVOCE_OT_speak_again,
    VIVAVOCE_OT_regenerate_layer,
    VIVAVOCE_OT_cancel_speaking,
)
