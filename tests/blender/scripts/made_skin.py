"""For scripts: Rigify's metarig laid on the open human's face, and meshes skinned to Rigify's deform bones."""

import re
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from vivavoce.addon.core.axes import y_up_to_z_up
from vivavoce.bridge.data.open_human import OpenHuman

SIDES_OF_A_STICK = 8
_REACH_M = 0.008
_ELSEWHERE = 1e-3
_SKULL = "DEF-spine.006"
_LOWER = re.compile(r"DEF-(jaw|chin|lip\.B|teeth\.B)")
_UPPER = re.compile(r"DEF-(lip\.T|nose|teeth\.T|cheek\.T|brow|lid|forehead|temple|ear)")
_FACE = re.compile(r"DEF-(jaw|chin|lip|nose|cheek|brow|lid|forehead|temple|ear)")


def fitted_to_face(metarig: Any, human: OpenHuman) -> None:
    """Move a metarig, scaled along its axes, so that its eyes, nose and lips are where the human's are."""
    bones = metarig.data.bones
    heads = [bones[name].head_local for name in ("eye.L", "eye.R", "lip.T.L", "lip.B.L")]
    tails = [bones[name].tail_local for name in ("lip.T.L.001", "lip.T.R.001")]
    own = np.array([*heads, *tails, bones["nose.002"].head_local, bones["spine.006"].head_local])
    wanted = _face_points(human)
    places = [np.polyfit(own[:, axis], wanted[:, axis], 1) for axis in range(3)]
    bpy.context.view_layer.objects.active = metarig
    bpy.ops.object.mode_set(mode="EDIT")
    # All ends are read before any is moved: a connected bone moves with its parent's tail.
    ends = {bone.name: (list(bone.head), list(bone.tail)) for bone in metarig.data.edit_bones}
    for name, (head, tail) in ends.items():
        bone = metarig.data.edit_bones[name]
        bone.head, bone.tail = (Vector(np.polyval(place, end[axis]) for axis, place in enumerate(places)) for end in (head, tail))
    bpy.ops.object.mode_set(mode="OBJECT")


def _face_points(human: OpenHuman) -> np.ndarray:
    """(8, 3) in Blender's axes: eyes, middle of upper and lower lip, left and right corner, tip of the nose, head joint."""
    joints = dict(zip(human.joint_names, human.joint_positions, strict=True))
    upper, lower = human.lip_pairs.T
    middle = len(upper) // 2
    is_nose = (np.abs(human.vertices[:, 0]) < 2e-3) & (human.vertices[:, 1] > human.vertices[upper[middle], 1])
    is_nose &= human.vertices[:, 1] < joints["left_eye_smplhf"][1]
    tip = human.vertices[is_nose][np.argmax(human.vertices[is_nose, 2])]
    lips = human.vertices[[upper[middle], lower[middle], upper[-1], upper[0]]]
    return y_up_to_z_up(np.stack([joints["left_eye_smplhf"], joints["right_eye_smplhf"], *lips, tip, joints["head"]]))


def bone_weights(human: OpenHuman, rows: np.ndarray, rig: Any) -> dict[str, np.ndarray]:
    """Bone -> (V,), for the human's vertices `rows`: by nearness, the lips parted by what the human's own jaw carries."""
    points = y_up_to_z_up(human.vertices[rows]).astype(np.float64)
    jaw = (human.skin_weights * (human.skin_joints == human.joint_names.index("jaw"))).sum(axis=1)[rows].astype(np.float64)
    jaw = np.clip(jaw / 0.8, 0.0, 1.0)
    bones = [bone for bone in rig.data.bones if bone.use_deform and _FACE.match(bone.name)]
    weights = {bone.name: np.exp(-((_distance_m(points, bone) / _REACH_M) ** 2)) for bone in bones}
    for name, values in weights.items():
        values *= jaw if _LOWER.match(name) else 1.0 - jaw if _UPPER.match(name) else 1.0
        values *= _lid_share(points, rig, name)
    weights[_SKULL] = _ELSEWHERE * (1.0 - jaw)
    weights["DEF-jaw"] = weights["DEF-jaw"] + _ELSEWHERE * jaw
    _give_parts_to_one_bone(human, rows, rig, weights, jaw)
    total = sum(weights.values(), np.zeros(len(rows)))
    return {name: values / total for name, values in weights.items()}


