"""A head without shapes: landmarks, the making of the 52, and their preview."""

from typing import Any, ClassVar

from ..scene import transfer
from .base import VivavocePanel, draw_sentences

_ROWS = 6


class VIVAVOCE_PT_transfer(VivavocePanel):
    bl_label = "Create Shapes"
    bl_idname = "VIVAVOCE_PT_transfer"
    bl_options: ClassVar[set[str]] = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        active = context.view_layer.objects.active
        return bool(transfer.previews(context.scene)) or (active is not None and active.type == "MESH")

    def draw(self, context: Any) -> None:
        layout: Any = self.layout
        copies = transfer.previews(context.scene)
        if not copies:
            draw_sentences(context, layout, "Select all meshes of a head that faces the front view", icon="INFO")
            layout.operator("vivavoce.find_landmarks", icon="EMPTY_DATA")
            layout.operator("vivavoce.create_shapes", icon="SHAPEKEY_DATA")
            return
        shown = max(copies, key=lambda item: len(item.data.vertices))
        keys = shown.data.shape_keys
        if keys is not None:
            layout.template_list("MESH_UL_shape_keys", "", keys, "key_blocks", shown, "active_shape_key_index", rows=_ROWS)
            if shown.active_shape_key is not None:
                layout.prop(shown.active_shape_key, "value", slider=True)
        row = layout.row(align=True)
        row.operator("vivavoce.keep_shapes", icon="CHECKMARK")
        row.operator("vivavoce.discard_shapes", icon="X")


CLASSES = (VIVAVOCE_PT_transfer,)
