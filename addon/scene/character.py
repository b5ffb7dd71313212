"""A character in the scene: meshes with ARKit shape keys and the armature that carries them. Found, never guessed in silence."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ...bridge.data import ARKIT_NAMES
from ...bridge.errors import InvalidInput
from ..core.names import matched_names

FEWEST_SHAPES = 5
"""A mesh with fewer ARKit shape keys than this is not taken for a face, a tooth or a lash."""


@dataclass(frozen=True, eq=False)
class Character:
    """faces: the mesh objects that carry ARKit shape keys, most vertices first. armature: what moves them, or None."""

    faces: tuple[Any, ...]
    armature: Any | None

    @property
    def main_face(self) -> Any:
        return self.faces[0]

    @property
    def owner(self) -> Any:
        """The object that stands for the character, and carries what the extension keeps about it."""
        return self.armature or self.main_face


def shape_key_names(face: Any) -> dict[str, str]:
    """ARKit name -> the name of the shape key that means it."""
    return matched_names(ARKIT_NAMES, (key.name for key in face.data.shape_keys.key_blocks[1:]))


def character_of_scene(source: str) -> Character:
    """The one character of the open scene. Raises InvalidInput where no mesh has ARKit shape keys; `source` says where."""
    faces = [item for item in bpy.context.scene.objects if is_face(item)]
    if not faces:
        raise InvalidInput(
            f"No mesh in {source} has at least {FEWEST_SHAPES} shape keys with ARKit names such as jawOpen. "
            "Add them, or choose another character."
        )
    faces.sort(key=lambda face: len(face.data.vertices), reverse=True)
    return Character(tuple(faces), armature_of(faces[0]))


def character_around(item: Any | None) -> Character:
    """The character that an object belongs to: a face, its armature, or another mesh on that armature. Raises InvalidInput."""
    if item is None:
        raise InvalidInput("Select a character: its armature or its face. Add Open Human makes one.")
    armature = item if item.type == "ARMATURE" else armature_of(item)
    members = [item] if armature is None else [mesh for mesh in bpy.context.scene.objects if armature_of(mesh) == armature]
    faces = [mesh for mesh in members if is_face(mesh)]
    if not faces:
        raise InvalidInput(
            f"{item.name} has no mesh with ARKit shape keys such as jawOpen. Add them, or select another character."
        )
    faces.sort(key=lambda face: len(face.data.vertices), reverse=True)
    character = Character(tuple(faces), armature)
    _check_local(character)
    return character


def _check_local(character: Character) -> None:
    """An override is refused too: its shape keys stay linked, and Blender 5.0 saves nothing of what is kept on it."""
    blocks = [block for part in (character.owner, *character.faces) for block in (part, part.data)]
    if any(block.library or block.override_library for block in blocks):
        raise InvalidInput(
            f"{character.owner.name} is linked from another file, or overrides what is. "
            "Select all its parts and make them local: Object > Relations > Make Local > All."
        )


def is_face(item: Any) -> bool:
    """Whether an object is a mesh with ARKit shape keys."""
    return item.type == "MESH" and item.data.shape_keys is not None and len(shape_key_names(item)) >= FEWEST_SHAPES


def armature_of(item: Any) -> Any | None:
    """The armature object that deforms or carries an object, or None."""
    for modifier in item.modifiers:
        if modifier.type == "ARMATURE" and modifier.object is not None:
            return modifier.object
    return item.parent if item.parent is not None and item.parent.type == "ARMATURE" else None


def load_character_file(path: Path) -> None:
    """Open a .blend, or import a .glb or .gltf into an empty scene. Raises InvalidInput where it cannot be read."""
    if not path.is_file():
        raise InvalidInput(f"There is no character file at {path}.")
    try:
        if path.suffix.lower() == ".blend":
            bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False)
        elif path.suffix.lower() in (".glb", ".gltf"):
            bpy.ops.wm.read_factory_settings(use_empty=True)
            bpy.ops.import_scene.gltf(filepath=str(path))
        else:
            raise InvalidInput(f"A character is a .blend, .glb or .gltf file, or open_human; {path.name} is none of them.")
    except RuntimeError as error:
        raise InvalidInput(f"Blender cannot read {path.name}: {str(error).strip()}") from error
