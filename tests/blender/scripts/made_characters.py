"""For scripts: characters of every convention, made in Blender of the open human's head or of Rigify's own rigs.

Every mesh of the open human keeps, in the attribute `source_vertex`, which vertex of the human each of its own is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import bpy
import numpy as np
from made_bodies import rigify_rig
from made_skin import bone_weights, fitted_to_face, stick_mesh
from mathutils import Vector

from vivavoce.addon.core.axes import y_up_to_z_up
from vivavoce.addon.core.rigs.formula import Term
from vivavoce.addon.core.rigs.vocabulary import Vocabulary, vocabularies
from vivavoce.bridge.data.open_human import OpenHuman
from vivavoce.bridge.data.rotation import axis_angle_to_matrix

LOWEST_M = 1.5
FACE_PARTS = ("body", "eyes", "teeth", "tongue")
JAW_OPEN_RAD = 0.36
VISEMES: Mapping[str, Mapping[str, float]] = {
    "PP": {"mouthPressLeft": 0.4, "mouthPressRight": 0.4, "mouthRollLower": 0.2, "mouthRollUpper": 0.15},
    "FF": {"jawOpen": 0.1, "mouthClose": 0.05, "mouthRollLower": 0.4, "mouthUpperUpLeft": 0.15, "mouthUpperUpRight": 0.15},
    "TH": {"jawOpen": 0.2, "tongueOut": 0.25},
    "DD": {"jawOpen": 0.15, "mouthLowerDownLeft": 0.15, "mouthLowerDownRight": 0.15},
    "kk": {"jawOpen": 0.25},
    "CH": {"jawOpen": 0.12, "mouthFunnel": 0.6},
    "SS": {"jawOpen": 0.06, "mouthStretchLeft": 0.25, "mouthStretchRight": 0.25, "mouthLowerDownLeft": 0.2},
    "nn": {"jawOpen": 0.15},
    "RR": {"jawOpen": 0.2, "mouthFunnel": 0.35},
    "aa": {"jawOpen": 0.55, "mouthLowerDownLeft": 0.1, "mouthLowerDownRight": 0.1},
    "E": {"jawOpen": 0.45, "mouthStretchLeft": 0.5, "mouthStretchRight": 0.5},
    "ih|I": {"jawOpen": 0.15, "mouthStretchLeft": 0.6, "mouthStretchRight": 0.6},
    "oh|O": {"jawOpen": 0.45, "mouthPucker": 0.5, "mouthFunnel": 0.3},
    "ou|U": {"jawOpen": 0.12, "mouthPucker": 0.85},
    "sil": {},
}  # fmt: skip
"""What ARKit channels draw each viseme of a viseme-only head."""
Offsets = Mapping[str, np.ndarray]


SPELLINGS: Mapping[str, Callable[[int, str], str]] = {
    "rocketbox": lambda number, name: f"AK_{number:02d}_{name[0].upper()}{name[1:]}",
    "perfect sync": lambda number, name: f"Fcl_{name[0].upper()}{name[1:]}",
    "sides": lambda number, name: f"Head.{name.replace('Left', '_L').replace('Right', '_R')}",
}
"""How rigs write the names of ARKit's shapes: from its number and its name."""
BONES: Mapping[str, Mapping[str, str]] = {
    "jaw": {"head": "head", "jaw": "jaw"},
    "smplx": {"head": "head", "jaw": "jaw", "left_eye_smplhf": "left_eye_smplhf", "right_eye_smplhf": "right_eye_smplhf"},
    "rocketbox": {"head": "Bip01 Head", "jaw": "Bip01 MJaw", "left_eye_smplhf": "Bip01 LEye", "right_eye_smplhf": "Bip01 REye"},
    "makehuman": {"head": "head", "jaw": "jaw", "left_eye_smplhf": "eye.L", "right_eye_smplhf": "eye.R"},
}  # fmt: skip
"""Faces of bones alone, as several rigs name them: joint -> bone."""


def spelled_head(human: OpenHuman, spelling: str) -> Any:
    """The open human's head with all of ARKit's shapes, spelled in one of SPELLINGS."""
    names = [SPELLINGS[spelling](number, name) for number, name in enumerate(human.blend_shape_names, 1)]
    offsets = {own: human.blend_shape(name) for own, name in zip(names, human.blend_shape_names, strict=True)}
    return _on_armature(human, [_head_mesh(human, FACE_PARTS, "Head", offsets)], face_armature({"head": "head"}, human), {})


