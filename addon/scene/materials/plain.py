"""What is left of the open human's materials in formats without node trees: a colour, a roughness, a clear cornea."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from .makers import MATERIAL_MAKERS, material_name

_ROUGHNESS = {
    "sclera": 0.15, "iris": 0.3, "pupil": 0.3, "cornea": 0.03, "teeth": 0.2, "tongue": 0.35, "gums": 0.35, "mouth": 0.4,
    "lips": 0.4, "hair": 0.6, "brows": 0.7, "lashes": 0.7, "shirt": 0.9, "trousers": 0.9,
}  # fmt: skip
_SKIN_ROUGHNESS = 0.5
_CORNEA_ALPHA = 0.06
_ASIDE = " (nodes)"


@contextmanager
def plain_materials(carries_vertex_colours: bool) -> Iterator[None]:
    """Within the block every material of the open human is a plain one under the same name.

    carries_vertex_colours: the format multiplies the mesh's colours in, so that the material's own is white.
    """
    kinds = {material_name(kind): kind for kind in MATERIAL_MAKERS}
    slots = [slot for item in bpy.context.scene.objects for slot in item.material_slots if slot.material]
    swapped = [(slot, slot.material) for slot in slots if slot.material.name in kinds]
    plain = {}
    for material in {material.name: material for _, material in swapped}.values():
        name = material.name
        material.name += _ASIDE
        plain[material.name] = _plain_material(name, kinds[name], material, carries_vertex_colours)
    try:
        for slot, material in swapped:
            slot.material = plain[material.name]
        yield
    finally:
        for slot, material in swapped:
            slot.material = material
        for name, material in plain.items():
            bpy.data.materials.remove(material)
            bpy.data.materials[name].name = name.removesuffix(_ASIDE)


def _plain_material(name: str, kind: str, original: Any, carries_vertex_colours: bool) -> Any:
    material: Any = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (1.0, 1.0, 1.0, 1.0) if carries_vertex_colours else original.diffuse_color
    shader.inputs["Roughness"].default_value = _ROUGHNESS.get(kind, _SKIN_ROUGHNESS)
    if kind == "cornea":
        shader.inputs["Alpha"].default_value = _CORNEA_ALPHA
    return material
