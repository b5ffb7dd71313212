"""Proof that it moves: the evaluated mesh, compared with the clip where the clip asks most of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...bridge.data import MotionClip
from ...bridge.formats.open_human import load_open_human
from ..core import proof
from ..core.names import matched_names
from ..core.retiming import scene_frames
from . import compat
from .character import Character, shape_key_names

_MOVED_SHARE = 0.05


@dataclass(frozen=True)
class Motion:
    """How much of what a clip asks of a part is seen on the evaluated mesh of an object: 1 is all, 0 nothing."""

    object_name: str
    part: str
    share: float

    @property
    def is_enough(self) -> bool:
        return self.share >= proof.MOVES


def seen_motion(character: Character, clip: MotionClip, scene_fps: float, start_frame: int) -> tuple[Motion, ...]:
    """What the mouth of every visible face does, and the head of the main one where bones turn it.

    Nothing for a part of which the clip asks nothing.
    """
    frames = scene_frames(clip.frame_count, clip.fps, scene_fps, start_frame)
    faces = [face for face in character.faces if face.visible_get()]
    motions: list[Motion | None] = []
    with _visited_frames() as visit:
        if moments := proof.mouth_moments(clip, load_open_human()):
            motions += _mouth_motions(faces, clip, moments, lambda sample: visit(frames[sample]))
        if (turn := proof.turn_moments(clip, _turning_joints(character))) and faces:
            motions.append(_head_motion(faces[0], clip, turn, lambda sample: visit(frames[sample])))
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
    faces: list[Any], clip: MotionClip, moments: tuple[int, int], visit: Callable[[int], None]
) -> list[Motion | None]:
    seen: list[list[np.ndarray | None]] = []
    for sample in moments:
        visit(sample)
        seen.append([_evaluated_vertices(face) for face in faces])
    return [_mouth_motion(face, clip, moments, shapes) for face, *shapes in zip(faces, *seen, strict=True)]


def _mouth_motion(face: Any, clip: MotionClip, moments: tuple[int, int], seen: list[np.ndarray | None]) -> Motion | None:
    before, after = _asked_vertices(face, clip, moments)
    pairs = proof.witness_pairs(before, after)
    if not len(pairs) or seen[0] is None or seen[1] is None:
        return None
    return Motion(face.name, "mouth", proof.moved_share(pairs, (before, after), (seen[0], seen[1])))


def _head_motion(face: Any, clip: MotionClip, turn: tuple[int, int, float], visit: Callable[[int], None]) -> Motion | None:
    first, second, asked_rad = turn
    seen = []
    for sample in (first, second):
        visit(sample)
        vertices = _evaluated_vertices(face)
        if vertices is None:
            return None
        world = np.array(face.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world)
        seen.append(vertices @ world[:3, :3].T)
    before, after = _asked_vertices(face, clip, (first, second))
    rows = _face_rows(face)
    return Motion(face.name, "head", proof.turn_rad((before[rows], after[rows]), (seen[0][rows], seen[1][rows])) / asked_rad)


def _face_rows(face: Any) -> np.ndarray:
    """The vertices that ARKit's shapes move: the face, whatever else the mesh has."""
    rest = _key_vertices(face.data.shape_keys.reference_key)
    motion = np.zeros(rest.shape, np.float32)
    for own in shape_key_names(face).values():
        np.maximum(motion, np.abs(_key_vertices(face.data.shape_keys.key_blocks[own]) - rest), out=motion)
    return np.flatnonzero(motion.max(axis=1) > _MOVED_SHARE * motion.max())


def _turning_joints(character: Character) -> list[str]:
    bones = character.armature.pose.bones.keys() if character.armature else ()
    return [name for name in proof.head_chain() if name in matched_names([name], bones)] if bones else []


def _asked_vertices(face: Any, clip: MotionClip, samples: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The mesh under the clip's weights at two samples, (V, 3) each in the object's space, before any modifier."""
    keys, names = face.data.shape_keys, shape_key_names(face)
    rest = _key_vertices(keys.reference_key)
    weights = clip.blend_shapes(list(names))[list(samples)]
    shapes = np.stack([rest, rest])
    for column, own in enumerate(names.values()):
        if weights[:, column].any():
            shapes += weights[:, column, None, None] * (_key_vertices(keys.key_blocks[own]) - rest)
    return shapes[0], shapes[1]


def _key_vertices(key: Any) -> np.ndarray:
    points = compat.key_points(key)
    vertices = np.empty(len(points) * 3, np.float32)
    points.foreach_get("co", vertices)
    return vertices.reshape(-1, 3)


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
