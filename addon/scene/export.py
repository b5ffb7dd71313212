"""The animated scene as .blend, .glb, .fbx and .usd files, one function of one signature each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from .character import Character
from .materials.plain import plain_materials


def write_blend(character: Character, path: Path) -> None:
    """The whole scene, NLA tracks included; sounds and pictures are packed."""
    for sound in bpy.data.sounds:
        if sound.packed_file is None:
            sound.pack()
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, compress=True)


def write_glb(character: Character, path: Path) -> None:
    """Meshes, skin, morph targets and one animation that holds all of them, whatever the NLA looks like."""
    _select(character)
    with plain_materials(carries_vertex_colours=True):
        bpy.ops.export_scene.gltf(
            filepath=str(path),
            export_format="GLB",
            use_selection=True,
            export_animations=True,
            export_animation_mode="SCENE",
            export_anim_scene_split_object=False,
            export_force_sampling=True,
            export_optimize_animation_size=False,
            export_morph=True,
            export_morph_normal=False,
            export_morph_animation=True,
            export_skins=True,
            export_vertex_color="ACTIVE",
            export_apply=False,
            export_extras=False,
        )


def write_fbx(character: Character, path: Path) -> None:
    """Meshes, armature and shape keys, baked frame by frame."""
    _select(character)
    with plain_materials(carries_vertex_colours=False):
        bpy.ops.export_scene.fbx(
            filepath=str(path),
            use_selection=True,
            object_types={"ARMATURE", "MESH"},
            add_leaf_bones=False,
            use_mesh_modifiers=False,
            colors_type="SRGB",
            bake_anim=True,
            bake_anim_use_nla_strips=False,
            bake_anim_use_all_actions=False,
            bake_anim_simplify_factor=0.0,
            path_mode="STRIP",
        )


def write_usd(character: Character, path: Path) -> None:
    """A skeleton, blend shapes and their animation (UsdSkel)."""
    _select(character)
    with plain_materials(carries_vertex_colours=False):
        bpy.ops.wm.usd_export(
            filepath=str(path),
            selected_objects_only=True,
            export_animation=True,
            export_armatures=True,
            export_shapekeys=True,
            export_materials=True,
            generate_preview_surface=True,
            export_textures_mode="KEEP",
            export_lights=False,
            export_cameras=False,
            convert_world_material=False,
        )


WRITERS: dict[str, Callable[[Character, Path], None]] = {
    "blend": write_blend,
    "glb": write_glb,
    "fbx": write_fbx,
    "usd": write_usd,
}


def _select(character: Character) -> None:
    """Select the character: its faces, its armature and all else that the armature carries."""
    bpy.ops.object.select_all(action="DESELECT")
    scene: Any = bpy.context.scene
    for item in scene.objects:
        carried = character.armature is not None and (item == character.armature or item.parent == character.armature)
        item.select_set(item in character.faces or carried)
    bpy.context.view_layer.objects.active = character.armature or character.main_face