def keyed_head(human: OpenHuman, identifier: str) -> Any:
    """The open human's head with the shape keys of one vocabulary and nothing else of ARKit, on a bone for the head."""
    vocabulary = next(item for item in vocabularies() if item.identifier == identifier)
    offsets = _key_offsets(human, vocabulary)
    jaw = "CC_Base_JawRoot" if vocabulary.has_jaw_bone else ""
    if jaw:
        offsets["Jaw_Open"] = human.blend_shape("jawOpen") - _jaw_turned(human)
    armature = face_armature({"head": "head"} | ({"jaw": jaw} if jaw else {}), human)
    return _on_armature(human, [_head_mesh(human, FACE_PARTS, "Head", offsets)], armature, {"jaw": jaw} if jaw else {})


def four_meshes(human: OpenHuman) -> Any:
    """Head, eyes, teeth and tongue apart, each with the ARKit keys that move it, spelled in four ways."""
    spellings = {
        "body": lambda name: name,
        "eyes": lambda name: f"Eyes.{name}",
        "teeth": lambda name: name[0].upper() + name[1:],
        "tongue": lambda name: name.replace("Left", "_L").replace("Right", "_R"),
    }
    meshes = []
    for part, spelled in spellings.items():
        own = {name: human.blend_shape(name) for name in human.blend_shape_names}
        rows = np.isin(np.arange(len(human.vertices)), _vertices_of(human, (part,)))
        offsets = {spelled(name): field for name, field in own.items() if np.abs(field[rows]).max() > 1e-4}
        meshes.append(_head_mesh(human, (part,), f"Character {part}", offsets))
    return _on_armature(human, meshes, face_armature({"head": "Head"}, human), {})


def boned_head(human: OpenHuman, bones: Mapping[str, str]) -> Any:
    """A head without shape keys whose bones are the human's own joints under other names: joint -> bone."""
    return _on_armature(human, [_head_mesh(human, FACE_PARTS, "Head", {})], face_armature(bones, human), bones)


def rigify_human(human: OpenHuman, with_modular_face: bool) -> Any:
    """Rigify's human, its face laid on the open human's and its deform bones skinned to it."""
    rig = rigify_rig("human", with_modular_face, lambda metarig: fitted_to_face(metarig, human))
    mesh = _head_mesh(human, FACE_PARTS, "Face", {})
    bind(mesh, rig, bone_weights(human, source_vertices(mesh), rig))
    return rig


def rigify_animal(name: str) -> Any:
    """One of Rigify's animals, its face drawn as a stick along every deform bone."""
    rig = rigify_rig(name)
    mesh, weights = stick_mesh(rig)
    bind(mesh, rig, weights)
    return rig


def face_armature(bones: Mapping[str, str], human: OpenHuman) -> Any:
    """Bones that stand where the human's joints are, the head's above the others: joint -> bone."""
    data = bpy.data.armatures.new("Rig")
    armature = bpy.data.objects.new("Rig", data)
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    heads = y_up_to_z_up(human.joint_positions)
    for joint, name in bones.items():
        bone = data.edit_bones.new(name)
        bone.head = Vector(heads[human.joint_names.index(joint)])
        bone.tail = bone.head + Vector((0.0, -0.05, 0.02))
        bone.parent = data.edit_bones.get(bones.get("head", "")) if joint != "head" else None
    bpy.ops.object.mode_set(mode="OBJECT")
    return armature


def bind(mesh: Any, armature: Any, weights: Mapping[str, np.ndarray]) -> None:
    """weights: bone -> (V,)."""
    for bone, values in weights.items():
        group = mesh.vertex_groups.new(name=bone)
        for row in np.flatnonzero(values > 1e-3).tolist():
            group.add((row,), float(values[row]), "REPLACE")
    mesh.parent = armature
    mesh.modifiers.new("Armature", "ARMATURE").object = armature


def _on_armature(human: OpenHuman, meshes: Sequence[Any], armature: Any, bones: Mapping[str, str]) -> Any:
    """Skin to the joints that have bones; the head takes the rest."""
    head = next(bone.name for bone in armature.data.bones if bone.parent is None)
    for mesh in meshes:
        rows = source_vertices(mesh)
        weights = {}
        for joint, bone in bones.items():
            own = human.skin_joints[rows] == human.joint_names.index(joint)
            weights[bone] = (human.skin_weights[rows] * own).sum(axis=1).astype(np.float64)
        weights[head] = 1.0 - sum((values for bone, values in weights.items() if bone != head), np.zeros(len(rows)))
        bind(mesh, armature, weights)
    return armature


