"""A picture of the panel Rig, from a real window: what is told of a face that lacks a shape, and its mapping under the hand.
docs/blender.md says how to run it."""

import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import window

worker_python, recording, folder = sys.argv[sys.argv.index("--") + 1 :]

_HEADERS_PX = (14, 42)
"""How far below the sidebar's upper edge the headers are that are clicked: Character closes, Rig opens."""


def picture(name: str) -> None:
    sidebar, view = window.region("UI"), window.area("VIEW_3D")
    window.shoot(Path(folder, f"panel_{name}.png"), (view.x, view.y, sidebar.x + sidebar.width, view.y + view.height))


def only_panels(*names: str) -> None:
    """All other panels away."""
    from vivavoce.addon.panels import classes

    for cls in classes():
        if issubclass(cls, bpy.types.Panel) and cls.bl_idname not in names:
            cls.poll = classmethod(lambda cls, context: False)


def steps() -> window.Steps:
    yield from window.prepare(worker_python, recording)
    only_panels("VIVAVOCE_PT_rig")
    yield 0.5
    sidebar = window.region("UI")
    for header_px in _HEADERS_PX:
        yield from window.click(sidebar.x + 60, sidebar.y + sidebar.height - header_px)
        yield 0.5
    rig: Any = window.window().view_layer.objects.active
    for item in bpy.data.objects:
        if item.type == "MESH" and item.data.shape_keys is not None:
            for name in {"mouthClose", "tongueOut"}.intersection(item.data.shape_keys.key_blocks.keys()):
                item.shape_key_remove(item.data.shape_keys.key_blocks[name])
    with window.in_view():
        bpy.ops.vivavoce.edit_mapping()
    kept = rig.vivavoce.mapping
    kept.row_index = next(index for index, row in enumerate(kept.rows) if row.source == "jawOpen")
    kept.preview = 0.8
    yield 1.5
    picture("mapping")


window.play(steps())
