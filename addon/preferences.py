"""The extension's preferences: what does the work that Blender's own Python cannot."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bpy

from ..bridge.errors import InvalidInput
from .core.backend_plan import BackendRequest
from .core.backend_state import installed_python
from .panels.backend import draw_installation
from .scene.compat import may_use_network, user_folder
from .session import Backend

PACKAGE = (__package__ or "").rpartition(".")[0]
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class VIVAVOCE_AP_preferences(bpy.types.AddonPreferences):
    bl_idname = PACKAGE

    backend: bpy.props.EnumProperty(
        name="Backend",
        items=[
            (
                "LIGHT",
                "None: Light Engine",
                "Lips, brows, blinks and head from what the extension carries itself, for a first pass",
            ),
            ("INSTALLED", "Install It Here", "An environment that the extension makes in its own folder"),
            ("PYTHON", "Use an Environment of Mine", "A Python into which vivavoce has been installed"),
            ("SERVER", "Use a Server", "A server that was started with vivavoce serve"),
        ],
    )
    source: bpy.props.StringProperty(
        name="Source",
        subtype="FILE_PATH",
        description="Empty for the released package; or the project's folder, a wheel of vivavoce, or a folder with wheels of "
        "vivavoce and all it needs, for which no network is used",
    )
    torch_build: bpy.props.EnumProperty(
        name="PyTorch",
        items=[
            ("AUTO", "Chosen by the Machine", "CUDA where an NVIDIA GPU is found, ROCm for AMD's on Linux, else CPU"),
            ("CPU", "CPU", "The smallest; it runs everywhere"),
            ("CUDA", "CUDA", "For NVIDIA GPUs"),
            ("ROCM", "ROCm", "For AMD GPUs on Linux"),
            ("CONFIGURED", "As pip Is Configured", "From the index that pip or uv is set to on this machine, such as a studio's"),
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
        layout.column(align=True).prop(self, "backend", expand=True)
        if self.backend == "INSTALLED":
            draw_installation(layout, self, backend_request())
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
        if host not in _THIS_MACHINE and not may_use_network():
            raise InvalidInput("The server is on another machine. Allow Online Access in Preferences > System, or use this one.")
        return Backend(url=found.url, token=found.token)
    if found.backend == "INSTALLED":
        return Backend(python=str(installed_python(backend_folder())))
    # Not resolved: the python of a virtual environment is a link, and is one by its own name alone.
    python = Path(bpy.path.abspath(found.python)) if found.python else None
    if python is None or not python.is_file():
        raise InvalidInput(
            "Choose a backend in Preferences > Add-ons > Vivavoce: the Python of an environment that has vivavoce."
        )
    return Backend(python=str(python))


def backend_folder() -> Path:
    """Where the backend is installed: beside no code, and per version of Blender."""
    return user_folder(PACKAGE, "backend")


def backend_request(is_removal: bool = False) -> BackendRequest:
    """What the preferences ask the installer for."""
    found: Any = bpy.context.preferences.addons[PACKAGE].preferences
    return BackendRequest(
        folder=str(backend_folder()),
        python=sys.executable,
        source=bpy.path.abspath(found.source),
        build=found.torch_build.lower(),
        is_online=may_use_network(),
        is_removal=is_removal,
    )
