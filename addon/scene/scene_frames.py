"""Frames of any character in any scene, with all that a renderer may know of them: as a RenderSet."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...bridge.data import ARKIT_NAMES, EMOTION_NAMES, SMPLX_JOINT_NAMES, Camera
from ...bridge.data.named_regions import named_region
from ...bridge.data.render_set import RenderFrame, RenderSet
from ...bridge.errors import InvalidInput
from ...bridge.formats.safe_npz import SizeLimits, read_arrays
from ..core.axes import y_up_to_z_up, z_up_to_y_up
from ..core.names import matched_names
from . import compat
from .character import Character, armature_of, shape_key_names
from .lights import scene_light
from .pass_nodes import REGION_ATTRIBUTE, prepare_passes
from .passes import rendered_frame
from .rerendering import seen_camera

_LIMITS = SizeLimits(array_bytes=1 << 28, total_bytes=1 << 29)
_ANCHOR_ATTRIBUTE = "vivavoce_anchor"
_HAND_WORDS = ("hand", "wrist", "finger", "thumb", "index", "middle", "ring", "pinky", "little")


def scene_frames(
    scene: Any,
    character: Character,
    frames: Sequence[int],
    cameras: Sequence[Camera],
    samples: int,
    report: Callable[[float, str], None],
) -> RenderSet:
    """Render the character's frames by Cycles; the rest of the scene lights it, and is not seen. The scene is changed for good.

    samples: of the pictures; with 1 each is a noisy sample, rendered with all else at once.
    cameras: one a frame, in the axes of the character at rest, or none for the scene's own. Raises InvalidInput.
    """
    if not frames or len(cameras) not in (0, len(frames)):
        raise InvalidInput("Rendering takes at least one frame, and a camera for each or none.")
    meshes = character_meshes(character)
    to_character = np.linalg.inv(np.array(character.owner.matrix_world))
    _write_anchors(character, meshes, to_character)
    for item in meshes:
        _write_regions(item)
    for item in scene.objects:
        item.visible_camera = item in meshes
    prepare_passes(scene, {slot.material for item in meshes for slot in item.material_slots}, _ANCHOR_ATTRIBUTE, has_before=False)
    light = scene_light(scene, to_character)
    size = scene.render.resolution_x, scene.render.resolution_y
    if cameras:
        _animate_camera(scene, np.linalg.inv(to_character), frames, cameras)
    made = []
    for number, frame in enumerate(frames):
        report(number / len(frames), f"frame {number + 1} of {len(frames)}")
        scene.frame_set(frame)
        camera = cameras[number] if cameras else seen_camera(scene, character, size)
        gbuffer, truth = rendered_frame(scene, camera, None, samples if samples > 1 else None, to_character)
        time_s = (frame - scene.frame_start) * scene.render.fps_base / scene.render.fps
        made.append(RenderFrame(gbuffer, truth, "view", time_s, _blend_shapes(character), *_joints(character, to_character)))
    name, joints = character.owner.name, joint_names(character)
    return RenderSet(name, "train", name, samples, light, np.zeros(len(EMOTION_NAMES)), joints, tuple(made))


def read_cameras(path: Path, size: tuple[int, int]) -> tuple[Camera, ...]:
    """Cameras of a size in pixels from camera_to_world (F, 4, 4) and fov_y_rad (F,). Raises InvalidInput."""
    arrays = read_arrays(path, _LIMITS)
    if missing := [name for name in ("camera_to_world", "fov_y_rad") if name not in arrays]:
        raise InvalidInput(f"{path.name} holds no cameras: it lacks {', '.join(missing)}.")
    poses, angles = arrays["camera_to_world"], np.ravel(arrays["fov_y_rad"])
    if len(poses) != len(angles):
        raise InvalidInput(f"{path.name} has {len(poses)} cameras but {len(angles)} angles of view.")
    return tuple(Camera(pose, float(angle), *size) for pose, angle in zip(poses, angles, strict=True))


def character_meshes(character: Character) -> list[Any]:
    """The meshes that belong to a character: its family, what its armature moves, and what hangs on any of these."""
    parts = (*character.meshes, *character.faces, character.armature)
    own = [item for item in bpy.context.scene.objects if item in parts]
    found: set[Any] = set(own)
    for item in bpy.context.scene.objects:
        parents = item
        while parents is not None and parents not in found:
            parents = parents.parent
        if parents is not None or (character.armature is not None and armature_of(item) == character.armature):
            found.add(item)
    return [item for item in bpy.context.scene.objects if item in found and item.type == "MESH" and not item.hide_render]


def joint_names(character: Character) -> tuple[str, ...]:
    """SMPL-X's joints that the armature has bones for."""
    return tuple(_bones(character))


def _bones(character: Character) -> dict[str, str]:
    return matched_names(SMPLX_JOINT_NAMES, character.armature.pose.bones.keys()) if character.armature is not None else {}


