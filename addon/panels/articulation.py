"""A row of buttons that map a face by posing it."""

from typing import Any

from ...bridge.errors import InvalidInput
from ..core.rigs.creature import CREATURE_CHANNELS
from ..scene.character import rig_around
from .base import VivavocePanel, draw_sentences

_HINT = "Pose the face as far as it goes, then press what the pose means. Once for each is enough; what is missing stays still."


class VIVAVOCE_PT_articulation(VivavocePanel):
    bl_label = "Map by Posing"
    bl_idname = "VIVAVOCE_PT_articulation"
    bl_parent_id = "VIVAVOCE_PT_rig"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 (Blender reads a set)

    @classmethod
    def poll(cls, context: Any) -> bool:
        try:
            rig_around(context.view_layer.objects.active)
        except InvalidInput:
            return False
        return True

    def draw(self, context: Any) -> None:
        layout: Any = self.layout
        draw_sentences(context, layout, _HINT, icon="INFO")
        grid = layout.grid_flow(columns=4, align=True, even_columns=True)
        for channel in CREATURE_CHANNELS:
            grid.operator("vivavoce.map_pose", text=channel.title()).channel = channel


CLASSES = (VIVAVOCE_PT_articulation,)
