"""Who speaks: the character of the active object, and how far its rig follows."""

from typing import Any

from ...bridge.data import ARKIT_NAMES
from ...bridge.errors import InvalidInput
from ..core.names import matched_names
from ..scene.character import Character, character_around, shape_key_names
from ..translations.interface import localised
from .base import VivavocePanel, draw_sentences

_HEAD_JOINTS = ("neck", "head")


class VIVAVOCE_PT_character(VivavocePanel):
    bl_label = "Character"
    bl_idname = "VIVAVOCE_PT_character"

    def draw(self, context: Any) -> None:
        layout: Any = self.layout
        try:
            _draw_coverage(layout.column(align=True), character_around(context.view_layer.objects.active))
        except InvalidInput as error:
            draw_sentences(context, layout, str(error))
        layout.operator("vivavoce.add_open_human", icon="USER")


def _draw_coverage(column: Any, character: Character) -> None:
    column.label(text=character.owner.name, icon="OUTLINER_OB_ARMATURE" if character.armature else "MESH_DATA", translate=False)
    owned = {name for face in character.faces for name in shape_key_names(face)}
    coverage = localised(f"ARKit shape keys: {len(owned)} of {len(ARKIT_NAMES)}")
    column.label(text=coverage, icon="SHAPEKEY_DATA", translate=False)
    if character.armature is None:
        column.label(text="No armature: the head stays still", icon="INFO")
        return
    missing = set(_HEAD_JOINTS) - matched_names(_HEAD_JOINTS, character.armature.pose.bones.keys()).keys()
    bones = localised(f"No bone for {', '.join(sorted(missing))}" if missing else "Neck and head turn")
    column.label(text=bones, icon="BONE_DATA", translate=False)


CLASSES = (VIVAVOCE_PT_character,)
