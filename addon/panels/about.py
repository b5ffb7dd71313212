"""Which version is at work."""

import tomllib
from pathlib import Path
from typing import Any, ClassVar

from .base import VivavocePanel

_MANIFEST = tomllib.loads((Path(__file__).parents[2] / "blender_manifest.toml").read_text(encoding="utf-8"))


class VIVAVOCE_PT_about(VivavocePanel):
    bl_label = "About"
    bl_idname = "VIVAVOCE_PT_about"
    bl_options: ClassVar[set[str]] = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        column: Any = self.layout.column()  # type: ignore[union-attr]
        column.label(text=f"{_MANIFEST['name']} {_MANIFEST['version']}", translate=False)
        column.label(text=_MANIFEST["tagline"])


CLASSES = (VIVAVOCE_PT_about,)
