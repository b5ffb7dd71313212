"""A scene's light as plain data: its lamps, and its world as it lights what stands in it."""

import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...bridge.data import Lamp, SceneLight
from ..core.axes import z_up_to_y_up
from ..core.environments import reduced
from ..core.exr import read_exr
from . import compat

_ROWS = 32
_FINER = 4
"""The world is rendered this many times finer than it is kept."""
_SAMPLES = 4
_BUBBLE_M = 0.5


def scene_light(scene: Any, to_character: np.ndarray) -> SceneLight:
    """The lamps that render, and the world. to_character (4, 4): from Blender's world to the character's own axes (Z up).

    What shines besides, such as a glowing mesh, and what lies between is left out.
    """
    lamps = [_lamp(item, to_character) for item in scene.objects if item.type == "LIGHT" and not item.hide_render]
    return SceneLight(_surroundings(scene, to_character), tuple(lamps))


def _lamp(item: Any, to_character: np.ndarray) -> Lamp:
    data, scale = item.data, _scale(to_character)
    local = to_character @ np.array(item.matrix_world)
    pose = np.eye(4)
    turn = local[:3, :3] / np.linalg.norm(local[:3, :3], axis=0)
    pose[:3, :3], pose[:3, 3] = z_up_to_y_up(turn.T).T, z_up_to_y_up(local[:3, 3])
    power = data.energy * 2.0 ** getattr(data, "exposure", 0.0)
    kind = data.type.lower()
    if kind == "sun":
        return Lamp(kind, pose, power * np.array(data.color), (data.angle, data.angle))
    strength = power * scale**2 * np.array(data.color)
    if kind == "area":
        width, height = data.size, data.size_y if data.shape in ("RECTANGLE", "ELLIPSE") else data.size
        roundness = np.sqrt(np.pi / 4.0) if data.shape in ("DISK", "ELLIPSE") else 1.0
        return Lamp(kind, pose, strength, (width * scale * roundness, height * scale * roundness))
    size = 2.0 * data.shadow_soft_size * scale
    return Lamp(kind, pose, strength, (size, size), data.spot_size if kind == "spot" else np.pi)


def _scale(matrix: np.ndarray) -> float:
    return float(np.cbrt(np.linalg.det(matrix[:3, :3])))


def _surroundings(scene: Any, to_character: np.ndarray) -> np.ndarray:
    """(H, 2 H, 3): the world's radiance, rendered by a camera that sees all around from within a bubble.

    The bubble bends no light, but makes of camera rays such as surfaces send: many worlds show a camera something else.
    """
    if scene.world is None:
        return np.zeros((_ROWS, 2 * _ROWS, 3), np.float32)
    apart: Any = bpy.data.scenes.new("Vivavoce Surroundings")
    camera = bpy.data.objects.new("Vivavoce Surroundings", bpy.data.cameras.new("Vivavoce Surroundings"))
    bubble = _bubble()
    try:
        apart.world = scene.world
        for item in (camera, bubble):
            apart.collection.objects.link(item)
        compat.choose_panorama(camera.data)
        # Ahead of the face, upright: -Y before the camera, Z over it, as the character has them.
        ahead = Matrix(((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)))
        turn = Matrix(np.linalg.inv(to_character)[:3, :3] / np.cbrt(np.linalg.det(np.linalg.inv(to_character)[:3, :3])))
        camera.matrix_world = (turn @ ahead).to_4x4()
        apart.camera = camera
        picture = _panorama(apart)
    finally:
        for item in (camera, bubble):
            data = item.data
            bpy.data.objects.remove(item)
            (bpy.data.cameras if isinstance(data, bpy.types.Camera) else bpy.data.meshes).remove(data)
        bpy.data.scenes.remove(apart)
    # Seen from within, the character's left lies on the left; the kept picture goes on to +X on the right.
    return reduced(np.maximum(picture[:, ::-1], 0.0), _ROWS)


def _bubble() -> Any:
    """A closed surface around the origin that every ray passes straight through."""
    corners = [(x, y, z) for x in (-_BUBBLE_M, _BUBBLE_M) for y in (-_BUBBLE_M, _BUBBLE_M) for z in (-_BUBBLE_M, _BUBBLE_M)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh = bpy.data.meshes.new("Vivavoce Surroundings")
    mesh.from_pydata(corners, [], faces)
    material = bpy.data.materials.new("Vivavoce Surroundings")
    material.use_nodes = True
    tree: Any = material.node_tree
    tree.nodes.clear()
    clear = tree.nodes.new("ShaderNodeBsdfRefraction")
    clear.inputs["IOR"].default_value, clear.inputs["Roughness"].default_value = 1.0, 0.0
    tree.links.new(clear.outputs[0], tree.nodes.new("ShaderNodeOutputMaterial").inputs["Surface"])
    mesh.materials.append(material)
    return bpy.data.objects.new("Vivavoce Surroundings", mesh)


def _panorama(scene: Any) -> np.ndarray:
    """(H, 2 H, 3): what the scene's camera sees all around, rows downwards."""
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.use_denoising = "CPU", _SAMPLES, False
    scene.render.resolution_x, scene.render.resolution_y = 2 * _ROWS * _FINER, _ROWS * _FINER
    scene.render.resolution_percentage = 100
    compat.choose_layered_format(scene)
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        path = Path(folder, "panorama.exr")
        scene.render.filepath = str(path)
        bpy.ops.render.render(write_still=True, scene=scene.name)
        channels = read_exr(path)
    return np.dstack([next(values for name, values in channels.items() if name.endswith(f"Combined.{c}")) for c in "RGB"])
