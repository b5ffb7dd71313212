"""The animated scene as .blend, .glb, .fbx and .usd files, one function of one signature each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ...bridge.errors import InvalidInput
from ...bridge.formats import whole_file
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
            export_anim_slide_to_zero=True,
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


def export_frames(character: Character, path: Path, first_frame: int, last_frame: int) -> None:
    """Write the character to a file of the kind that its suffix names, with what it does in a range of frames.

    The open scene is left as it was. Raises InvalidInput where Blender cannot write the file.
    """
    writer = WRITERS[path.suffix.lower().lstrip(".")]
    with _undisturbed_scene(first_frame, last_frame), whole_file(path) as temporary:
        try:
            writer(character, temporary)
        except (RuntimeError, AttributeError) as error:
            # AttributeError: exporters are add-ons, and this one may be switched off.
            raise InvalidInput(f"Blender cannot write {path.name}: {str(error).strip()}. Is the exporter's add-on on?") from error


@contextmanager
def _undisturbed_scene(first_frame: int, last_frame: int) -> Iterator[None]:
    """Object Mode and the range of frames within the block; mode, selection, range and frame as before after it."""
    scene: Any = bpy.context.scene
    active: Any = bpy.context.view_layer.objects.active
    mode = bpy.context.mode
    selected = [item for item in scene.objects if item.select_get()]
    before = scene.frame_start, scene.frame_end, scene.frame_current, scene.frame_subframe
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    scene.frame_start, scene.frame_end = first_frame, last_frame
    try:
        yield
    finally:
        for item in scene.objects:
            item.select_set(item in selected)
        bpy.context.view_layer.objects.active = active
        if mode != "OBJECT":
            bpy.ops.object.mode_set(mode=mode)
        scene.frame_start, scene.frame_end = before[:2]
        scene.frame_set(before[2], subframe=before[3])


def _select(character: Character) -> None:
    """Select the character: its meshes, its armature and all else that the armature carries."""
    bpy.ops.object.select_all(action="DESELECT")
    scene: Any = bpy.context.scene
    for item in scene.objects:
        carried = character.armature is not None and (item == character.armature or item.parent == character.armature)
        item.select_set(item in character.faces or item in character.meshes or carried)
    bpy.context.view_layer.objects.active = character.armature or character.main_face
