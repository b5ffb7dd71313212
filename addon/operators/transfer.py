"""Create the 52 shapes on a head: landmarks found and dragged, shapes made by the worker, previewed, kept or discarded."""

from typing import Any, ClassVar

from ...bridge.errors import InvalidInput
from ...bridge.formats.transfer_arrays import HeadShapes, request_arrays
from ..preferences import chosen_backend
from ..scene import transfer
from ..session import session
from ..transfer_job import TransferJob
from .base import VivavoceOperator
from .job import JobOperator

_MOST_VISIBLE, _MOST_PARTED_CM, _LEAST_LIKENESS = 0.01, 0.05, 0.95


class TransferOperator(JobOperator):
    """A job of kind `transfer` on the selected meshes; subclasses say what is asked and what becomes of the answer."""

    asked: ClassVar[dict[str, Any]] = {}
    _meshes: list[Any]
    _job: TransferJob

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

    def start(self, context: Any) -> None:
        self._meshes = [item.name for item in transfer.head_meshes(context)]
        request = transfer.head_request(self._objects(context), context.scene)
        self._job = session.start_transfer(chosen_backend(), self.asked, request_arrays(request))

    def forget(self) -> None:
        session.transfer = None

    def finish(self, context: Any) -> None:
        try:
            shapes = self._job.shapes()
        finally:
            self.forget()
        self.take(context, shapes)

    def _objects(self, context: Any) -> list[Any]:
        """The meshes by the names they had. Raises InvalidInput where one is gone."""
        found = [context.scene.objects.get(name) for name in self._meshes]
        if None in found:
            raise InvalidInput("A mesh of the head was removed or renamed meanwhile. Make the shapes again")
        return found


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
