"""Speak: a job on the worker, watched by a timer while the artist goes on working; its result is one step of undo."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from functools import partial
from typing import Any, ClassVar

import bpy

from ...bridge.errors import Cancelled, VivavoceError
from ..core.speaking import speak_options
from ..preferences import chosen_backend
from ..scene import speaking, takes
from ..scene.character import Character
from ..scene.compat import identity
from ..scene.recording import write_recording
from ..scene.rigs.kept_mapping import kept_mapping
from ..session import SpokenJob, session
from ..translations.interface import localised
from .base import CharacterOperator, active_character
from .mend import report_review

_PERIOD_S = 0.05
_BUDGET_S = 0.001
"""What a step of the timer may take of Blender's time."""


class SpeakingOperator(CharacterOperator):
    """A job of kind `speak`; subclasses say of what."""

    layer = ""
    """The one layer to perform; empty for all."""
    _line: speaking.Line
    _job: SpokenJob
    _timer: Any = None

    def line(self, character: Character) -> speaking.Line:
        """What is to be spoken. Raises InvalidInput."""
        return speaking.line_of(character, self.layer)

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        if identity(active_character(context).owner) in session.jobs:
            return "The character is about to speak already: wait, or cancel"
        chosen_backend()
        return super().obstacle(context)

    def run(self, context: Any) -> None:
        """What a script gets: Blender waits until the line has been performed."""
        self._start(context)
        self._finish()

    def invoke(self, context: Any, event: Any) -> set[Any]:
        try:
            self._start(context)
        except VivavoceError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self._timer = context.window_manager.event_timer_add(_PERIOD_S, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[Any]:
        if event.type == "ESC" and event.value == "PRESS":
            self._job.remote.cancel()
            return {"RUNNING_MODAL"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        status = self._job.remote.poll(_BUDGET_S)
        _show(context, localised(f"Vivavoce: {status.stage} {status.progress:.0%} (Esc cancels)"))
        if not self._job.remote.has_ended:
            return {"PASS_THROUGH"}
        self._put_timer_away(context)
        try:
            self._finish()
        except Cancelled as error:
            self.report({"INFO"}, str(error))
            return {"CANCELLED"}
        except VivavoceError as error:
            session.complaints[self._line.owner] = str(error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def cancel(self, context: Any) -> None:
        """Blender ends the operator, as when another file is opened."""
        session.jobs.pop(self._line.owner, None)
        self._job.abandon()
        self._put_timer_away(context)

    def _start(self, context: Any) -> None:
        character = active_character(context)
        # A mapping that cannot be read is told before the work, not after it.
        kept_mapping(character.owner)
        self._line = line = self.line(character)
        options = speak_options(line.settings, takes.scene_fps(), (self.layer,) if self.layer else ())
        self._job = session.speak(line.owner, chosen_backend(), options, partial(write_recording, line.stretches))

    def _finish(self) -> None:
        try:
            clip = self._job.clip()
        finally:
            session.jobs.pop(self._line.owner, None)
        report_review(self, speaking.put_line(self._line, clip))
        if self._line.faults:
            self.report({"WARNING"}, "Some strips were left out, all others are spoken. " + " ".join(self._line.faults))

    def _put_timer_away(self, context: Any) -> None:
        context.window_manager.event_timer_remove(self._timer)
        _show(context, None)


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


def _show(context: Any, text: str | None) -> None:
    """Text in the status bar (None gives it back to Blender), and sidebars that are drawn anew."""
    context.workspace.status_text_set(text)
    areas = [area for window in context.window_manager.windows for area in window.screen.areas if area.type == "VIEW_3D"]
    for region in (region for area in areas for region in area.regions if region.type == "UI"):
        region.tag_redraw()


CLASSES = (
    VIVAVOCE_OT_speak,
    VIVAVOCE_OT_speak_selected,
    VIVAVOCE_OT_speak_again,
    VIVAVOCE_OT_regenerate_layer,
    VIVAVOCE_OT_cancel_speaking,
)
