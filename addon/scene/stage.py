"""The studio around a character: a three-quarter portrait camera, soft light, a quiet background."""

from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from .character import Character
from .rigs.survey import key_vertices

_SKIN_M = 0.03
_FACE_HEIGHT_M = 0.15
"""Between brows and chin, as far as shape keys move a face of human size; everything scales with the one found."""


@dataclass(frozen=True)
class AreaLight:
    """Seen from the face: azimuth to the character's left and elevation, distance, size and power."""

    name: str
    azimuth_deg: float
    elevation_deg: float
    distance_m: float
    size_m: float
    power_w: float
    colour: tuple[float, float, float]


LIGHTS = (
    AreaLight("key", -28.0, 24.0, 1.2, 1.0, 23.0, (1.0, 0.93, 0.85)),
    AreaLight("fill", 62.0, 4.0, 1.5, 1.2, 9.0, (0.86, 0.93, 1.0)),
    AreaLight("rim", 155.0, 38.0, 1.2, 0.5, 9.0, (1.0, 0.96, 0.90)),
)
CAMERA_AZIMUTH_DEG = 24.0
CAMERA_ELEVATION_DEG = 2.0
CAMERA_LENS_MM = 85.0
FRAME_HEIGHT_M = 0.42


def build_stage(scene: Any, character: Character) -> None:
    """Add camera, lights and world, unless the scene has a camera of its own."""
    if scene.camera is not None:
        return
    low, high = face_box(character)
    scale = (high[2] - low[2]) / _FACE_HEIGHT_M
    centre = Vector(0.5 * (low + high))
    for light in LIGHTS:
        _add_light(scene, light, centre, scale)
    _add_camera(scene, centre, scale)
    _set_background(scene)
    # AgX bleaches skin; the light here stays within what Standard shows.
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.look = "Medium High Contrast"


def face_box(character: Character) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and highest corner, in the world, of what a performance moves on the main face; eyes, lips and jaw therefore."""
    points = _moved_points(character) if character.faces else _bone_points(character)
    return points.min(axis=0), points.max(axis=0)


def _moved_points(character: Character) -> np.ndarray:
    """The vertices of the main face that its shape keys move, (N, 3) in the world."""
    face = character.main_face
    blocks, rest = face.data.shape_keys.key_blocks, key_vertices(face.data.shape_keys.reference_key)
    names = {target.name for target in character.mapping.targets if target.object == face.name and target.kind == "shape_key"}
    moved = np.zeros(len(rest))
    for name in names.intersection(blocks.keys()):
        moved = np.maximum(moved, np.linalg.norm(key_vertices(blocks[name]) - rest, axis=1))
    world = np.array(face.matrix_world)
    return rest[moved > 0.25 * moved.max()] @ world[:3, :3].T + world[:3, 3]


def _bone_points(character: Character) -> np.ndarray:
    """The ends of the bones that the face moves by, with room for skin around them: (N, 3) in the world."""
    owner = character.owner
    names = {target.name for target in character.mapping.targets if target.object == owner.name}
    bones = [bone for bone in owner.data.bones if bone.name in names] if character.armature is not None else []
    ends = [owner.matrix_world @ end for bone in bones for end in (bone.head_local, bone.tail_local)]
    points = np.array(ends or [owner.matrix_world.translation])
    return np.concatenate([points - _SKIN_M, points + _SKIN_M])


def _direction(azimuth_deg: float, elevation_deg: float) -> Vector:
    """From the face outwards; azimuth 0 is straight ahead (-Y), positive towards the character's left (+X)."""
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    return Vector((np.sin(azimuth) * np.cos(elevation), -np.cos(azimuth) * np.cos(elevation), np.sin(elevation)))


def _add_light(scene: Any, light: AreaLight, centre: Vector, scale: float) -> None:
    data = bpy.data.lights.new(f"Vivavoce {light.name}", "AREA")
    data.energy = light.power_w * scale**2
    data.color = light.colour
    data.shape = "DISK"
    data.size = light.size_m * scale
    direction = _direction(light.azimuth_deg, light.elevation_deg)
    _place(scene, data, centre + direction * light.distance_m * scale, direction)


def _add_camera(scene: Any, centre: Vector, scale: float) -> None:
    data = bpy.data.cameras.new("Vivavoce Camera")
    data.lens = CAMERA_LENS_MM
    data.sensor_fit = "VERTICAL"
    data.sensor_height = 24.0
    direction = _direction(CAMERA_AZIMUTH_DEG, CAMERA_ELEVATION_DEG)
    distance = FRAME_HEIGHT_M * scale * CAMERA_LENS_MM / data.sensor_height
    # A little above the middle of what moves, so that hair has room.
    aim = centre + Vector((0.0, 0.0, 0.017 * scale))
    scene.camera = _place(scene, data, aim + direction * distance, direction)
    data.clip_start = 0.05 * distance
    data.dof.focus_distance = distance


def _place(scene: Any, data: Any, position: Vector, direction: Vector) -> Any:
    item = bpy.data.objects.new(data.name, data)
    scene.collection.objects.link(item)
    item.location = position
    item.rotation_euler = direction.to_track_quat("Z", "Y").to_euler()
    return item


def _set_background(scene: Any) -> None:
    """A glow behind the head in screen space for the camera, an even dim light for everything else."""
    world = bpy.data.worlds.new("Vivavoce World")
    scene.world = world
    world.use_nodes = True
    tree: Any = world.node_tree
    tree.nodes.clear()
    nodes = {kind: tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexCoord", "VectorMath", "MapRange", "Mix", "LightPath")}
    nodes["VectorMath"].operation = "DISTANCE"
    nodes["VectorMath"].inputs[1].default_value = (0.60, 0.52, 0.0)
    tree.links.new(nodes["TexCoord"].outputs["Window"], nodes["VectorMath"].inputs[0])
    nodes["MapRange"].interpolation_type = "SMOOTHERSTEP"
    nodes["MapRange"].inputs["From Max"].default_value = 0.85
    tree.links.new(nodes["VectorMath"].outputs["Value"], nodes["MapRange"].inputs["Value"])
    nodes["Mix"].data_type = "RGBA"
    nodes["Mix"].inputs[6].default_value = (0.060, 0.085, 0.105, 1.0)
    nodes["Mix"].inputs[7].default_value = (0.007, 0.010, 0.015, 1.0)
    tree.links.new(nodes["MapRange"].outputs[0], nodes["Mix"].inputs[0])
    _finish_world(tree, nodes["LightPath"].outputs["Is Camera Ray"], nodes["Mix"].outputs[2])


def _finish_world(tree: Any, is_camera_ray: Any, picture: Any) -> None:
    seen, lighting = tree.nodes.new("ShaderNodeBackground"), tree.nodes.new("ShaderNodeBackground")
    tree.links.new(picture, seen.inputs["Color"])
    lighting.inputs["Color"].default_value = (0.045, 0.052, 0.06, 1.0)
    mix, output = tree.nodes.new("ShaderNodeMixShader"), tree.nodes.new("ShaderNodeOutputWorld")
    for source, target in (
        (is_camera_ray, mix.inputs[0]),
        (lighting.outputs[0], mix.inputs[1]),
        (seen.outputs[0], mix.inputs[2]),
    ):
        tree.links.new(source, target)
    tree.links.new(mix.outputs[0], output.inputs["Surface"])
