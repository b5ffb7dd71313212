"""Carries out a SetPlan: a person, lit and posed as planned, rendered frame by frame into a set's file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...bridge.data import ARKIT_NAMES, Camera, Lamp, OpenHuman, SceneLight
from ...bridge.data.human_surface import face_regions
from ...bridge.data.render_plan import FramePlan, LightPlan, LookPlan, PosePlan, SetPlan
from ...bridge.data.render_set import RenderFrame, RenderSet
from ...bridge.formats.open_human import load_open_human
from ...bridge.formats.render_set import write_render_set
from ..core import environments
from ..core.axes import y_up_to_z_up
from .materials import eyes, makers, skin
from .open_human import Piece, build_pieces
from .pass_nodes import BEFORE_ATTRIBUTE, REGION_ATTRIBUTE, prepare_passes
from .passes import rendered_frame
from .quality import choose_engine

SOFT = "Vivavoce Soft"
_OBJECT_PARTS = {
    SOFT: ("body", "tongue"),
    "Vivavoce Hard": ("eyes", "teeth", "lashes", "brows"),
    "Vivavoce Hair": ("hair",),
    "Vivavoce Shirt": ("shirt",),
}
_ENVIRONMENT_ROWS = 32
_SKY_ROWS = 64
_TO_BLENDER = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])


def render_set(plan: SetPlan, report: Callable[[float, str], None]) -> None:
    """Render the plan's frames in an empty file of their own and write the set. The same plan gives the same bytes."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene: Any = bpy.context.scene
    human = load_open_human(Path(plan.person))
    pieces = list(build_pieces(human, _OBJECT_PARTS, scene.collection, plan.look.beard))
    _dress(human, pieces, plan.look)
    light = _light_scene(scene, plan.light)
    choose_engine(scene, "cycles", "cpu", plan.samples)
    materials = {slot.material for _, item in pieces for slot in item.material_slots}
    prepare_passes(scene, materials, "rest_position", has_before=True)
    scene.render.resolution_x = scene.render.resolution_y = plan.side_px
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    frames = []
    for number, frame in enumerate(plan.frames):
        report(number / len(plan.frames), f"frame {number + 1} of {len(plan.frames)} of set {plan.name}")
        scene.cycles.seed = 1 + number
        frames.append(_rendered(scene, human, pieces, frame, plan))
    write_render_set(
        Path(plan.out),
        RenderSet(
            plan.name, plan.split, plan.identity, plan.samples, light, np.array(plan.emotion), human.joint_names, tuple(frames)
        ),
    )


def _dress(human: OpenHuman, pieces: list[tuple[Piece, Any]], look: LookPlan) -> None:
    """The plan's materials, what passes read of faces, and soft skin."""
    made = {
        "skin": lambda name: skin.skin(name, look.skin_roughness, look.subsurface),
        "lips": lambda name: skin.skin(name, look.skin_roughness, look.subsurface),
        "iris": lambda name: eyes.iris(name, (look.iris_dark, look.iris_bright, look.iris_inner)),
    }
    own = {makers.material_name(name): make(f"{name} of this person") for name, make in made.items()}
    regions = face_regions(human)
    for piece, item in pieces:
        for slot in item.material_slots:
            slot.material = own.get(slot.material.name, slot.material)
        values = item.data.attributes.new(REGION_ATTRIBUTE, "FLOAT", "FACE").data
        values.foreach_set("value", regions[piece.face_ids].astype(np.float32))
        item.data.attributes.new(BEFORE_ATTRIBUTE, "FLOAT_VECTOR", "POINT")
        if item.name == SOFT:
            modifier = item.modifiers.new("Smooth", "SUBSURF")
            modifier.levels, modifier.render_levels = 1, 1


