"""The open human in Blender: mesh objects, shape keys, armature, attributes and materials, from the asset's arrays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...bridge.data import vertex_paint
from ...bridge.data.open_human import OpenHuman
from ..core.axes import y_up_to_z_up
from .armature import build_armature
from .character import Character
from .materials.makers import MATERIAL_MAKERS

OBJECT_PARTS = {
    "Vivavoce Human": ("body", "eyes", "teeth", "tongue", "lashes", "brows"),
    "Vivavoce Hair": ("hair",),
    "Vivavoce Shirt": ("shirt",),
    "Vivavoce Trousers": ("trousers",),
}
"""Everything that must move together is one mesh, so that no face leaves its teeth behind; what an artist swaps is apart."""
SOFT_PARTS = ("body", "tongue")
"""The parts of the human whose facets would show against the light."""
LEAST_MOTION_M = 1e-3
"""Apart from the human itself, an object gets the shape keys that move it by more than this."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A subset of the asset: vertex ids (N,), faces (F, 4) renumbered, and which of the asset's faces they are."""

    name: str
    vertices: np.ndarray
    faces: np.ndarray
    face_ids: np.ndarray


def build_open_human(human: OpenHuman, collection: Any) -> Character:
    """Put the open human into `collection`, standing at the origin and facing -Y."""
    armature = build_armature(human, collection)
    faces = []
    for piece, item in build_pieces(human, OBJECT_PARTS, collection):
        _skin(human, piece, item, armature)
        if _add_shape_keys(human, piece, item):
            faces.append(item)
    return Character(tuple(faces), armature)


def is_open_human(character: Character) -> bool:
    """Whether the character is one that `build_open_human` made: its face says where it was at rest and what is lip."""
    return {"rest_position", "lips"} <= set(character.main_face.data.attributes.keys())


def build_pieces(
    human: OpenHuman, object_parts: Mapping[str, tuple[str, ...]], collection: Any, beard: float = 1.0
) -> Iterator[tuple[Piece, Any]]:
    """Mesh objects with attributes and materials, at rest: for each name the parts that become one object, if it has any.

    beard: how dark a shaven beard's shadow is.
    """
    colours = vertex_paint.painted_colours(human, beard)
    lips, planes = vertex_paint.lips(human), _eye_planes(human)
    materials = _materials(human)
    for name, parts in object_parts.items():
        piece = _piece(human, name, parts)
        if not len(piece.faces):
            continue
        mesh = _mesh(human, piece)
        _write_attributes(human, piece, mesh, colours, lips, planes)
        _assign_materials(human, piece, mesh, materials)
        item = bpy.data.objects.new(name, mesh)
        collection.objects.link(item)
        yield piece, item


def _piece(human: OpenHuman, name: str, parts: tuple[str, ...]) -> Piece:
    wanted = [index for index, part in enumerate(human.part_names) if part in parts]
    face_ids = np.flatnonzero(np.isin(human.face_part, wanted))
    vertices, faces = np.unique(human.faces[face_ids], return_inverse=True)
    return Piece(name, vertices, faces.reshape(-1, 4), face_ids)


def _mesh(human: OpenHuman, piece: Piece) -> Any:
    """Vertices, faces and UVs, smooth."""
    mesh = bpy.data.meshes.new(piece.name)
    is_quad = piece.faces[:, 2] != piece.faces[:, 3]
    corners = np.ones(piece.faces.shape, bool)
    corners[:, 3] = is_quad
    sizes = np.where(is_quad, 4, 3)
    mesh.vertices.add(len(piece.vertices))
    mesh.vertices.foreach_set("co", y_up_to_z_up(human.vertices[piece.vertices]).astype(np.float32).ravel())
    mesh.loops.add(int(sizes.sum()))
    mesh.loops.foreach_set("vertex_index", piece.faces[corners].astype(np.int32))
    mesh.polygons.add(len(sizes))
    mesh.polygons.foreach_set("loop_start", np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32))
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    uv = mesh.uv_layers.new(name="UVMap")
    uv.uv.foreach_set("vector", human.uv[piece.face_ids][corners].astype(np.float32).ravel())
    mesh.validate()
    return mesh


