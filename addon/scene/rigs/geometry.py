"""What a character's meshes, shape keys and skin are, read from Blender as plain arrays in SMPL-X axes and metres."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ....bridge.errors import InvalidInput
from ....bridge.rigs import TargetName
from ....bridge.rigs.geometry import NO_BONES, ControlOffsets, RigBones, RigGeometry
from ...core.axes import z_up_to_y_up
from ..character import armature_of

_MOST_BONES_A_VERTEX = 8
_LEAST_OFFSET_M = 1e-7


def rig_geometry(objects: Iterable[Any]) -> RigGeometry:
    """The mesh objects among `objects`, as they rest, and the armatures that deform or carry them. Raises InvalidInput."""
    meshes = [item for item in objects if item.type == "MESH" and len(item.data.polygons)]
    if not meshes:
        raise InvalidInput("There is no mesh to read. Select the character's meshes or its armature.")
    starts = np.cumsum([0, *(len(item.data.vertices) for item in meshes)])
    triangles = [_triangles(item.data) + start for item, start in zip(meshes, starts, strict=False)]
    return RigGeometry(
        np.concatenate([_placed(item, _rest(item.data)) for item in meshes]),
        np.concatenate(triangles),
        np.repeat(np.arange(len(meshes)), np.diff(starts)).astype(np.int32),
        tuple(item.name for item in meshes),
        _shape_keys(meshes, starts),
        _bones(meshes, starts),
    )


def _rest(mesh: Any) -> np.ndarray:
    """(V, 3) in the object's own space: the reference key where there are keys."""
    source = mesh.shape_keys.reference_key.points if mesh.shape_keys else mesh.vertices
    points = np.empty(3 * len(mesh.vertices), np.float32)
    source.foreach_get("co", points)
    return points.reshape(-1, 3)


def _placed(item: Any, points: np.ndarray) -> np.ndarray:
    """Points in an object's space -> SMPL-X axes, metres."""
    matrix = np.array(item.matrix_world)
    return z_up_to_y_up(points @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32)


def _triangles(mesh: Any) -> np.ndarray:
    mesh.calc_loop_triangles()
    corners = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", corners)
    return corners.reshape(-1, 3)


def _shape_keys(meshes: Sequence[Any], starts: np.ndarray) -> ControlOffsets:
    targets, indices, offsets, ranges = [], [], [], []
    for item, start in zip(meshes, starts, strict=False):
        blocks = item.data.shape_keys.key_blocks[1:] if item.data.shape_keys and item.data.shape_keys.use_relative else ()
        turn = np.array(item.matrix_world)[:3, :3]
        points = np.empty(3 * len(item.data.vertices), np.float32)
        for key in blocks:
            key.data.foreach_get("co", points)
            moved = points.reshape(-1, 3) - _key_points(key.relative_key)
            field = z_up_to_y_up(moved @ turn.T)
            rows = np.flatnonzero(np.abs(field).max(axis=1) > _LEAST_OFFSET_M)
            targets.append(TargetName("shape_key", item.name, key.name))
            indices.append(rows + start)
            offsets.append(field[rows])
            ranges.append((key.slider_min, key.slider_max))
    counts = np.cumsum([0, *(len(rows) for rows in indices)])
    return ControlOffsets(
        tuple(targets),
        counts.astype(np.int64),
        np.concatenate([*indices, np.zeros(0)]).astype(np.int32),
        np.concatenate([*offsets, np.zeros((0, 3))]).astype(np.float32),
        np.array(ranges, np.float32).reshape(-1, 2),
    )


def _key_points(key: Any) -> np.ndarray:
    points = np.empty(3 * len(key.data), np.float32)
    key.data.foreach_get("co", points)
    return points.reshape(-1, 3)


def _bones(meshes: Sequence[Any], starts: np.ndarray) -> RigBones:
    """Every bone of every armature that a mesh hangs on; weights are those of the bones that deform."""
    armatures = list(dict.fromkeys(filter(None, (armature_of(item) for item in meshes))))
    if not armatures:
        return NO_BONES
    bones = [(armature, bone) for armature in armatures for bone in armature.data.bones]
    bones.sort(key=lambda pair: len(pair[1].parent_recursive))
    place = {(armature.name, bone.name): index for index, (armature, bone) in enumerate(bones)}
    parents = [place[armature.name, bone.parent.name] if bone.parent else -1 for armature, bone in bones]
    heads = np.array([armature.matrix_world @ bone.head_local for armature, bone in bones])
    skin_bones = np.zeros((int(starts[-1]), _MOST_BONES_A_VERTEX), np.int32)
    skin_weights = np.zeros(skin_bones.shape, np.float32)
    for item, start in zip(meshes, starts, strict=False):
        rows = slice(start, start + len(item.data.vertices))
        skin_bones[rows], skin_weights[rows] = _skin(item, place)
    names = tuple(bone.name for _, bone in bones)
    objects = tuple(armature.name for armature, _ in bones)
    return RigBones(names, objects, np.array(parents), z_up_to_y_up(heads).astype(np.float32), skin_bones, skin_weights)


def _skin(item: Any, place: dict[tuple[str, str], int]) -> tuple[np.ndarray, np.ndarray]:
    """Bones and weights of a mesh's vertices, (V, S) each; those of the heaviest bones, 1 in sum."""
    count = len(item.data.vertices)
    bones, weights = np.zeros((count, _MOST_BONES_A_VERTEX), np.int32), np.zeros((count, _MOST_BONES_A_VERTEX), np.float32)
    armature = armature_of(item)
    if armature is None:
        return bones, weights
    if not any(modifier.type == "ARMATURE" and modifier.object == armature for modifier in item.modifiers):
        carrier = place.get((armature.name, item.parent_bone)) if item.parent_type == "BONE" else None
        if carrier is not None:
            bones[:, 0], weights[:, 0] = carrier, 1.0
        return bones, weights
    deforming = {bone.name for bone in armature.data.bones if bone.use_deform}
    of_group = {group.index: place[armature.name, group.name] for group in item.vertex_groups if group.name in deforming}
    for index, vertex in enumerate(item.data.vertices):
        held = [(entry.weight, of_group[entry.group]) for entry in vertex.groups if entry.group in of_group]
        for slot, (weight, bone) in enumerate(sorted(held, reverse=True)[:_MOST_BONES_A_VERTEX]):
            bones[index, slot], weights[index, slot] = bone, weight
    total = weights.sum(axis=1, keepdims=True)
    return bones, np.divide(weights, total, out=np.zeros_like(weights), where=total > 1e-6)
