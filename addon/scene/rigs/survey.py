"""What the objects of a character are made of, read from Blender as plain data."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import bpy
import numpy as np

from ...core.axes import z_up_to_y_up
from ...core.rigs.survey import ArmatureSurvey, BoneSurvey, MeshSurvey, RigSurvey, circular
from .. import compat

_FACE_SHARE = 0.05
_EVEN = 1e-3


Names = tuple[tuple[tuple[Any, ...], ...], tuple[tuple[Any, ...], ...]]
"""Of meshes and armatures: the fields of their surveys that are cheaply read."""


def named_parts(meshes: Iterable[Any], armatures: Iterable[Any]) -> Names:
    """Names, and what is as cheaply read: often enough for a panel that is being drawn."""
    return (
        tuple(
            (mesh.name, _key_names(mesh), _driven_keys(mesh.data.shape_keys), tuple(mesh.vertex_groups.keys())) for mesh in meshes
        ),
        tuple(
            (armature.name, tuple(armature.data.bones.keys()), _properties(armature), _is_evenly_scaled(armature))
            for armature in armatures
        ),
    )


@lru_cache(maxsize=16)
def named_survey(names: Names) -> RigSurvey:
    """What `named_parts` has read."""
    meshes, armatures = names
    return RigSurvey(
        tuple(MeshSurvey(name, keys, driven=driven, vertex_groups=groups) for name, keys, driven, groups in meshes),
        tuple(
            ArmatureSurvey(name, tuple(map(BoneSurvey, bones)), properties, is_evenly_scaled=is_even)
            for name, bones, properties, is_even in armatures
        ),
    )


def _is_evenly_scaled(item: Any) -> bool:
    scale = np.abs(np.array(item.matrix_world.to_scale()))
    return bool(scale.min() > 0.0 and scale.max() / scale.min() < 1.0 + _EVEN)


def full_survey(meshes: Sequence[Any], armatures: Sequence[Any]) -> RigSurvey:
    """Everything, the motions of shape keys and the places of bones among it."""
    return RigSurvey(tuple(map(_mesh_survey, meshes)), tuple(map(_armature_survey, armatures)))


def _key_names(mesh: Any) -> tuple[str, ...]:
    keys = mesh.data.shape_keys
    return tuple(keys.key_blocks.keys()[1:]) if keys is not None else ()


def _mesh_survey(mesh: Any) -> MeshSurvey:
    keys = mesh.data.shape_keys
    blocks = list(keys.key_blocks[1:]) if keys is not None else []
    return MeshSurvey(
        mesh.name,
        tuple(block.name for block in blocks),
        driven=_driven_keys(keys),
        muted=tuple(block.name for block in blocks if block.mute),
        motions=_motions(mesh),
        vertex_groups=_used_groups(mesh),
        vertex_count=len(mesh.data.vertices),
    )


def _driven_keys(keys: Any) -> tuple[str, ...]:
    if keys is None or keys.animation_data is None:
        return ()
    paths = {driver.data_path for driver in keys.animation_data.drivers if not driver.mute}
    return tuple(block.name for block in keys.key_blocks[1:] if f"{block.path_from_id()}.value" in paths)


def key_vertices(block: Any) -> np.ndarray:
    """The vertices of a shape key, (V, 3) in the object's space."""
    points = compat.key_points(block)
    vertices = np.empty(len(points) * 3, np.float32)
    points.foreach_get("co", vertices)
    return vertices.reshape(-1, 3)


def _motions(mesh: Any) -> tuple[float, ...]:
    """How far every shape key moves a vertex, as a share of the height of all that they move."""
    keys = mesh.data.shape_keys
    if keys is None or len(keys.key_blocks) < 2:
        return ()
    rest = key_vertices(keys.reference_key)
    distance = [np.linalg.norm(key_vertices(block) - key_vertices(block.relative_key), axis=1) for block in keys.key_blocks[1:]]
    whole = np.max(distance, axis=0, initial=0.0)
    face = rest[whole > _FACE_SHARE * whole.max(initial=0.0)]
    size = float(np.ptp(face, axis=0).max()) if len(face) else 0.0
    return tuple(float(one.max(initial=0.0)) / size if size > 0.0 else 0.0 for one in distance)


def _used_groups(mesh: Any) -> tuple[str, ...]:
    """Vertex groups that hold a vertex."""
    used = {element.group for vertex in mesh.data.vertices for element in vertex.groups if element.weight > 0.0}
    return tuple(group.name for group in mesh.vertex_groups if group.index in used)


def _armature_survey(armature: Any) -> ArmatureSurvey:
    world = np.array(armature.matrix_world)
    driven = _driven_bones(armature)
    bones = [_bone_survey(bone, world, driven) for bone in armature.pose.bones]
    return ArmatureSurvey(
        armature.name,
        tuple(bones),
        _properties(armature),
        is_evenly_scaled=_is_evenly_scaled(armature),
        circular=circular({bone.name: _needs(armature, bone) for bone in armature.pose.bones}),
    )


def _needs(armature: Any, bone: Any) -> set[str]:
    """The bones of its own armature that a bone's pose is computed from."""
    held = {constraint.subtarget for constraint in bone.constraints if getattr(constraint, "target", None) == armature}
    return held | ({bone.parent.name} if bone.parent else set())


def _bone_survey(bone: Any, world: np.ndarray, driven: frozenset[str]) -> BoneSurvey:
    head = z_up_to_y_up(world[:3, :3] @ np.array(bone.bone.head_local) + world[:3, 3]).tolist()
    return BoneSurvey(bone.name, tuple(head), bone.name in driven)


def _driven_bones(armature: Any) -> frozenset[str]:
    drivers = armature.animation_data.drivers if armature.animation_data else ()
    return frozenset(driver.data_path.split('"')[1] for driver in drivers if driver.data_path.startswith('pose.bones["'))


def _properties(armature: Any) -> tuple[str, ...]:
    """Paths of the numbers that an armature object and its bones hold for themselves."""
    own = [f'["{bpy.utils.escape_identifier(key)}"]' for key in _numbers(armature)]
    for bone in armature.pose.bones:
        own += [f'{bone.path_from_id()}["{bpy.utils.escape_identifier(key)}"]' for key in _numbers(bone)]
    return tuple(own)


def _numbers(item: Any) -> list[str]:
    return [key for key, value in item.items() if isinstance(value, float)]