def _write_attributes(
    human: OpenHuman, piece: Piece, mesh: Any, colours: np.ndarray, lips: np.ndarray, planes: np.ndarray
) -> None:
    """What the materials read at each vertex; `Color` is the active colour, which exporters take."""
    rows = piece.vertices
    opaque = np.concatenate([colours[rows], np.ones((len(rows), 1))], axis=1)
    colour = mesh.color_attributes.new("Color", "FLOAT_COLOR", "POINT")
    colour.data.foreach_set("color", opaque.astype(np.float32).ravel())
    mesh.color_attributes.active_color = colour
    for name, kind, field, values in (
        ("rest_position", "FLOAT_VECTOR", "vector", human.vertices[rows]),
        ("eye_plane", "FLOAT_VECTOR", "vector", planes[rows]),
        ("lips", "FLOAT", "value", lips[rows]),
        ("region", "INT", "value", human.vertex_region[rows].astype(np.int32)),
    ):
        values = values if kind == "INT" else values.astype(np.float32)
        mesh.attributes.new(name, kind, "POINT").data.foreach_set(field, values.ravel())


def _eye_planes(human: OpenHuman) -> np.ndarray:
    """(V, 3): each eye vertex's offset from its eye's axis, x and y in metres; zero elsewhere."""
    planes = np.zeros_like(human.vertices)
    eyes = np.flatnonzero(human.vertex_region == human.region_names.index("eyes"))
    left = human.vertices[eyes, 0] > 0.0
    for side in (eyes[left], eyes[~left]):
        points = human.vertices[side, :2]
        planes[side, :2] = points - 0.5 * (points.min(axis=0) + points.max(axis=0))
    return planes


def _assign_materials(human: OpenHuman, piece: Piece, mesh: Any, materials: dict[str, Any]) -> None:
    used, slots = np.unique(human.face_material[piece.face_ids], return_inverse=True)
    for index in used:
        mesh.materials.append(materials[human.material_names[index]])
    mesh.polygons.foreach_set("material_index", slots.astype(np.int32))


def _materials(human: OpenHuman) -> dict[str, Any]:
    """Name in the asset -> material; the colour it shows in a solid viewport is the painted one's mean."""
    materials = {}
    for name, colour in vertex_paint.material_colours(human).items():
        materials[name] = MATERIAL_MAKERS[name]()
        materials[name].diffuse_color = (*colour, 1.0)
    return materials


def _skin(human: OpenHuman, piece: Piece, item: Any, armature: Any) -> None:
    """Vertex groups and the armature modifier."""
    joints, weights = human.skin_joints[piece.vertices], human.skin_weights[piece.vertices]
    for joint, name in enumerate(human.joint_names):
        rows, columns = np.nonzero((joints == joint) & (weights > 1e-4))
        if len(rows):
            group = item.vertex_groups.new(name=name)
            for row, weight in zip(rows.tolist(), weights[rows, columns].tolist(), strict=True):
                group.add((row,), weight, "REPLACE")
    item.parent = armature
    modifier = item.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    if piece.name == "Vivavoce Human":
        _smooth_when_rendered(human, piece, item)


def _smooth_when_rendered(human: OpenHuman, piece: Piece, item: Any) -> None:
    """One level of subdivision in renders; strands and teeth are creased throughout, so that they do not shrink."""
    soft = np.isin(human.face_part[piece.face_ids], [human.part_names.index(name) for name in SOFT_PARTS])
    is_soft = np.zeros(len(piece.vertices), bool)
    is_soft[piece.faces[soft]] = True
    edges = np.empty(2 * len(item.data.edges), np.int32)
    item.data.edges.foreach_get("vertices", edges)
    crease = item.data.attributes.new("crease_edge", "FLOAT", "EDGE")
    crease.data.foreach_set("value", (~is_soft[edges[::2]]).astype(np.float32))
    modifier = item.modifiers.new("Smooth", "SUBSURF")
    modifier.levels, modifier.render_levels = 0, 1


def _add_shape_keys(human: OpenHuman, piece: Piece, item: Any) -> bool:
    """All 52 on the human, elsewhere those that move something. Returns whether there are any."""
    rest = human.vertices[piece.vertices]
    for name in human.blend_shape_names:
        offsets = human.blend_shape(name)[piece.vertices]
        if piece.name != "Vivavoce Human" and np.abs(offsets).max() < LEAST_MOTION_M:
            continue
        if item.data.shape_keys is None:
            item.shape_key_add(name="Basis", from_mix=False)
        key = item.shape_key_add(name=name, from_mix=False)
        key.value = 0.0
        key.data.foreach_set("co", y_up_to_z_up(rest + offsets).astype(np.float32).ravel())
    return item.data.shape_keys is not None
