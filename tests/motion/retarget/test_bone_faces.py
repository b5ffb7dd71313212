"""Bones under displaced skin: known motions are found again, and a face of bones opens, shuts and looks as the source does."""

from functools import cache

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, EYE_LOOK_RAD, MotionClip, MotionLayer
from vivavoce.bridge.data.rotation import axis_angle_to_matrix
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.rigs import TargetName, retarget
from vivavoce.bridge.rigs.geometry import RigBones, RigGeometry
from vivavoce.motion.retarget.bone_faces import BonePoses, bone_poses
from vivavoce.motion.retarget.by_shape import face_fit, retarget_by_shape, source_closures
from vivavoce.motion.retarget.controls import face_controls
from vivavoce.motion.retarget.rigid_fit import SkinFit
from vivavoce.motion.retarget.seam import CLOSED_SHARE

from .faces import head, human, rig, talking_clip, wanted


def test_the_motions_of_a_chain_are_found_from_its_skin():
    draw = np.random.default_rng(0)
    points = draw.uniform(-0.05, 0.05, (300, 3))
    skin = np.exp(-np.abs(points[:, :1] - np.array([-0.04, 0.0, 0.04])) / 0.01)
    skin /= skin.sum(axis=1, keepdims=True)
    pivot = np.array([0.0, 0.01, -0.03])
    fit = SkinFit(points, np.full(300, 1 / 300), skin, np.array([-1, 0, 1]), {1: pivot}, frozenset({2}))
    hinge = axis_angle_to_matrix(np.array([[0.3, 0.0, 0.1], [-0.2, 0.1, 0.0]]))
    free = axis_angle_to_matrix(np.array([[0.1, 0.2, 0.0], [0.0, 0.0, 0.4]])) @ hinge
    truth = np.broadcast_to(np.eye(3, 4), (2, 3, 3, 4)).copy()
    truth[:, 1] = np.concatenate([hinge, (pivot - hinge @ pivot)[..., None]], axis=-1)
    truth[:, 2] = np.concatenate([free, np.full((2, 3, 1), 0.005)], axis=-1)
    padded = np.concatenate([points, np.ones((300, 1))], axis=1)
    aims = np.einsum("pj,kjxy,py->kpx", skin, truth, padded)
    found = np.einsum("pj,kjxy,py->kpx", skin, fit.transforms(aims), padded)
    assert np.abs(found - aims).max() < 3e-3
    assert np.linalg.norm(found - aims) < 0.1 * np.linalg.norm(aims - points)
    assert fit.transforms(aims)[:, 1] @ np.append(pivot, 1.0) == pytest.approx(np.tile(pivot, (2, 1)))


@cache
def bone_face() -> RigGeometry:
    """The open human on bones alone, whose weights fade with distance; jaw and eyes sit where its own joints are."""
    joints = dict(zip(human().joint_names, human().joint_positions, strict=True))
    mouth = human().vertices[human().lip_pairs].mean(axis=(0, 1))
    eyes = {f"{side}Eye": joints[f"{side.lower()}_eye_smplhf"] for side in ("Left", "Right")}
    lids = {f"{side}LidTop": eyes[f"{side}Eye"] + np.array([0.0, 0.006, 0.015]) for side in ("Left", "Right")}
    lips = {
        "LipUpper": mouth + np.array([0.0, 0.005, 0.0]), "LeftCorner": mouth + np.array([0.024, 0.0, -0.01]),
        "RightCorner": mouth + np.array([-0.024, 0.0, -0.01]), "LipLower": mouth + np.array([0.0, -0.006, 0.0]),
    }  # fmt: skip
    heads = {"Head": joints["head"], "Jaw": joints["jaw"], **eyes, **lids, **lips}
    names = tuple(heads)
    parents = np.array([-1, *(names.index("Jaw") if name == "LipLower" else 0 for name in names[1:])])
    used, _ = head()
    vertices = human().vertices[used]
    source = human().skin_weights[used] * (human().skin_joints[used] == human().joint_names.index("jaw"))
    chin = source.sum(axis=1)
    weights = np.zeros((len(used), len(names)))
    for name in (*lids, *lips):
        distance = np.linalg.norm(vertices - heads[name], axis=1)
        weights[:, names.index(name)] = np.exp(-((distance / 0.012) ** 2))
    is_lower = np.abs(human().blend_shape("jawOpen")[used]).max(axis=1) > 0.012
    weights[is_lower, names.index("LipUpper")] = 0.0
    weights[~is_lower, names.index("LipLower")] = 0.0
    weights[:, names.index("Jaw")] = chin + 0.5 * is_lower
    weights[:, 0] = 0.15
    weights /= weights.sum(axis=1, keepdims=True)
    bones = np.broadcast_to(np.arange(len(names)), weights.shape)
    return rig({}, RigBones(names, ("Rig",) * len(names), parents, np.array(list(heads.values())), bones, weights))