def _light_scene(scene: Any, plan: LightPlan) -> SceneLight:
    """Add lamps and surroundings to the scene; returns the same light as plain data."""
    for number, lamp in enumerate(plan.lamps):
        data: Any = bpy.data.lights.new(f"Lamp {number}", lamp.kind.upper())
        data.energy = max(lamp.strength)
        data.color = [value / max(data.energy, 1e-9) for value in lamp.strength]
        if lamp.kind == "sun":
            data.angle = lamp.size[0]
        else:
            data.shape, data.size, data.size_y = "RECTANGLE", *lamp.size
        item = bpy.data.objects.new(data.name, data)
        item.matrix_world = Matrix(_TO_BLENDER @ np.array(lamp.lamp_to_world))
        scene.collection.objects.link(item)
    environment = _environment(plan)
    _set_world(scene, environments.as_blender_wants(environment))
    lamps = tuple(Lamp(lamp.kind, np.array(lamp.lamp_to_world), np.array(lamp.strength), lamp.size) for lamp in plan.lamps)
    return SceneLight(environments.reduced(environment, _ENVIRONMENT_ROWS), lamps)


def _environment(plan: LightPlan) -> np.ndarray:
    """(H, 2 H, 3): the planned surroundings at their full size."""
    if plan.picture:
        folder = Path(bpy.utils.system_resource("DATAFILES"), "studiolights", "world")
        image = bpy.data.images.load(str(folder / f"{plan.picture}.exr"))
        width, height = image.size
        pixels = np.empty(width * height * 4, np.float32)
        image.pixels.foreach_get(pixels)
        environment = environments.as_blender_wants(pixels.reshape(height, width, 4)[..., :3])
    else:
        environment = environments.sky(_SKY_ROWS, *(np.array(colour) for colour in (plan.ground, plan.horizon, plan.zenith)))
    return environments.turned(environments.scaled(np.maximum(environment, 0.0), plan.level), plan.turn)


def _set_world(scene: Any, environment: np.ndarray) -> None:
    height, width, _ = environment.shape
    image = bpy.data.images.new("Surroundings", width, height, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    image.pixels.foreach_set(np.dstack([environment, np.ones((height, width))]).astype(np.float32).ravel())
    image.pack()
    scene.world = bpy.data.worlds.new("Surroundings")
    scene.world.use_nodes = True
    tree = scene.world.node_tree
    texture = tree.nodes.new("ShaderNodeTexEnvironment")
    texture.image = image
    tree.links.new(texture.outputs["Color"], tree.nodes["Background"].inputs["Color"])


def _rendered(scene: Any, human: OpenHuman, pieces: list[tuple[Piece, Any]], plan: FramePlan, whole: SetPlan) -> RenderFrame:
    before, now = (_posed(human, pose) for pose in (plan.pose_before, plan.pose))
    for piece, item in pieces:
        mesh = item.data
        mesh.vertices.foreach_set("co", y_up_to_z_up(now[piece.vertices]).astype(np.float32).ravel())
        was = y_up_to_z_up(before[piece.vertices]).astype(np.float32)
        mesh.attributes[BEFORE_ATTRIBUTE].data.foreach_set("vector", was.ravel())
        mesh.update()
    side = whole.side_px
    camera, camera_before = (Camera(np.array(pose), plan.fov_y_rad, side, side) for pose in (plan.camera, plan.camera_before))
    scene.camera.matrix_world = Matrix(_TO_BLENDER @ camera.camera_to_world)
    scene.camera.data.sensor_fit, scene.camera.data.angle = "VERTICAL", plan.fov_y_rad
    scene.camera.data.clip_start = 0.01
    gbuffer, truth = rendered_frame(scene, camera, camera_before, whole.samples)
    rotations = np.zeros((len(human.joint_names), 3))
    for name, rotation in plan.pose.joint_rotations.items():
        rotations[human.joint_names.index(name)] = rotation
    transforms = human.joint_transforms(rotations[None])[0]
    head = np.vstack([transforms[human.joint_names.index("head")], [0.0, 0.0, 0.0, 1.0]])
    positions = np.einsum("jik,jk->ji", transforms[..., :3], human.joint_positions) + transforms[..., 3]
    return RenderFrame(
        gbuffer, truth, plan.role, plan.time_s, np.array(plan.pose.blend_shapes), rotations, positions, head
    )  # fmt: skip


def _posed(human: OpenHuman, pose: PosePlan) -> np.ndarray:
    """(V, 3): the person in a pose."""
    order = [ARKIT_NAMES.index(name) for name in human.blend_shape_names]
    rotations = {name: np.array(rotation) for name, rotation in pose.joint_rotations.items()}
    return human.posed(np.array(pose.blend_shapes)[order], rotations)