def _distance_m(points: np.ndarray, bone: Any) -> np.ndarray:
    """From points (V, 3) to the stick of a bone, (V,)."""
    start, way = np.array(bone.head_local), np.array(bone.tail_local - bone.head_local)
    along = np.clip((points - start) @ way / (way @ way), 0.0, 1.0)
    return np.linalg.norm(points - start - along[:, None] * way, axis=1)


def _lid_share(points: np.ndarray, rig: Any, name: str) -> np.ndarray:
    """The upper lid takes what is above the middle of the eye, the lower what is below."""
    mark = re.match(r"DEF-lid\.([TB])\.([LR])", name)
    if mark is None:
        return np.ones(len(points))
    height = (points[:, 2] - rig.data.bones[f"ORG-eye.{mark[2]}"].head_local[2]) * (1.0 if mark[1] == "T" else -1.0)
    return np.clip(height / 1e-3 + 0.5, 0.0, 1.0)


def _give_parts_to_one_bone(
    human: OpenHuman, rows: np.ndarray, rig: Any, weights: dict[str, np.ndarray], jaw: np.ndarray
) -> None:
    """Eyes, teeth and tongue belong to their own bones, where the rig has such."""
    part = np.full(len(human.vertices), -1)
    part[human.faces] = human.face_part[:, None]
    part, left = part[rows], human.vertices[rows, 0] > 0.0
    owners = {
        "DEF-eye.L": (part == human.part_names.index("eyes")) & left,
        "DEF-eye.R": (part == human.part_names.index("eyes")) & ~left,
        "DEF-teeth.T": (part == human.part_names.index("teeth")) & (jaw < 0.5),
        "DEF-teeth.B": (part == human.part_names.index("teeth")) & (jaw >= 0.5),
        "DEF-tongue": part == human.part_names.index("tongue"),
    }
    for bone, is_its in owners.items():
        name = next((own for own in (bone, bone.replace("DEF-eye", "ORG-eye")) if own in rig.data.bones), _SKULL)
        rig.data.bones[name].use_deform = True
        for values in weights.values():
            values[is_its] = 0.0
        weights[name] = np.where(is_its, 1.0, weights.get(name, 0.0))


def stick_mesh(rig: Any) -> tuple[Any, dict[str, np.ndarray]]:
    """A mesh of one stick along every deform bone of the face, and bone -> its weights (V,); sticks stand in the bones' order."""
    bones = [bone for bone in rig.data.bones if bone.use_deform and _FACE.match(bone.name)]
    turns = np.linspace(0.0, 2.0 * np.pi, SIDES_OF_A_STICK, endpoint=False)
    points, faces = [], []
    for number, bone in enumerate(bones):
        across = np.array(bone.matrix_local.to_3x3())[:, [0, 2]]
        ring = 0.2 * bone.length * (np.cos(turns)[:, None] * across[:, 0] + np.sin(turns)[:, None] * across[:, 1])
        points += [np.array(bone.head_local) + ring, np.array(bone.tail_local) + ring]
        first = 2 * SIDES_OF_A_STICK * number + np.arange(SIDES_OF_A_STICK)
        following = np.roll(first, -1)
        faces += np.stack([first, following, following + SIDES_OF_A_STICK, first + SIDES_OF_A_STICK], axis=1).tolist()
    mesh = bpy.data.meshes.new("Face")
    mesh.from_pydata(np.concatenate(points).tolist(), [], faces)
    item = bpy.data.objects.new("Face", mesh)
    bpy.context.scene.collection.objects.link(item)
    owner = np.repeat(np.arange(len(bones)), 2 * SIDES_OF_A_STICK)
    return item, {bone.name: (owner == number).astype(np.float64) for number, bone in enumerate(bones)}
