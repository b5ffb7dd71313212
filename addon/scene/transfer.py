"""A head without shapes: its mesh out of Blender, landmarks as empties, and made shapes first on a copy, then on itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import bpy
import numpy as np

from ...bridge.data import ARKIT_NAMES
from ...bridge.errors import InvalidInput
from ...bridge.formats.transfer_arrays import HeadRequest, HeadShapes
from ..core.axes import y_up_to_z_up, z_up_to_y_up
from .rigs.geometry import rig_geometry

LANDMARK = "vivavoce_landmark"
PREVIEW = "vivavoce_preview_of"
_EMPTY_SHARE, _STILL_M = 0.006, 1e-6


def head_meshes(context: Any) -> list[Any]:
    """The selected meshes, the active one among them, by name. Raises InvalidInput where one cannot get shapes."""
    active = context.view_layer.objects.active
    chosen = {item.name: item for item in (*context.selected_objects, active) if item is not None and item.type == "MESH"}
    meshes = [chosen[name] for name in sorted(chosen) if len(chosen[name].data.polygons)]
    if not meshes:
        raise InvalidInput("Select the meshes of a head: the face, and its eyes, teeth and lashes if they are apart")
    for item in meshes:
        if item.library is not None or item.data.library is not None:
            raise InvalidInput(f"{item.name} is linked from another file. Make it local first")
        keys = item.data.shape_keys
        if keys is not None and (taken := sorted(set(ARKIT_NAMES) & set(keys.key_blocks.keys()))):
            raise InvalidInput(f"{item.name} has {taken[0]} already. Remove or rename its shape keys first")
    return meshes


def head_request(meshes: Sequence[Any], scene: Any) -> HeadRequest:
    """The meshes at rest as one, with the landmarks that lie in the scene. Raises InvalidInput."""
    geometry = rig_geometry(meshes)
    vertices = geometry.vertices.astype(np.float64)
    return HeadRequest(vertices, geometry.triangles.astype(np.int64), placed_landmarks(scene))


def placed_landmarks(scene: Any) -> dict[str, np.ndarray]:
    """Name -> (3,) in SMPL-X's axes."""
    return {item[LANDMARK]: z_up_to_y_up(np.array(item.matrix_world.translation)) for item in _landmarks(scene)}


def show_landmarks(scene: Any, points: Mapping[str, np.ndarray]) -> None:
    """An empty for each point, to be dragged; those that lie there already move."""
    there = {item[LANDMARK]: item for item in _landmarks(scene)}
    size = _EMPTY_SHARE * max(float(np.ptp(np.array([*points.values()]), axis=0).max()) * 5.0, 1e-6)
    for name, point in points.items():
        empty = there.get(name)
        if empty is None:
            empty = bpy.data.objects.new(name, None)
            empty[LANDMARK] = name
            empty.empty_display_type, empty.empty_display_size = "SPHERE", size
            empty.show_in_front = empty.show_name = True
            scene.collection.objects.link(empty)
        empty.location = y_up_to_z_up(point)


def remove_landmarks(scene: Any) -> None:
    for item in _landmarks(scene):
        bpy.data.objects.remove(item)


def previews(scene: Any) -> list[Any]:
    """The copies on which made shapes are shown."""
    return [item for item in scene.objects if item.get(PREVIEW) is not None]


def show_preview(scene: Any, meshes: Sequence[Any], shapes: HeadShapes) -> None:
    """Copies of the meshes with the made shapes, in place of the hidden meshes."""
    discard_preview(scene)
    start = 0
    for item in meshes:
        count = len(item.data.vertices)
        copy = item.copy()
        copy.data = item.data.copy()
        copy[PREVIEW] = item
        for collection in item.users_collection:
            collection.objects.link(copy)
        _add_keys(copy, shapes.names, shapes.offsets[:, start : start + count])
        item.hide_set(True)
        start += count


def keep_preview(scene: Any) -> None:
    """What the preview shows becomes the meshes' own shape keys. Raises InvalidInput where a mesh was changed meanwhile."""
    copies = previews(scene)
    for copy in copies:
        if len(copy[PREVIEW].data.vertices) != len(copy.data.vertices):
            raise InvalidInput(f"{copy[PREVIEW].name} was changed since its shapes were made. Make them again")
    for copy in copies:
        blocks = copy.data.shape_keys.key_blocks if copy.data.shape_keys is not None else ()
        made = [block for block in blocks if block.name in ARKIT_NAMES]
        for block in made:
            _add_key(copy[PREVIEW], block.name, _points(block.data, copy) - _rest(copy))
    discard_preview(scene)
    remove_landmarks(scene)


def discard_preview(scene: Any) -> None:
    """Take the copies away and show the meshes again."""
    for copy in previews(scene):
        original, data = copy[PREVIEW], copy.data
        original.hide_set(False)
        bpy.data.objects.remove(copy)
        bpy.data.meshes.remove(data)


def _landmarks(scene: Any) -> list[Any]:
    return [item for item in scene.objects if item.get(LANDMARK) is not None]


def _add_keys(item: Any, names: Sequence[str], offsets: np.ndarray) -> None:
    """offsets (K, V, 3) metres in SMPL-X's axes; shapes that do not move this mesh are left out."""
    turn = np.linalg.inv(np.array(item.matrix_world)[:3, :3])
    for name, field in zip(names, offsets, strict=True):
        if np.abs(field).max(initial=0.0) > _STILL_M:
            _add_key(item, name, y_up_to_z_up(field) @ turn.T)


def _add_key(item: Any, name: str, offsets: np.ndarray) -> None:
    """offsets (V, 3) in the object's own space."""
    if item.data.shape_keys is None:
        item.shape_key_add(name="Basis", from_mix=False)
    rest = _rest(item)
    key = item.shape_key_add(name=name, from_mix=False)
    key.value = 0.0
    key.data.foreach_set("co", (rest + offsets).astype(np.float32).ravel())


def _rest(item: Any) -> np.ndarray:
    """(V, 3) of the key to which all others are relative."""
    return _points(item.data.shape_keys.reference_key.data, item)


def _points(data: Any, item: Any) -> np.ndarray:
    points = np.empty(3 * len(item.data.vertices), np.float32)
    data.foreach_get("co", points)
    return points.reshape(-1, 3)
