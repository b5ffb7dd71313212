"""Pictures of the panel Rig, from a real window: what is told of a face that lacks a shape, and its mapping under the hand.
docs/blender.md says how to run it."""

import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import window

worker_python, recording, folder = sys.argv[sys.argv.index("--") + 1 :]


def picture(name: str) -> None:
    sidebar, view = window.region("UI"), window.area("VIEW_3D")
    window.shoot(Path(folder, f"panel_{name}.png"), (view.x, view.y, sidebar.x + sidebar.width, view.y + view.height))


def open_panel() -> None:
    """The panel Rig alone, open."""
    from vivavoce.addon.panels import classes
    from vivavoce.addon.panels.rigs import VIVAVOCE_PT_rig

    for cls in classes():
        if issubclass(cls, bpy.types.Panel) and cls.bl_idname not in ("VIVAVOCE_PT_character", "VIVAVOCE_PT_rig"):
            cls.poll = classmethod(lambda cls, context: False)
    bpy.utils.unregister_class(VIVAVOCE_PT_rig)
    VIVAVOCE_PT_rig.bl_options = set()
    bpy.utils.register_class(VIVAVOCE_PT_rig)


def steps() -> window.Steps:
    yield from window.prepare(worker_python, recording)
    open_panel()
    rig: Any = window.window().view_layer.objects.active
    for item in bpy.data.objects:
        if item.type == "MESH" and item.data.shape_keys is not None:
            for name in {"mouthClose", "tongueOut"}.intersection(item.data.shape_keys.key_blocks.keys()):
                item.shape_key_remove(item.data.shape_keys.key_blocks[name])
    yield 1.0
    picture("rig")
    with window.in_view():
        bpy.ops.vivavoce.edit_mapping()
    kept = rig.vivavoce.mapping
    kept.row_index = next(index for index, row in enumerate(kept.rows) if row.source == "jawOpen")
    kept.preview = 0.8
    yield 1.5
    picture("mapping")


window.play(steps())
