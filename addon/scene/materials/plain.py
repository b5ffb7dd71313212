"""What is left of the open human's materials in formats without node trees: a colour, a roughness, a clear cornea."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from ...core.complexion import MATERIAL_COLOURS

_ROUGHNESS = {
    "sclera": 0.15,
    "iris": 0.3,
    "pupil": 0.3,
    "cornea": 0.03,
    "teeth": 0.2,
    "tongue": 0.35,
    "gums": 0.35,
    "mouth": 0.4,
    "shirt": 0.9,
}
_SKIN_ROUGHNESS = 0.5
_CORNEA_ALPHA = 0.06


@contextmanager
def plain_materials(carries_vertex_colours: bool) -> Iterator[None]:
    """Within the block every material of the open human is a plain one under the same name.

    carries_vertex_colours: the format multiplies the mesh's colours in, so that the material's own is white.
    """
    swapped: list[tuple[Any, Any]] = []
    replacements: dict[str, Any] = {}
    try:
        for item in bpy.context.scene.objects:
            for slot in item.material_slots:
                kind = slot.material.name.removeprefix("Vivavoce ") if slot.material else ""
                if kind in MATERIAL_COLOURS:
                    swapped.append((slot, slot.material))
                    if kind not in replacements:
                        slot.material.name += " (nodes)"
                        replacements[kind] = _plain_material(kind, carries_vertex_colours)
                    slot.material = replacements[kind]
        yield
    finally:
        for slot, material in swapped:
            slot.material = material
        for kind, plain in replacements.items():
            bpy.data.materials.remove(plain)
            bpy.data.materials[f"Vivavoce {kind} (nodes)"].name = f"Vivavoce {kind}"


def _plain_material(kind: str, carries_vertex_colours: bool) -> Any:
    material: Any = bpy.data.materials.new(f"Vivavoce {kind}")
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    colour = (1.0, 1.0, 1.0) if carries_vertex_colours else MATERIAL_COLOURS[kind]
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = _ROUGHNESS.get(kind, _SKIN_ROUGHNESS)
    if kind == "cornea":
        shader.inputs["Alpha"].default_value = _CORNEA_ALPHA
    return material
