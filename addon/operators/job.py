"""What operators with a job share: a timer watches it while the artist works on, Esc cancels, and its end is one step of undo."""

from typing import Any

from ...bridge.errors import Cancelled, VivavoceError
from ..translations.interface import localised
from .base import VivavoceOperator

_PERIOD_S = 0.05
_BUDGET_S = 0.001
"""What a step of the timer may take of Blender's time."""


class JobOperator(VivavoceOperator):
    """Subclasses ask for the job in `start`, and do with its answer what is to be done in `finish`."""

    _job: Any
    """A WorkerJob; a subclass knows which."""
    _timer: Any = None

    def start(self, context: Any) -> None:
        """Set `_job`. May raise a VivavoceError."""
        raise NotImplementedError

    def finish(self, context: Any) -> None:
        """Take the job out of the session and use its answer. May raise a VivavoceError."""
        raise NotImplementedError

    def forget(self) -> None:
        """Take the job out of the session."""
        raise NotImplementedError

    def complain(self, error: VivavoceError) -> None:
        """The job failed."""
        self.report({"ERROR"}, str(error))

    def run(self, context: Any) -> None:
        """What a script gets: Blender waits until the job has ended."""
        self.start(context)
        self.finish(context)

    def invoke(self, context: Any, event: Any) -> set[Any]:
        try:
            self.start(context)
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
            self.finish(context)
        except Cancelled as error:
            self.report({"INFO"}, str(error))
            return {"CANCELLED"}
        except VivavoceError as error:
            self.complain(error)
            return {"CANCELLED"}
        return {"FINISHED"}

    def cancel(self, context: Any) -> None:
        """Blender ends the operator, as when another file is opened."""
        self.forget()
        self._job.abandon()
        self._put_timer_away(context)

    def _put_timer_away(self, context: Any) -> None:
        context.window_manager.event_timer_remove(self._timer)
        _show(context, None)


def _show(context: Any, text: str | None) -> None:
    """Text in the status bar (None gives it back to Blender), and sidebars that are drawn anew."""
    context.workspace.status_text_set(text)
    areas = [area for window in context.window_manager.windows for area in window.screen.areas if area.type == "VIEW_3D"]
    for region in (region for area in areas for region in area.regions if region.type == "UI"):
        region.tag_redraw()
