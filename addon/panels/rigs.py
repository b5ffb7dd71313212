"""How the character is moved: what its names say and leave out, and the mapping that its artist edits."""

from typing import Any

import bpy

from ...bridge.errors import InvalidInput
from ..scene.character import Character, rig_around
from ..scene.rigs.kept_mapping import kept_row
from ..scene.rigs.telling import told
from ..translations.interface import localised
from .base import VivavocePanel, draw_sentences

_ROWS = 6


class VIVAVOCE_UL_mapping(bpy.types.UIList):
    """One line for every part that a channel moves; the channel can be typed over."""

    def draw_item(
        self, context: Any, layout: Any, data: Any, item: Any, icon: Any, active_data: Any, active_property: Any
    ) -> None:
        row = layout.split(factor=0.5, align=True)
        row.prop(item, "source", text="", emboss=False)
        row.label(text=item.part, translate=False)

    def filter_items(self, context: Any, data: Any, propname: str) -> tuple[list[int], list[int]]:
        """What is typed into the search field is looked for in channels and parts."""
        wanted = self.filter_name.lower()
        rows = getattr(data, propname)
        return [self.bitflag_filter_item if wanted in f"{row.source} {row.part}".lower() else 0 for row in rows], []


class VIVAVOCE_PT_rig(VivavocePanel):
    bl_label = "Rig"
    bl_idname = "VIVAVOCE_PT_rig"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 (Blender reads a set)

    @classmethod
    def poll(cls, context: Any) -> bool:
        return _rig(context) is not None

    def draw(self, context: Any) -> None:
        rig = _rig(context)
        if rig is None:
            return
        layout: Any = self.layout
        kept = rig.owner.vivavoce.mapping
        _draw_report(context, layout, rig)
        column = layout.column(align=True)
        if not kept.is_own:
            column.operator("vivavoce.edit_mapping", icon="GREASEPENCIL")
        column.operator_menu_enum("vivavoce.use_preset", "preset", icon="PRESET")
        row = column.row(align=True)
        row.operator("vivavoce.import_mapping", text="Load", icon="IMPORT")
        row.operator("vivavoce.export_mapping", text="Save", icon="EXPORT")
        column.operator("vivavoce.use_solved", icon="MOD_MESHDEFORM")
        if kept.is_own:
            _draw_mapping(context, layout, kept)


def _rig(context: Any) -> Character | None:
    try:
        return rig_around(context.view_layer.objects.active)
    except InvalidInput:
        return None


def _draw_report(context: Any, layout: Any, rig: Character) -> None:
    try:
        found = told(rig)
    except InvalidInput as error:
        draw_sentences(context, layout, str(error), icon="ERROR")
        return
    for sentence in found.sentences:
        draw_sentences(context, layout, sentence, icon="INFO")


def _draw_mapping(context: Any, layout: Any, kept: Any) -> None:
    row = layout.row()
    row.template_list("VIVAVOCE_UL_mapping", "", kept, "rows", kept, "row_index", rows=_ROWS)
    column = row.column(align=True)
    column.operator("vivavoce.add_mapping_row", text="", icon="ADD")
    column.operator("vivavoce.remove_mapping_row", text="", icon="REMOVE")
    if 0 <= kept.row_index < len(kept.rows):
        layout.prop(kept, "preview", slider=True)
        _draw_line(context, layout.column(), kept.rows[kept.row_index])
    for joint in kept.joints:
        if joint.joint in ("neck", "head"):
            text = localised(f"Amount of {joint.part}")
            layout.prop(joint, "gain", text=text, translate=False, slider=True)
    layout.operator("vivavoce.forget_mapping", icon="LOOP_BACK")


def _draw_line(context: Any, column: Any, line: Any) -> None:
    """Everything of the chosen line."""
    column.use_property_split, column.use_property_decorate = True, False
    for name in ("source", "factors", "kind", "object"):
        column.prop(line, name)
    holder = _holder(line)
    if holder is None:
        column.prop(line, "part")
    else:
        column.prop_search(line, "part", *holder)
    if line.kind.startswith("bone"):
        column.prop(line, "axis")
    for name in ("gain", "offset", "minimum", "maximum", "response", "is_mirrored"):
        column.prop(line, name)
    try:
        if line.object is not None and line.part:
            kept_row(line)
    except InvalidInput as error:
        draw_sentences(context, column, str(error), icon="ERROR")


def _holder(line: Any) -> tuple[Any, str] | None:
    """Where the names that a line can have are looked up: the shape keys of a mesh, the bones of an armature."""
    item = line.object
    if item is not None and line.kind == "shape_key" and item.type == "MESH" and item.data.shape_keys is not None:
        return item.data.shape_keys, "key_blocks"
    if item is not None and line.kind.startswith("bone") and item.type == "ARMATURE":
        return item.data, "bones"
    return None


CLASSES = (VIVAVOCE_UL_mapping, VIVAVOCE_PT_rig)
