"""Install the backend, watched by a timer that lives on when the preferences are closed or another file is opened."""

from typing import Any, ClassVar

import bpy

from ...bridge.errors import Cancelled, VivavoceError
from ..core.backend_plan import BackendRequest, checked_source
from ..core.backend_state import LOG_NAME
from ..preferences import backend_folder, backend_request
from ..session import session
from .base import VivavoceOperator

_PERIOD_S = 0.2
"""Between two looks at the installer; one takes less than a millisecond."""


class _InstallingOperator(VivavoceOperator):
    """Starts the installer; subclasses say what for."""

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        if is_installing():
            return "The backend is being installed already: wait, or cancel"
        return "A character is about to speak: wait, or cancel that" if session.jobs else None

    def request(self) -> BackendRequest:
        return backend_request()

    def run(self, context: Any) -> None:
        """What a script gets: Blender waits until it has ended."""
        session.install(self.request()).wait()

    def invoke(self, context: Any, event: Any) -> set[Any]:
        try:
            session.install(self.request())
        except VivavoceError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        start_watching()
        return {"FINISHED"}


class VIVAVOCE_OT_install_backend(_InstallingOperator):
    bl_idname = "vivavoce.install_backend"
    bl_label = "Install"
    bl_description = (
        "Make a Python environment in the extension's own folder and install PyTorch and Vivavoce into it; "
        "Blender's own Python stays as it is. It takes minutes, and Blender can be used meanwhile"
    )

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        checked_source(backend_request())
        return super().obstacle(context)


class VIVAVOCE_OT_remove_backend(_InstallingOperator):
    bl_idname = "vivavoce.remove_backend"
    bl_label = "Remove"
    bl_description = "Delete the environment that was installed, and free its disk space"

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        return super().obstacle(context) if any(backend_folder().glob("env")) else "Nothing has been installed"

    def request(self) -> BackendRequest:
        return backend_request(is_removal=True)

    def invoke(self, context: Any, event: Any) -> set[Any]:
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context: Any) -> set[Any]:
        return super().execute(context) if bpy.app.background else super().invoke(context, None)


class VIVAVOCE_OT_cancel_installation(VivavoceOperator):
    bl_idname = "vivavoce.cancel_installation"
    bl_label = "Cancel"
    bl_description = "Stop; what is done is kept, and Resume goes on from there"

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        return None if is_installing() else "Nothing is being installed"

    def run(self, context: Any) -> None:
        assert session.installation is not None
        session.installation.cancel()


class VIVAVOCE_OT_open_installation_log(VivavoceOperator):
    bl_idname = "vivavoce.open_installation_log"
    bl_label = "Open Log"
    bl_description = "Show all that was said while the backend was installed"

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        return None if (backend_folder() / LOG_NAME).is_file() else "Nothing has been installed, so there is no log yet"

    def run(self, context: Any) -> None:
        bpy.ops.wm.path_open(filepath=str(backend_folder() / LOG_NAME))


class VIVAVOCE_OT_tell_installation(VivavoceOperator):
    """How the installation ended. Modal for one event: Blender shows no reports of what a timer calls outright."""

    bl_idname = "vivavoce.tell_installation"
    bl_label = "Tell How the Installation Ended"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def invoke(self, context: Any, event: Any) -> set[Any]:
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[Any]:
        status = session.installation.status if session.installation else None
        if status is not None and isinstance(status.error, Cancelled | None):
            self.report({"INFO"}, str(status.error or status.stage))
        elif status is not None:
            self.report({"ERROR"}, str(status.error))
        return {"FINISHED", "PASS_THROUGH"}


def is_installing() -> bool:
    return session.installation is not None and not session.installation.status.has_ended


def start_watching() -> None:
    """Look after the installation that has begun."""
    if not bpy.app.timers.is_registered(_watch):
        bpy.app.timers.register(_watch, first_interval=_PERIOD_S, persistent=True)


def stop_watching() -> None:
    """Take the timer away, if it runs."""
    if bpy.app.timers.is_registered(_watch):
        bpy.app.timers.unregister(_watch)


def _watch() -> float | None:
    """One step of the timer: look, and draw preferences anew; None ends it."""
    if session.installation is None:
        return None
    has_ended = session.installation.poll().has_ended
    windows = bpy.context.window_manager.windows
    for window in windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()
    if has_ended and windows:
        with bpy.context.temp_override(window=windows[0]):
            bpy.ops.vivavoce.tell_installation("INVOKE_DEFAULT")
    return None if has_ended else _PERIOD_S


CLASSES = (
    VIVAVOCE_OT_install_backend,
    VIVAVOCE_OT_remove_backend,
    VIVAVOCE_OT_cancel_installation,
    VIVAVOCE_OT_open_installation_log,
    VIVAVOCE_OT_tell_installation,
)
