"""Heads that have the shapes already: the open human, and what is made of one before its shapes travel."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, identity

from ...bridge.data import OpenHuman
from .labels import Labels, check_labels, face_labels
from .landmarks import Face, found_face
from .mesh import HeadMesh, triangulated, welded
from .subdivision import subdivided

_PARTS = ("body", "eyes", "teeth", "tongue")
_NECK_M = 0.02
_FINE_TRIANGLES = 16_000
NOSE_AT_REST = ("mouthFunnel", "mouthPucker", "mouthRollLower", "mouthRollUpper", "mouthStretchLeft", "mouthStretchRight")
"""Shapes of the lips by which the open human's source also pinches and lifts the nose; no other artist's do."""


@dataclass(frozen=True, eq=False)
class ShapedHead:
    """mesh; shapes: ARKit name -> (V, 3); jaw, tongue: numbers of the vertices of lower teeth and tongue, if it has them."""

    mesh: HeadMesh
    shapes: Mapping[str, np.ndarray]
    jaw: np.ndarray
    tongue: np.ndarray


@dataclass(frozen=True, eq=False)
class PreparedSource:
    """A shaped head ready to give: shapes (V, 3) are on face.skin; what is rigid moves as in `head`.

    refine (W, V): from the skin's vertices to those of a finer skin of `fine_triangles`, whose labels are `fine_labels`.
    """

    face: Face
    labels: Labels
    shapes: Mapping[str, np.ndarray]
    head: ShapedHead
    refine: csr_matrix
    fine_triangles: np.ndarray
    fine_labels: np.ndarray


def open_human_head(human: OpenHuman) -> ShapedHead:
    """The open human from the neck up, without hair, brows and lashes."""
    faces = triangulated(human.faces[np.isin(human.face_part, [human.part_names.index(name) for name in _PARTS])])
    neck = human.joint_positions[human.joint_names.index("neck")][1] - _NECK_M
    above = (human.vertices[faces][:, :, 1] > neck).all(axis=1)
    mesh, used = HeadMesh(human.vertices.astype(np.float64), faces).part(above)
    parts = {name: np.unique(human.faces[human.face_part == human.part_names.index(name)]) for name in ("teeth", "tongue")}
    jaw = human.joint_names.index("jaw")
    on_jaw = np.any((human.skin_joints[used] == jaw) & (human.skin_weights[used] > 0.5), axis=1)
    shapes = {name: human.blend_shape(name)[used].astype(np.float64) for name in human.blend_shape_names}
    lower_teeth = np.flatnonzero(np.isin(used, parts["teeth"]) & on_jaw)
    return ShapedHead(mesh, shapes, lower_teeth, np.flatnonzero(np.isin(used, parts["tongue"])))


def prepared_source(head: ShapedHead) -> PreparedSource:
    """The head's face found and labelled. Raises InvalidInput as found_face does."""
    mesh, number = welded(head.mesh)
    face = found_face(mesh)
    labels = face_labels(face)
    check_labels(labels, face)
    still, smooth = 1.0 - _noseness(face)[:, None], _smoothing(face.skin)
    shapes = {}
    for name, offsets in head.shapes.items():
        joined = np.zeros_like(mesh.vertices)
        joined[number] = offsets
        on_skin = joined[face.skin_vertices] * (still if name in NOSE_AT_REST else 1.0)
        shapes[name] = smooth @ on_skin
    return refined_source(face, labels, shapes, head)


def refined_source(face: Face, labels: Labels, shapes: Mapping[str, np.ndarray], head: ShapedHead) -> PreparedSource:
    """A source whose skin is subdivided where it is coarse: its facets must not show on a finer target."""
    triangles, kind = face.skin.triangles, labels.triangle
    refine = csr_matrix(identity(len(face.skin.vertices)))
    if len(triangles) < _FINE_TRIANGLES:
        fine, refine = subdivided(face.skin)
        triangles, kind = fine.triangles, np.tile(kind, 4)
    return PreparedSource(face, labels, shapes, head, refine, triangles, kind)


def _smoothing(skin: HeadMesh) -> csr_matrix:
    """(V, V): half of each vertex, half of its neighbours' mean, twice: the source's mesh is coarse."""
    count = len(skin.vertices)
    start, end = np.concatenate([skin.edges, skin.edges[:, ::-1]]).T
    share = 1.0 / np.maximum(np.bincount(start, minlength=count), 1)
    once = 0.5 * identity(count) + 0.5 * csr_matrix((share[start], (start, end)), (count, count))
    return csr_matrix(once @ once)


def _noseness(face: Face) -> np.ndarray:
    """How much each vertex of the skin (V,) belongs to the nose, 0..1, fading into cheeks and lip."""
    points, unit = face.points, face.unit
    x, y, z = (face.skin.vertices - [face.eye_middle[0], 0.0, 0.0]).T
    base, bridge = points["nose_base"], points["nose_bridge"]
    above = np.clip((y - base[1]) / (0.12 * unit), 0.0, 1.0) * np.clip((bridge[1] + 0.3 * unit - y) / (0.2 * unit), 0.0, 1.0)
    beside, before = (0.42 * unit - np.abs(x)) / (0.15 * unit), (z - base[2] + 0.3 * unit) / (0.1 * unit)
    return above * np.clip(beside, 0.0, 1.0) * np.clip(before, 0.0, 1.0)