def _key_offsets(human: OpenHuman, vocabulary: Vocabulary) -> dict[str, np.ndarray]:
    """Shape key -> (V, 3): visemes as drawn, all else so that the vocabulary's own sums give back ARKit's shapes."""
    offsets = {}
    drawn = _drawn_visemes()
    for entry in (*vocabulary.keys, *vocabulary.together):
        if entry.terms in drawn:
            offsets[entry.spellings[0]] = _mixed(human, drawn[entry.terms])
        elif not entry.terms:
            offsets[entry.spellings[0]] = _mixed(human, VISEMES.get(entry.spellings[0], {"jawOpen": 0.15}))
    plain = [entry for entry in vocabulary.keys if entry.terms and entry.terms not in drawn]
    sums = np.zeros((len(plain), len(human.blend_shape_names)))
    for row, entry in enumerate(plain):
        for term in entry.terms:
            sums[row, human.blend_shape_names.index(term.channel)] = max(term.gain, 0.0)
    shapes = np.linalg.pinv(sums)
    for column, entry in enumerate(plain):
        offsets[entry.spellings[0]] = _mixed(human, dict(zip(human.blend_shape_names, shapes[:, column], strict=True)))
    return offsets


def _drawn_visemes() -> dict[tuple[Term, ...], Mapping[str, float]]:
    """What a vocabulary says of a viseme -> how the viseme is drawn; all vocabularies say the same of the same."""
    oculus = next(item for item in vocabularies() if item.identifier == "oculus")
    return {entry.terms: VISEMES["|".join(entry.spellings)] for entry in oculus.keys if entry.terms}


def _mixed(human: OpenHuman, recipe: Mapping[str, float]) -> np.ndarray:
    field = np.zeros_like(human.vertices)
    for name, weight in recipe.items():
        if abs(weight) > 1e-6:
            field += np.float32(weight) * human.blend_shape(name)
    return field


def _jaw_turned(human: OpenHuman) -> np.ndarray:
    """What the jaw bone alone does to the skin where the mouth opens, (V, 3)."""
    joint = human.joint_names.index("jaw")
    weights = (human.skin_weights * (human.skin_joints == joint)).sum(axis=1, dtype=np.float32)
    arms = human.vertices - human.joint_positions[joint]
    return weights[:, None] * (arms @ (axis_angle_to_matrix(np.array([JAW_OPEN_RAD, 0.0, 0.0])) - np.eye(3)).T.astype(np.float32))


def _vertices_of(human: OpenHuman, parts: Sequence[str]) -> np.ndarray:
    faces = human.faces[np.isin(human.face_part, [human.part_names.index(part) for part in parts])]
    return np.unique(faces[(human.vertices[faces, 1] > LOWEST_M).all(axis=1)])


def _head_mesh(human: OpenHuman, parts: Sequence[str], name: str, offsets: Offsets) -> Any:
    """The parts of the human above the collar, with shape keys of the given offsets (V, 3) each."""
    faces = human.faces[np.isin(human.face_part, [human.part_names.index(part) for part in parts])]
    faces = faces[(human.vertices[faces, 1] > LOWEST_M).all(axis=1)]
    rows, own = np.unique(faces, return_inverse=True)
    corners = [tuple(dict.fromkeys(face)) for face in own.reshape(-1, 4).tolist()]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(y_up_to_z_up(human.vertices[rows]).tolist(), [], corners)
    mesh.attributes.new("source_vertex", "INT", "POINT").data.foreach_set("value", rows.astype(np.int32))
    mesh.shade_smooth()
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    if offsets:
        item.shape_key_add(name="Basis", from_mix=False)
    for key_name, field in offsets.items():
        key = item.shape_key_add(name=key_name, from_mix=False)
        key.value = 0.0
        key.data.foreach_set("co", y_up_to_z_up(human.vertices[rows] + field[rows]).astype(np.float32).ravel())
    return item


def source_vertices(mesh: Any) -> np.ndarray:
    rows = np.empty(len(mesh.data.vertices), np.int32)
    mesh.data.attributes["source_vertex"].data.foreach_get("value", rows)
    return rows


def made(kind: str, human: OpenHuman) -> Any:
    """The armature of a character: `four meshes`, or `<keys|spelled|bones|rigify> <name>`."""
    family, _, name = kind.partition(" ")
    if family == "rigify" and name not in ("human", "modular"):
        return rigify_animal(name)
    if family == "rigify":
        return rigify_human(human, with_modular_face=name == "modular")
    if family == "keys":
        return keyed_head(human, name)
    if family == "spelled":
        return spelled_head(human, name)
    return boned_head(human, BONES[name]) if family == "bones" else four_meshes(human)
