"""The sidebar's Vivavoce tab; for now it says which version is at work."""

import tomllib
from pathlib import Path

import bpy

_MANIFEST = tomllib.loads((Path(__file__).parents[2] / "blender_manifest.toml").read_text(encoding="utf-8"))


class VIVAVOCE_PT_about(bpy.types.Panel):
    bl_label = "Vivavoce"
    bl_idname = "VIVAVOCE_PT_about"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vivavoce"

    def draw(self, context: bpy.types.Context) -> None:
        assert self.layout is not None
        column = self.layout.column()
        column.label(text=f"{_MANIFEST['name']} {_MANIFEST['version']}")
        column.label(text=_MANIFEST["tagline"])
