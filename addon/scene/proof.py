"""Proof that it moves: the evaluated meshes and bones, compared with the clip where the clip asks most of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...bridge.data import MotionClip
from ...bridge.formats.open_human import load_open_human
from ...bridge.rigs import RigMapping, TargetCurves, retarget
from ..core import proof
from ..core.retiming import scene_frames
from .character import Character
from .rigs.control_values import changed_values, mouth_controls
from .rigs.survey import key_vertices

_MOVED_SHARE = 0.05
_LEAST_OWN_MOTION = 1e-4
"""A mesh in which nothing moves by this share of its size, while bones are asked to, is not moved by them."""


@dataclass(frozen=True)
class Motion:
    """How much of what a clip asks of a part is seen on an evaluated object: 1 is all, 0 nothing."""

    object_name: str
    part: str
    share: float

    @property
    def is_enough(self) -> bool:
        return self.share >= proof.MOVES


def seen_motion(character: Character, clip: MotionClip, scene_fps: float, start_frame: int) -> tuple[Motion, ...]:
    """What the mouth of every visible face does, the bones that move a mouth, and the head where bones turn it.

    Nothing for a part of which the clip asks nothing.
    """
    frames = scene_frames(clip.frame_count, clip.fps, scene_fps, start_frame)
    mapping = character.mapping
    curves = retarget(clip, mapping)
    faces = [face for face in character.faces if face.visible_get()]
    motions: list[Motion | None] = []
    with _visited_frames() as visit:
        if moments := proof.mouth_moments(clip, load_open_human()):
            asked = [_asked_vertices(face, curves, moments) for face in faces]
            motions += _mouth_motions(faces, asked, lambda step: visit(frames[moments[step]]))
            motions += _control_motions(character, mapping, curves, moments, lambda step: visit(frames[moments[step]]))
        if turn := proof.turn_moments(clip, _turning_joints(mapping)):
            first, second, asked_rad = turn
            motions.append(
                _head_motion(character, curves, (first, second), asked_rad, lambda step: visit(frames[(first, second)[step]]))
            )
    return tuple(motion for motion in motions if motion is not None)


@contextmanager
def _visited_frames() -> Iterator[Callable[[float], None]]:
    """A way to go to a frame; in the end the scene is where it was."""
    scene: Any = bpy.context.scene
    before = scene.frame_current, scene.frame_subframe
    try:
        yield lambda frame: scene.frame_set(int(np.floor(frame)), subframe=float(frame - np.floor(frame)))
    finally:
        scene.frame_set(before[0], subframe=before[1])


def _mouth_motions(
    faces: Sequence[Any], asked: Sequence[tuple[np.ndarray, np.ndarray]], visit: Callable[[int], None]
) -> list[Motion | None]:
    seen: list[list[np.ndarray | None]] = []
    for step in (0, 1):
        visit(step)
        seen.append([_evaluated_vertices(face) for face in faces])
    return [_mouth_motion(face, wanted, shapes) for face, wanted, *shapes in zip(faces, asked, *seen, strict=True)]


def _mouth_motion(face: Any, asked: tuple[np.ndarray, np.ndarray], seen: list[np.ndarray | None]) -> Motion | None:
    pairs = proof.witness_pairs(*asked)
    if not len(pairs) or seen[0] is None or seen[1] is None:
        return None
    return Motion(face.name, "mouth", proof.moved_share(pairs, asked, (seen[0], seen[1])))


def _control_motions(
    character: Character, mapping: RigMapping, curves: TargetCurves, moments: tuple[int, int], visit: Callable[[int], None]
) -> list[Motion | None]:
    """Bones and properties that move the mouth: whether they have their values, and whether any mesh follows them."""
    controls = mouth_controls(mapping, curves)
    if not controls.targets:
        return []
    meshes = [mesh for mesh in character.meshes if mesh.visible_get()]
    asked, seen = changed_values(controls, moments, visit)
    shapes = []
    for step in (0, 1):
        visit(step)
        shapes.append([_evaluated_vertices(mesh) for mesh in meshes])
    own = [
        proof.own_motion(before, after) for before, after in zip(*shapes, strict=True) if before is not None and after is not None
    ]
    is_still = bool(own) and max(own) < _LEAST_OWN_MOTION
    owner = controls.targets[0].object
    return [Motion(owner, "mouth", 0.0 if is_still else proof.change_share(asked, seen))]


def _head_motion(
    character: Character, curves: TargetCurves, samples: tuple[int, int], asked_rad: float, visit: Callable[[int], None]
) -> Motion | None:
    """The turn of the main face in the world, as a share of what is asked."""
    face = character.main_face
    if not face.visible_get():
        return None
    seen = []
    for step in (0, 1):
        visit(step)
        vertices = _evaluated_vertices(face)
        if vertices is None:
            return None
        world = np.array(face.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world)
        seen.append(vertices @ world[:3, :3].T)
    rows = _head_rows(character)
    if len(rows) < 3:
        return None
    before, after = _asked_vertices(face, curves, samples) if character.faces else (seen[0], seen[0])
    return Motion(face.name, "head", proof.turn_rad((before[rows], after[rows]), (seen[0][rows], seen[1][rows])) / asked_rad)


def _head_rows(character: Character) -> np.ndarray:
    """The vertices of the main face that its shape keys move; without keys, those of the upper head."""
    face = character.main_face
    moved = {target.name for target in character.mapping.targets if target.object == face.name and target.kind == "shape_key"}
    if moved:
        rest = key_vertices(face.data.shape_keys.reference_key)
        motion = np.zeros(rest.shape, np.float32)
        for name in moved.intersection(face.data.shape_keys.key_blocks.keys()):
            np.maximum(motion, np.abs(key_vertices(face.data.shape_keys.key_blocks[name]) - rest), out=motion)
        return np.flatnonzero(motion.max(axis=1) > _MOVED_SHARE * motion.max())
    bones = [joint.bone for joint in character.mapping.joints if joint.joint == "head"]
    return _vertices_above(face, character.armature, bones[0]) if bones else np.zeros(0, np.int64)


def _vertices_above(mesh: Any, armature: Any, bone: str) -> np.ndarray:
    """The vertices that are at rest as high as the middle of a bone of the head or higher; controls carry no weights."""
    local: Any = armature.data.bones[bone]
    middle = armature.matrix_world @ (0.5 * (local.head_local + local.tail_local))
    vertices = np.empty(len(mesh.data.vertices) * 3, np.float32)
    mesh.data.vertices.foreach_get("co", vertices)
    world = np.array(mesh.matrix_world)
    heights = (vertices.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3])[:, 2]
    return np.flatnonzero(heights >= middle.z)


def _turning_joints(mapping: RigMapping) -> list[str]:
    """The joints of the chain that turns the head which the rig has."""
    own = {joint.joint for joint in mapping.joints}
    return [name for name in proof.head_chain() if name in own]


def _asked_vertices(face: Any, curves: TargetCurves, samples: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The mesh under the performance's shape keys at two samples, (V, 3) each in the object's space, before any modifier."""
    blocks = face.data.shape_keys.key_blocks
    rest = key_vertices(face.data.shape_keys.reference_key)
    shapes = np.stack([rest, rest])
    for column, target in enumerate(curves.targets):
        weights = curves.values[list(samples), column]
        if target.kind == "shape_key" and target.object == face.name and target.name in blocks and weights.any():
            block = blocks[target.name]
            shapes += weights[:, None, None] * (key_vertices(block) - key_vertices(block.relative_key))
    return shapes[0], shapes[1]


def _evaluated_vertices(face: Any) -> np.ndarray | None:
    """(V, 3) in the object's space; None where modifiers leave fewer vertices than the mesh has, so that none can be followed."""
    evaluated = face.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    try:
        vertices = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", vertices)
    finally:
        evaluated.to_mesh_clear()
    count = len(face.data.vertices)
    return vertices.reshape(-1, 3)[:count] if len(vertices) >= 3 * count else None
