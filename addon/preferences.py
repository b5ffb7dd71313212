"""The extension's preferences: what does the work that Blender's own Python cannot."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bpy

from ..bridge.errors import InvalidInput
from .session import Backend

PACKAGE = (__package__ or "").rpartition(".")[0]
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class VIVAVOCE_AP_preferences(bpy.types.AddonPreferences):
    bl_idname = PACKAGE

    backend: bpy.props.EnumProperty(
        name="Backend",
        items=[
            ("LIGHT", "None: Light Engine", "Lips, brows, blinks and head from what the extension carries itself, for a first pass"),
            ("PYTHON", "Use an Environment of Mine", "A Python into which vivavoce has been installed"),
            ("SERVER", "Use a Server", "A server that was started with vivavoce serve"),
        ],
    )
    python: bpy.props.StringProperty(
        name="Python", subtype="FILE_PATH", description="The python program of an environment that has vivavoce"
    )
    url: bpy.props.StringProperty(name="Address", description="Such as https://gpu.studio:8443")
    token: bpy.props.StringProperty(name="Token", subtype="PASSWORD", description="The token that the server was started with")

    def draw(self, context: Any) -> None:
        layout: Any = self.layout
        layout.use_property_split = True
        layout.prop(self, "backend", expand=True)
        for name in {"SERVER": ("url", "token"), "PYTHON": ("python",)}.get(self.backend, ()):
            layout.prop(self, name)


def is_light() -> bool:
    """Whether no backend is chosen, so that the light engine performs."""
    return bpy.context.preferences.addons[PACKAGE].preferences.backend == "LIGHT"  # type: ignore[union-attr]


def chosen_backend() -> Backend:
    """What the preferences say. Raises InvalidInput where that cannot work, or where Blender must not go online."""
    if is_light():
        return Backend()
    found: Any = bpy.context.preferences.addons[PACKAGE].preferences
    if found.backend == "SERVER":
        # Buttons ask this whenever they are drawn: certificates are loaded only when there is a job.
        host = urlsplit(found.url if "//" in found.url else f"//{found.url}").hostname
        if not host or not found.token:
            raise InvalidInput("Give the server's address and token in Preferences > Add-ons > Vivavoce.")
        if host not in _THIS_MACHINE and not bpy.app.online_access:
            raise InvalidInput("The server is on another machine. Allow Online Access in Preferences > System, or use this one.")
        return Backend(url=found.url, token=found.token)
    # Not resolved: the python of a virtual environment is a link, and is one by its own name alone.
    python = Path(bpy.path.abspath(found.python)) if found.python else None
    if python is None or not python.is_file():
        raise InvalidInput(
            "Choose a backend in Preferences > Add-ons > Vivavoce: the Python of an environment that has vivavoce."
        )
    return Backend(python=str(python))
