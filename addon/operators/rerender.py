"""Re-render: hero frames by the scene's own engine, then a job on the worker whose frames become an image strip."""

from pathlib import Path
from typing import Any, ClassVar

import bpy

from ..preferences import chosen_backend
from ..render_job import RenderJob
from ..scene import compat
from ..scene.rerender_order import RerenderOrder, order_of, take_time_s
from ..scene.rerendering import add_strip, render_hero
from ..session import session
from .base import CharacterOperator, TakeOperator, active_character
from .job import JobOperator

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false


class VIVAVOCE_OT_render_hero(TakeOperator):
    bl_idname = "vivavoce.render_hero"
    bl_label = "Render Hero Frame"
    bl_description = "Render this frame through the scene's camera, as F12 does, and use it as a hero frame of the character"

    slot: bpy.props.IntProperty(name="Slot", description="Which of the hero frames it becomes", min=1, max=3, default=1)

    def run(self, context: Any) -> None:
        character, scene = active_character(context), context.scene
        settings = character.owner.vivavoce.rerender
        name = bpy.path.clean_name(f"{character.owner.name}_hero_{scene.frame_current:05d}")
        path = Path(bpy.path.abspath(settings.folder)) / f"{name}_{self.slot}.exr"
        render_hero(scene, character, path, take_time_s(character, scene.frame_current), settings.height)
        setattr(settings, f"hero_{self.slot}", str(path))
        self.report({"INFO"}, f"Wrote {path.name}")


class VIVAVOCE_OT_rerender(JobOperator, TakeOperator):
    bl_idname = "vivavoce.rerender"
    bl_label = "Re-render"
    bl_description = "Render the range anew from its hero frames, as a job of the backend; the frames become a strip. Esc cancels"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    _order: RerenderOrder
    _job: RenderJob

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        if compat.identity(active_character(context).owner) in session.renders:
            return "The character is being rendered already: wait, or cancel"
        if reason := super().obstacle(context):
            return reason
        is_light = chosen_backend().is_light
        return "Re-rendering needs a backend: choose one in Preferences > Add-ons > Vivavoce" if is_light else None

    def start(self, context: Any) -> None:
        self._order = order_of(active_character(context))
        self._job = session.render(self._order.owner, chosen_backend(), self._order.options, self._order.arrays)

    def forget(self) -> None:
        session.renders.pop(self._order.owner, None)

    def finish(self, context: Any) -> None:
        order = self._order
        try:
            paths = self._job.write_frames(order.folder, order.stem, order.frame_start)
        finally:
            self.forget()
        add_strip(context.scene, paths, order.frame_start, order.stem)
        self.report({"INFO"}, f"Rendered {len(paths)} frames into {order.folder}")


class VIVAVOCE_OT_cancel_rerendering(CharacterOperator):
    bl_idname = "vivavoce.cancel_rerendering"
    bl_label = "Cancel"
    bl_description = "Stop the rendering; no strip is made"

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        is_busy = compat.identity(active_character(context).owner) in session.renders
        return None if is_busy else "The character has no job to cancel"

    def run(self, context: Any) -> None:
        session.renders[compat.identity(active_character(context).owner)].remote.cancel()


CLASSES = (VIVAVOCE_OT_render_hero, VIVAVOCE_OT_rerender, VIVAVOCE_OT_cancel_rerendering)
