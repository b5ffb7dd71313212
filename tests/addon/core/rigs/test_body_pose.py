"""A body clip on bodies of other names, rests, rolls, proportions and axes keeps where hands and head are."""

import numpy as np
import pytest

from vivavoce.addon.core.rigs.body_pose import added_pose, body_pose, root_location
from vivavoce.addon.core.rigs.body_skeleton import body_axes
from vivavoce.addon.core.rigs.body_target import BodyTarget
from vivavoce.addon.core.rigs.swing import swing
from vivavoce.bridge.data.rotation import axis_angle_to_matrix, composed_rotations, quaternion_product

from .bodies import CONVENTIONS, gestures, made_body, posed_heads, quaternion_matrix, source_heads

MOST_DEG = 3.0


def degrees_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    return np.degrees(np.arccos(np.clip(np.sum(first * second, axis=-1) / lengths, -1.0, 1.0)))


def directions(heads: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    middle = 0.5 * (heads["left_shoulder"] + heads["right_shoulder"])
    wrists = {f"{side} wrist": heads[f"{side}_wrist"] - heads[f"{side}_shoulder"] for side in ("left", "right")}
    return wrists | {"head": heads["head"] - middle}


def carried_over(head: np.ndarray, target: BodyTarget) -> np.ndarray:
    """The source's head, (F, 3), on a character that carries its own higher or further forward: turned from there as far."""
    still = {"head": np.zeros((1, 3))}
    return (
        swing(directions(source_heads(still))["head"], head)
        @ directions(posed_heads(target, body_pose(still, target)))["head"][0]
    )


@pytest.mark.parametrize("rest", ["A", "T"])
@pytest.mark.parametrize("convention", [name for name in CONVENTIONS if name != "rigify"])
def test_wrists_and_head_lie_where_the_source_has_them(convention: str, rest: str) -> None:
    clip = gestures()
    for seed, stretch in ((0, 0.0), (1, 0.15)):
        target = made_body(convention, rest, seed, stretch)
        assert target.bones.convention == convention
        found, wanted = directions(posed_heads(target, body_pose(clip, target))), directions(source_heads(clip))
        wanted["head"] = carried_over(wanted["head"], target)
        for part in wanted:
            assert degrees_between(found[part], wanted[part]).max() < MOST_DEG, (part, seed)


def test_every_bone_of_an_equal_body_is_exact() -> None:
    clip = gestures()
    target = made_body("smplx", "A", seed=0)
    found, wanted = posed_heads(target, body_pose(clip, target)), source_heads(clip)
    for joint in ("left_wrist", "right_wrist", "left_index3", "right_pinky3", "left_foot", "head"):
        np.testing.assert_allclose((found[joint] - found["pelvis"]) / 100.0, wanted[joint] - wanted["pelvis"], atol=2e-3)


@pytest.mark.parametrize(
    "without",
    [
        ("left_collar", "right_collar"),
        ("spine2",),
        ("neck",),
        ("spine1", "spine2", "left_index1", "right_index1", "left_pinky3"),
    ],
)
def test_missing_bones_are_made_up_for_by_those_above_them(without: tuple[str, ...]) -> None:
    clip = gestures()
    target = made_body("smplx", "A", 1, without=without)
    found, wanted = directions(posed_heads(target, body_pose(clip, target))), directions(source_heads(clip))
    assert max(degrees_between(found[f"{side} wrist"], wanted[f"{side} wrist"]).max() for side in ("left", "right")) < MOST_DEG


def test_five_spine_bones_bend_as_far_as_three() -> None:
    clip = gestures()
    target = made_body("unreal", "T", 0)
    assert target.bones.spine == ("spine_01", "spine_02", "spine_03")
    chest = posed_heads(target, body_pose(clip, target))["left_collar"]
    two = made_body("unreal", "T", 0, without=("spine3",))
    np.testing.assert_allclose(posed_heads(two, body_pose(clip, two))["left_collar"], chest, atol=6.0)


def test_a_nod_alone_leaves_the_arms_where_the_character_holds_them() -> None:
    nod = {"head": np.linspace(0.0, 0.4, 5)[:, None] * (1.0, 0.0, 0.0), "left_elbow": np.zeros((5, 3))}
    pose = body_pose(nod, made_body("mixamo", "A", 0))
    assert set(pose) == {"Head", "LeftForeArm"}
    np.testing.assert_allclose(2.0 * np.arccos(pose["Head"][:, 0]), np.linspace(0.0, 0.4, 5), atol=1e-9)
    np.testing.assert_allclose(pose["LeftForeArm"], np.tile([1.0, 0.0, 0.0, 0.0], (5, 1)), atol=1e-12)


@pytest.mark.parametrize("breath_rad", [0.0, 0.02])
def test_neck_and_head_turn_exactly_as_they_are_told_where_only_breath_moves_the_body(breath_rad: float) -> None:
    wave = np.sin(np.linspace(0.0, 6.0, 9))[:, None]
    turns = {joint: 0.3 * wave * (1.0, 0.5, 0.2) for joint in ("neck", "head")} | {"spine3": breath_rad * wave * (1.0, 0.0, 0.0)}
    target = made_body("mixamo", "A", 1, stretch=0.3)
    for bone, joint in (("Neck", "neck"), ("Head", "head")):
        basis = target.axes @ target.skeleton.axes[target.skeleton.index(bone)]
        turned = basis @ quaternion_matrix(body_pose(turns, target)[bone]) @ basis.T
        np.testing.assert_allclose(turned, axis_angle_to_matrix(turns[joint]), atol=1e-9)


def test_a_gain_scales_the_turn_of_the_head() -> None:
    nod = {"head": np.linspace(0.0, 0.4, 5)[:, None] * (1.0, 0.0, 0.0)}
    pose = body_pose(nod, made_body("vrm", "T", 0), {"head": 0.5})
    np.testing.assert_allclose(2.0 * np.arccos(pose["head"][:, 0]), np.linspace(0.0, 0.2, 5), atol=1e-9)


def test_layers_multiply_to_the_whole() -> None:
    below, above = gestures(seed=1), gestures(seed=2)
    target = made_body("mixamo", "A", 1)
    total = body_pose({joint: composed_rotations(below[joint], above[joint]) for joint in below}, target)
    first = body_pose(below, target)
    added = added_pose(first, total)
    for bone, turn in total.items():
        np.testing.assert_allclose(
            quaternion_matrix(quaternion_product(first[bone], added[bone])), quaternion_matrix(turn), atol=1e-12
        )


def test_quaternions_do_not_jump() -> None:
    pose = body_pose(gestures(400), made_body("mixamo", "A", 1))
    assert max(np.abs(np.diff(turn, axis=0)).max() for turn in pose.values()) < 0.05


def test_the_way_of_the_root_is_as_long_as_the_legs_are() -> None:
    target = made_body("smplx", "T", 0)
    bone, location = root_location(np.array([[0.0, 0.0, 1.0], [1.0, 0.5, 0.0]]), target) or ("", np.zeros(0))
    skeleton = target.skeleton
    assert bone == "pelvis"
    back = location @ (target.axes @ skeleton.axes[skeleton.index(bone)]).T
    np.testing.assert_allclose(back, [[0.0, 0.0, 100.0], [100.0, 50.0, 0.0]], atol=1e-9)


def test_bones_on_one_spot_stand_as_blender_does() -> None:
    spot = np.array([1.0, 2.0, 3.0])
    heads = dict.fromkeys(("left_shoulder", "right_shoulder", "pelvis", "head"), spot)
    standing = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]
    np.testing.assert_array_equal(body_axes(heads), standing)
    along = {"left_shoulder": spot + np.array([0.0, 0.0, 1.0]), "head": spot + np.array([0.0, 0.0, 2.0])}
    np.testing.assert_array_equal(body_axes(heads | along), standing)


def test_a_stoop_is_no_tilt_of_the_world() -> None:
    heads = {"left_hip": np.array([0.1, 0.02, 1.0]), "right_hip": np.array([-0.1, 0.0, 1.0])}
    heads |= {"pelvis": np.array([0.0, 0.0, 1.0]), "head": np.array([0.01, -0.2, 1.6])}
    np.testing.assert_array_equal(body_axes(heads), [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
