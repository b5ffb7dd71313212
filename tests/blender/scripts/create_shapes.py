"""A head in three objects gets its shapes; prints what was seen. Argument: the worker's Python."""

import json
import sys
from typing import Any

import bpy
import enabled_extension
import numpy as np

bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.core.axes import y_up_to_z_up, z_up_to_y_up  # noqa: E402
from vivavoce.addon.session import session  # noqa: E402
from vivavoce.bridge.formats.open_human import load_open_human  # noqa: E402

ops, scene = bpy.ops.vivavoce, bpy.context.scene
human = load_open_human()
neck = human.joint_positions[human.joint_names.index("neck")][1]
SIZE, PLACE = 12.0, (1.0, -2.0, 3.0)


def part_object(name: str) -> tuple[Any, np.ndarray]:
    """One part above the neck without shapes, in decimetres and away from the origin; and the vertices of the human it has."""
    faces = human.faces[human.face_part == human.part_names.index(name)]
    faces = faces[(human.vertices[faces][..., 1] > neck).all(axis=1)]
    used, faces = np.unique(faces, return_inverse=True)
    mesh = bpy.data.meshes.new(name)
    corners = [list(dict.fromkeys(face)) for face in faces.reshape(-1, 4).tolist()]
    mesh.from_pydata(y_up_to_z_up(human.vertices[used]).tolist(), [], corners)
    item = bpy.data.objects.new(name, mesh)
    item.location, item.scale = PLACE, (SIZE, SIZE, SIZE)
    scene.collection.objects.link(item)
    item.select_set(True)
    bpy.context.view_layer.objects.active = item
    return item, used


def field(item: Any, name: str) -> np.ndarray:
    blocks = item.data.shape_keys.key_blocks
    points = [np.empty(3 * len(item.data.vertices), np.float32) for _ in range(2)]
    blocks[0].data.foreach_get("co", points[0])
    blocks[name].data.foreach_get("co", points[1])
    return z_up_to_y_up((points[1] - points[0]).reshape(-1, 3))


def likeness(item: Any, used: np.ndarray, name: str) -> float:
    made, truth = field(item, name), human.blend_shape(name)[used]
    return float(np.sum(made * truth) / np.linalg.norm(made) / np.linalg.norm(truth))


said: dict[str, object] = {"nothing": enabled_extension.complaint(ops.create_shapes)}
(body, skin), (eyes, _), (teeth, tooth) = (part_object(name) for name in ("body", "eyes", "teeth"))
bpy.context.view_layer.update()
said["light_engine"] = enabled_extension.complaint(ops.create_shapes)
preferences = bpy.context.preferences.addons[enabled_extension.NAME].preferences
preferences.backend, preferences.python = "PYTHON", sys.argv[1]
said["no_preview"] = enabled_extension.complaint(ops.keep_shapes)
ops.find_landmarks()
landmarks = {item.name: item for item in scene.objects if item.type == "EMPTY"}
said["landmarks"] = len(landmarks)
left, right = (np.array(landmarks[f"eye_outer_{side}"].location) for side in ("left", "right"))
said["apart"] = float((left - right)[0] / SIZE)
ops.create_shapes()
copies = [item for item in scene.objects if item.type == "MESH" and item not in (body, eyes, teeth)]
said["preview"] = [len(copies), body.hide_get(), body.data.shape_keys is None]
ops.discard_shapes()
said["discarded"] = [len([item for item in scene.objects if item.type == "MESH"]), body.hide_get()]
landmarks["chin"].location.x += 0.001
for item in (body, eyes, teeth):
    item.select_set(True)
ops.create_shapes()
ops.keep_shapes()
said["kept"] = [len(scene.objects), len(body.data.shape_keys.key_blocks), "eyeLookUpLeft" in eyes.data.shape_keys.key_blocks]
said["like"] = {name: likeness(body, skin, name) for name in ("jawOpen", "mouthSmileLeft", "browInnerUp")}
said["teeth"] = likeness(teeth, tooth, "jawOpen")
said["again"] = enabled_extension.complaint(ops.create_shapes)
said["jobs_left"] = session.transfer is not None
session.stop()
print(json.dumps(said))
