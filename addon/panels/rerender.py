"""Re-rendering a take: hero frames, range, camera, quality; the job; and a still that follows the orbit."""

from typing import Any, ClassVar

import bpy

from ..preferences import is_light
from ..scene import compat
from ..scene.character import Character
from ..session import session
from ..still_preview import IMAGE_NAME
from ..translations.interface import localised
from .base import CharacterPanel, draw_sentences

_STILL_SCALE = 10.0


class VIVAVOCE_PT_rerender(CharacterPanel):
    bl_label = "Re-render"
    bl_idname = "VIVAVOCE_PT_rerender"
    bl_options: ClassVar[set[str]] = {"DEFAULT_CLOSED"}

    def draw_character(self, context: Any, layout: Any, character: Character) -> None:
        settings = character.owner.vivavoce.rerender
        if is_light():
            draw_sentences(
                context, layout, "Re-rendering needs a backend: choose one in Preferences > Add-ons > Vivavoce", "INFO"
            )
            return
        _draw_heroes(layout, settings)
        _draw_camera(context, layout, settings)
        column = layout.column(align=True)
        column.prop(settings, "uses_scene_range")
        if not settings.uses_scene_range:
            column.prop(settings, "frame_start")
            column.prop(settings, "frame_end")
        column = layout.column(align=True)
        for name in ("quality", "height", "picture_format", "folder"):
            column.prop(settings, name)
        _draw_job(layout, character)


def _draw_heroes(layout: Any, settings: Any) -> None:
    layout.prop(settings, "mode")
    column = layout.column(align=True)
    for slot in (1, 2, 3):
        if slot > 1 and not getattr(settings, f"hero_{slot - 1}"):
            break
        row = column.row(align=True)
        row.prop(settings, f"hero_{slot}")
        row.operator("vivavoce.render_hero", text="", icon="RENDER_STILL").slot = slot


def _draw_camera(context: Any, layout: Any, settings: Any) -> None:
    layout.prop(settings, "camera")
    column = layout.column(align=True)
    column.prop(settings, "azimuth", slider=True)
    column.prop(settings, "elevation", slider=True)
    column.prop(settings, "follows_orbit")
    if not settings.follows_orbit:
        return
    if session.still.complaint:
        draw_sentences(context, layout.box(), session.still.complaint, icon="ERROR")
    image: Any = bpy.data.images.get(IMAGE_NAME)
    if image is not None and image.preview is not None:
        layout.template_icon(icon_value=image.preview.icon_id, scale=_STILL_SCALE)


def _draw_job(layout: Any, character: Character) -> None:
    job = session.renders.get(compat.identity(character.owner))
    if job is None:
        layout.operator("vivavoce.rerender", icon="RENDER_ANIMATION")
        return
    status = job.remote.status
    row = layout.row(align=True)
    waiting = localised(f"place {status.place} in the queue" if status.place else status.stage)
    compat.draw_progress(row, status.progress, waiting)
    row.operator("vivavoce.cancel_rerendering", text="", icon="X")


CLASSES = (VIVAVOCE_PT_rerender,)
