"""A character in the scene: its meshes and the armature that carries them. Found, never guessed in silence."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ...bridge.data import ARKIT_NAMES
from ...bridge.errors import InvalidInput
from ...bridge.rigs import RigMapping
from ..core.names import matched_names
from .rigs.character_mapping import mapping_of, moved_objects


@dataclass(frozen=True, eq=False)
class Character:
    """faces: the mesh objects whose shape keys a performance moves, most vertices first. armature: what moves them, or None.

    meshes: all that belong to the character, faces among them, most vertices first.
    """

    faces: tuple[Any, ...]
    armature: Any | None
    meshes: tuple[Any, ...] = ()

    @property
    def main_face(self) -> Any:
        """The largest mesh whose face moves; on a face of bones alone, the largest that they carry."""
        return (self.faces or self.meshes)[0]

    @property
    def owner(self) -> Any:
        """The object that stands for the character, and carries what the extension keeps about it."""
        return owner_of(self.meshes or self.faces, self.armature)

    @property
    def mapping(self) -> RigMapping:
        """How a performance moves it. Raises InvalidInput where its artist's mapping cannot be read."""
        return mapping_of(self.meshes or self.faces, self.armature, self.owner)


def owner_of(meshes: Sequence[Any], armature: Any | None) -> Any:
    """What keeps a character's takes: its armature, else the largest mesh with shape keys."""
    return armature or next((mesh for mesh in meshes if mesh.data.shape_keys is not None), meshes[0])


def shape_key_names(face: Any) -> dict[str, str]:
    """ARKit name -> the name of the shape key that means it."""
    keys = face.data.shape_keys
    return matched_names(ARKIT_NAMES, (key.name for key in keys.key_blocks[1:])) if keys is not None else {}


def character_of_scene(source: str) -> Character:
    """The character of the open scene with most vertices. Raises InvalidInput where there is none; `source` says where."""
    meshes = sorted((item for item in bpy.context.scene.objects if item.type == "MESH"), key=_vertex_count, reverse=True)
    for mesh in meshes:
        if character := _character(mesh):
            return character
    raise InvalidInput(
        f"Nothing in {source} has a face that is known: no shape keys named as ARKit's, visemes or vowels, no bones of a jaw, "
        "eyes or lids. Add them, or choose another character."
    )


def character_around(item: Any | None) -> Character:
    """The character that an object belongs to: a mesh, its armature, or another mesh of its family. Raises InvalidInput."""
    if item is None:
        raise InvalidInput("Select a character: its armature or its face. Add Open Human makes one.")
    character = _character(item)
    if character is None:
        raise InvalidInput(
            f"{item.name} has no face that is known: no shape keys named as ARKit's, visemes or vowels, no bones of a jaw, eyes "
            "or lids. Add them, or select another character."
        )
    _check_local(character)
    return character


def rig_around(item: Any | None) -> Character:
    """The objects that belong together with one, whether they have a face that is known or not. Raises InvalidInput."""
    if item is None or not (found := _rig(item)).meshes:
        raise InvalidInput("Select a character: its armature or its face. Add Open Human makes one.")
    _check_local(found)
    return found


def _character(item: Any) -> Character | None:
    """The character around an object; None where nothing of it would move."""
    found = _rig(item)
    moved = moved_objects(found.meshes, found.armature, found.owner) if found.meshes else frozenset()
    faces = tuple(mesh for mesh in found.meshes if mesh.name in moved and mesh.data.shape_keys is not None)
    return Character(faces, found.armature, found.meshes) if moved else None


def _rig(item: Any) -> Character:
    """An object's family, no face of which is known yet."""
    armature = item if item.type == "ARMATURE" else armature_of(item)
    family = _carried(armature) if armature is not None else _family(item)
    return Character((), armature, tuple(sorted(family, key=_vertex_count, reverse=True)))


def _carried(armature: Any) -> list[Any]:
    return [item for item in bpy.context.scene.objects if item.type == "MESH" and armature_of(item) == armature]


def _family(item: Any) -> Sequence[Any]:
    """The meshes under the topmost parent of an object that no armature carries."""
    while item.parent is not None:
        item = item.parent
    return [member for member in (item, *item.children_recursive) if member.type == "MESH" and armature_of(member) is None]


def _vertex_count(mesh: Any) -> int:
    return len(mesh.data.vertices)


def _check_local(character: Character) -> None:
    """An override is refused too: its shape keys stay linked, and Blender 5.0 saves nothing of what is kept on it."""
    blocks = [block for part in (character.owner, *character.faces) for block in (part, part.data)]
    if any(block.library or block.override_library for block in blocks):
        raise InvalidInput(
            f"{character.owner.name} is linked from another file, or overrides what is. "
            "Select all its parts and make them local: Object > Relations > Make Local > All."
        )


def armature_of(item: Any) -> Any | None:
    """The armature object that deforms or carries an object, or None."""
    for modifier in item.modifiers:
        if modifier.type == "ARMATURE" and modifier.object is not None:
            return modifier.object
    return item.parent if item.parent is not None and item.parent.type == "ARMATURE" else None


def load_character_file(path: Path) -> None:
    """Open a .blend, or import a .glb, .gltf or .fbx into an empty scene. Raises InvalidInput where it cannot be read."""
    if not path.is_file():
        raise InvalidInput(f"There is no character file at {path}.")
    try:
        if path.suffix.lower() == ".blend":
            bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False)
        elif path.suffix.lower() in (".glb", ".gltf"):
            bpy.ops.wm.read_factory_settings(use_empty=True)
            bpy.ops.import_scene.gltf(filepath=str(path))
        elif path.suffix.lower() == ".fbx":
            bpy.ops.wm.read_factory_settings(use_empty=True)
            bpy.ops.import_scene.fbx(filepath=str(path))
        else:
            raise InvalidInput(f"A character is a .blend, .glb, .gltf or .fbx file, or open_human; {path.name} is none of them.")
    except RuntimeError as error:
        raise InvalidInput(f"Blender cannot read {path.name}: {str(error).strip()}") from error
