"""The still that follows the orbit's slider: one small job at a time on the worker; what was asked meanwhile comes next."""

import tempfile
from pathlib import Path
from typing import Any

import bpy

from ..bridge.errors import VivavoceError
from .preferences import chosen_backend
from .render_job import RenderJob
from .scene.character import character_around
from .scene.rerender_order import still_order
from .session import session

IMAGE_NAME = "Vivavoce Still"
_PERIOD_S = 0.05
_BUDGET_S = 0.002
"""What a step of the timer may take of Blender's time."""


def ask_for_still(context: Any) -> None:
    """Want a still of the active character as its orbit is now. Returns at once; `IMAGE_NAME` shows it when it is there."""
    session.still.is_wanted = True
    if not bpy.app.timers.is_registered(step):
        bpy.app.timers.register(step)


def step() -> float | None:
    """What the timer calls: go on with the job, or begin the next. None once nothing is wanted any more."""
    session.still.complaint = ""
    try:
        return _PERIOD_S if _has_more() else None
    except VivavoceError as error:
        forget()
        session.still.complaint = str(error)
        return None


def forget() -> None:
    """Abandon the job and want nothing."""
    session.still.abandon()
    if bpy.app.timers.is_registered(step):
        bpy.app.timers.unregister(step)


def _has_more() -> bool:
    still = session.still
    if still.job is not None:
        still.job.remote.poll(_BUDGET_S)
        if not still.job.remote.has_ended:
            return True
        ended, still.job = still.job, None
        _show(ended)
    if still.is_wanted:
        still.is_wanted = False
        order = still_order(character_around(bpy.context.view_layer.objects.active))
        still.job = session.start_render(chosen_backend(), order.options, order.arrays)
    return still.job is not None


def _show(job: RenderJob) -> None:
    """Load the still into the image that the panel draws."""
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        path = job.write_frames(Path(folder), "still", 1)[0]
        image: Any = bpy.data.images.get(IMAGE_NAME)
        if image is not None:
            bpy.data.images.remove(image)
        image = bpy.data.images.load(str(path))
        image.name = IMAGE_NAME
        image.pack()
        image.preview_ensure()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            area.tag_redraw()