def _write_anchors(character: Character, meshes: Sequence[Any], to_character: np.ndarray) -> None:
    """Each vertex's place at rest in SMPL-X's axes: without shape keys, with the armature in its rest pose."""
    if character.armature is not None:
        character.armature.data.pose_position = "REST"
    bpy.context.view_layer.update()
    for item in meshes:
        keys = item.data.shape_keys
        points = compat.key_points(keys.reference_key) if keys else item.data.vertices
        rest = np.empty(3 * len(item.data.vertices), np.float32)
        points.foreach_get("co", rest)
        place = to_character @ np.array(item.matrix_world)
        anchors = z_up_to_y_up(rest.reshape(-1, 3) @ place[:3, :3].T + place[:3, 3])
        data = item.data.attributes.new(_ANCHOR_ATTRIBUTE, "FLOAT_VECTOR", "POINT").data
        data.foreach_set("vector", anchors.astype(np.float32).ravel())
    if character.armature is not None:
        character.armature.data.pose_position = "POSE"


def _write_regions(item: Any) -> None:
    """By the names of materials and object; skin that hands' bones move belongs to hands. A mesh without material gets one."""
    mesh = item.data
    if not any(slot.material for slot in item.material_slots):
        mesh.materials.append(bpy.data.materials.new(f"{item.name} plain"))
        mesh.materials[-1].use_nodes = True
    of_slot = np.array([named_region(slot.material.name if slot.material else "", item.name) for slot in item.material_slots])
    slots = np.zeros(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    regions = of_slot[np.minimum(slots, len(of_slot) - 1)]
    is_hand = _hand_vertices(item)
    for polygon in mesh.polygons if is_hand.any() else ():
        if is_hand[list(polygon.vertices)].all() and regions[polygon.index] == named_region("skin"):
            regions[polygon.index] = named_region("hand")
    data = mesh.attributes.new(REGION_ATTRIBUTE, "FLOAT", "FACE").data
    data.foreach_set("value", regions.astype(np.float32))


def _hand_vertices(item: Any) -> np.ndarray:
    """(V,) bool: moved by groups with a hand's or finger's name more than by all others."""
    of_hand = {group.index for group in item.vertex_groups if any(word in group.name.lower() for word in _HAND_WORDS)}
    is_hand = np.zeros(len(item.data.vertices), bool)
    for vertex in item.data.vertices if of_hand else ():
        own = sum(entry.weight for entry in vertex.groups if entry.group in of_hand)
        is_hand[vertex.index] = own > 0.5 * sum(entry.weight for entry in vertex.groups)
    return is_hand


def _animate_camera(scene: Any, to_world: np.ndarray, frames: Sequence[int], cameras: Sequence[Camera]) -> None:
    """A camera of its own, keyed at each frame, so that Cycles sees it move."""
    data = bpy.data.cameras.new("Vivavoce View")
    data.sensor_fit, data.clip_start = "VERTICAL", 0.01
    item = bpy.data.objects.new("Vivavoce View", data)
    item.rotation_mode = "QUATERNION"
    scene.collection.objects.link(item)
    scene.camera = item
    for frame, camera in zip(frames, cameras, strict=True):
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = y_up_to_z_up(camera.camera_to_world[:3, :3].T).T, y_up_to_z_up(camera.position_m)
        place, turn, _ = Matrix(to_world @ pose).decompose()
        item.location, item.rotation_quaternion = place, turn
        data.angle = camera.fov_y_rad
        for owner, path in ((item, "location"), (item, "rotation_quaternion"), (data, "lens")):
            owner.keyframe_insert(path, frame=frame)


def _blend_shapes(character: Character) -> np.ndarray:
    """(52,): the main face's weights now."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    keys = character.main_face.evaluated_get(depsgraph).data.shape_keys or character.main_face.data.shape_keys
    names = shape_key_names(character.main_face)
    return np.array([keys.key_blocks[names[name]].value if name in names else 0.0 for name in ARKIT_NAMES])


def _joints(character: Character, to_character: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Turns against rest (J, 3) and places (J, 3) of `joint_names`, and the head's carrier (4, 4), in SMPL-X's axes."""
    bones, armature = _bones(character), character.armature
    turns, places, head = np.zeros((len(bones), 3)), np.zeros((len(bones), 3)), np.eye(4)
    for index, (name, bone_name) in enumerate(bones.items()):
        assert armature is not None
        bone = armature.pose.bones[bone_name]
        rest = bone.bone.matrix_local
        axis, angle = (rest.to_3x3() @ bone.matrix_basis.to_3x3() @ rest.to_3x3().inverted()).to_quaternion().to_axis_angle()
        turns[index] = z_up_to_y_up(np.array(axis) * angle)
        place = to_character @ np.array(armature.matrix_world)
        places[index] = z_up_to_y_up(place[:3, :3] @ np.array(bone.head) + place[:3, 3])
        if name == "head":
            carried = place @ np.array(bone.matrix @ rest.inverted()) @ np.linalg.inv(place)
            head[:3, :3] = z_up_to_y_up(z_up_to_y_up(carried[:3, :3]).T).T
            head[:3, 3] = z_up_to_y_up(carried[:3, 3])
    return turns, places, head