@cache
def poses() -> BonePoses:
    return bone_poses(bone_face(), wanted())


def openings(values_of: MotionClip, by_solve: bool) -> np.ndarray:
    geometry, seam = bone_face(), wanted().seam
    if by_solve:
        curves = retarget_by_shape(values_of, face_fit(wanted(), face_controls(geometry, wanted().vertices)), human())
    else:
        curves = retarget(values_of, poses().mapping())
    return seam.opening_m(geometry.deformed(curves.targets, curves.values, seam.vertices), seam.vertices)


@pytest.mark.parametrize(("by_solve", "kept"), [(False, 0.8), (True, 1.0)], ids=["by mapping", "by solve"])
def test_a_face_of_bones_opens_as_the_source_does_and_keeps_closures(by_solve, kept):
    clip = talking_clip()
    weights = clip.blend_shapes(ARKIT_NAMES)
    opening, is_closed = openings(clip, by_solve), source_closures(weights, human())
    assert np.corrcoef(opening, human().lip_gap_m(weights))[0, 1] > 0.95
    assert (opening[is_closed] < CLOSED_SHARE * wanted().seam.width_m).mean() >= kept


def test_the_jaw_turns_about_its_own_axis_and_the_eyes_by_what_a_look_is():
    names = bone_face().bones.names
    opened = ARKIT_NAMES.index("jawOpen")
    assert poses().turns[opened, names.index("Jaw")] == pytest.approx([0.35, 0.0, 0.0], abs=0.2)
    assert poses().turns[opened, names.index("Jaw"), 0] > 0.15
    assert np.abs(poses().shifts[opened, names.index("Jaw")]).max() < 1e-9
    down, out = (poses().turns[ARKIT_NAMES.index(f"eyeLook{way}Right"), names.index("RightEye")] for way in ("Down", "Out"))
    assert down == pytest.approx([EYE_LOOK_RAD["Down"], 0.0, 0.0])
    assert out == pytest.approx([0.0, -EYE_LOOK_RAD["Out"], 0.0])


def test_lids_slide_on_the_eyeball():
    bones = bone_face().bones
    lid, eye = bones.names.index("LeftLidTop"), bones.names.index("LeftEye")
    turn, shift = (values[ARKIT_NAMES.index("eyeBlinkLeft"), lid] for values in (poses().turns, poses().shifts))
    arm = bones.heads[eye] - bones.heads[lid]
    assert turn[0] > 0.05
    assert axis_angle_to_matrix(turn) @ arm + shift == pytest.approx(arm, abs=1e-5)


def test_poses_are_mirror_images():
    names = bone_face().bones.names
    smiles = [poses().shifts[ARKIT_NAMES.index(f"mouthSmile{side}")] for side in ("Left", "Right")]
    flip = np.array([-1.0, 1.0, 1.0])
    assert smiles[1][names.index("RightCorner")] == pytest.approx(flip * smiles[0][names.index("LeftCorner")], abs=1e-6)


def test_a_mapping_says_what_the_poses_are():
    clip = MotionClip(30.0, (MotionLayer("lips", np.eye(len(ARKIT_NAMES)), ARKIT_NAMES),))
    curves = retarget(clip, poses().mapping())
    jaw = curves.column(TargetName("bone_rotation", "Rig", "Jaw", "x"))
    assert jaw == pytest.approx(poses().turns[:, bone_face().bones.names.index("Jaw"), 0], abs=0.011)


def test_a_head_without_bones_is_refused():
    with pytest.raises(InvalidInput, match="No bone of a face"):
        bone_poses(rig({}), wanted())
