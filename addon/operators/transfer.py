"""Create the 52 shapes on a head: landmarks found and dragged, shapes made by the worker, previewed, kept or discarded."""

from typing import Any, ClassVar

from ...bridge.errors import Cancelled, InvalidInput, VivavoceError
from ...bridge.formats.transfer_arrays import HeadShapes, request_arrays
from ..preferences import chosen_backend
from ..scene import transfer
from ..session import session
from ..transfer_job import TransferJob
from ..translations.interface import localised
from .base import VivavoceOperator

_PERIOD_S = 0.1
_BUDGET_S = 0.002
"""What a step of the timer may take of Blender's time."""
_MOST_VISIBLE, _MOST_PARTED_CM, _LEAST_LIKENESS = 0.01, 0.05, 0.95


class TransferOperator(VivavoceOperator):
    """A job of kind `transfer` on the selected meshes; subclasses say what is asked and what becomes of the answer."""

    asked: ClassVar[dict[str, Any]] = {}
    _meshes: list[Any]
    _job: TransferJob
    _timer: Any = None

    def take(self, context: Any, shapes: HeadShapes) -> None:
        raise NotImplementedError

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        if session.transfer is not None:
            return "Shapes are being made already: wait, or press Esc"
        if chosen_backend().is_light:
            return "Making shapes needs a backend: choose one in Preferences > Add-ons > Vivavoce"
        transfer.head_meshes(context)
        return None if context.mode == "OBJECT" else "Leave this mode for Object Mode"

    def run(self, context: Any) -> None:
        """What a script gets: Blender waits until the shapes are there."""
        self._start(context)
        self._finish(context)

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
        context.workspace.status_text_set(localised(f"Vivavoce: {status.stage} {status.progress:.0%} (Esc cancels)"))
        if not self._job.remote.has_ended:
            return {"PASS_THROUGH"}
        self._put_timer_away(context)
        try:
            self._finish(context)
        except Cancelled as error:
            self.report({"INFO"}, str(error))
            return {"CANCELLED"}
        except VivavoceError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def cancel(self, context: Any) -> None:
        """Blender ends the operator, as when another file is opened."""
        session.end_transfer()
        self._put_timer_away(context)

    def _start(self, context: Any) -> None:
        self._meshes = [item.name for item in transfer.head_meshes(context)]
        request = transfer.head_request(self._objects(context), context.scene)
        self._job = session.start_transfer(chosen_backend(), self.asked, request_arrays(request))

    def _finish(self, context: Any) -> None:
        try:
            shapes = self._job.shapes()
        finally:
            session.transfer = None
        self.take(context, shapes)

    def _objects(self, context: Any) -> list[Any]:
        """The meshes by the names they had. Raises InvalidInput where one is gone."""
        found = [context.scene.objects.get(name) for name in self._meshes]
        if None in found:
            raise InvalidInput("A mesh of the head was removed or renamed meanwhile. Make the shapes again")
        return found

    def _put_timer_away(self, context: Any) -> None:
        context.window_manager.event_timer_remove(self._timer)
        context.workspace.status_text_set(None)


class VIVAVOCE_OT_find_landmarks(TransferOperator):
    bl_idname = "vivavoce.find_landmarks"
    bl_label = "Find Landmarks"
    bl_description = "Find eyes, lips and nose of the selected head and show them as empties, to be dragged where they lie wrong"
    bl_options: ClassVar[set[str]] = {"UNDO"}
    asked: ClassVar[dict[str, Any]] = {"only_landmarks": True}

    def take(self, context: Any, shapes: HeadShapes) -> None:
        transfer.show_landmarks(context.scene, shapes.landmarks)


class VIVAVOCE_OT_create_shapes(TransferOperator):
    bl_idname = "vivavoce.create_shapes"
    bl_label = "Create Shapes"
    bl_description = "Make the 52 ARKit shapes for the selected head and show them on a copy. Esc cancels"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def take(self, context: Any, shapes: HeadShapes) -> None:
        transfer.show_preview(context.scene, self._objects(context), shapes)
        quality = shapes.quality
        faults = []
        if quality.get("seal_worst_cm", 0.0) > _MOST_PARTED_CM:
            faults.append("The lips do not seal everywhere.")
        if quality.get("blink_visible", 0.0) > _MOST_VISIBLE:
            faults.append("A blink leaves some of the eye visible.")
        if quality.get("round_trip_worst", 1.0) < _LEAST_LIKENESS:
            faults.append("Some shapes were understood badly: look at the landmarks.")
        if faults:
            self.report({"WARNING"}, " ".join(faults))


class PreviewOperator(VivavoceOperator):
    """What becomes of the preview."""

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        return None if transfer.previews(context.scene) else "There is no preview: press Create Shapes"


class VIVAVOCE_OT_keep_shapes(PreviewOperator):
    bl_idname = "vivavoce.keep_shapes"
    bl_label = "Keep Shapes"
    bl_description = "Give the previewed shapes to the head as its shape keys, and take the copy and the landmarks away"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        transfer.keep_preview(context.scene)


class VIVAVOCE_OT_discard_shapes(PreviewOperator):
    bl_idname = "vivavoce.discard_shapes"
    bl_label = "Discard Shapes"
    bl_description = "Take the preview away and show the head again; the landmarks stay"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        transfer.discard_preview(context.scene)


CLASSES = (
    VIVAVOCE_OT_find_landmarks,
    VIVAVOCE_OT_create_shapes,
    VIVAVOCE_OT_keep_shapes,
    VIVAVOCE_OT_discard_shapes,
)
