"""Bodies are known by the names that the field's rigs give their bones."""

import pytest

from vivavoce.addon.core.rigs.body_names import mapped_body, recognised_body

NAMES = {
    "mixamo": ["mixamorig:Hips", "mixamorig:Spine", "mixamorig:Spine1", "mixamorig:Spine2", "mixamorig:Neck", "mixamorig:Head",
               "mixamorig:LeftArm", "mixamorig:LeftForeArm", "mixamorig:RightHandThumb1"],
    "rocketbox": ["Bip01", "Bip01 Pelvis", "Bip01 Spine", "Bip01 Spine1", "Bip01 Spine2", "Bip01 Neck", "Bip01 Head",
                  "Bip01 L Clavicle", "Bip01 L UpperArm", "Bip01 L Finger01"],
    "character_creator": ["CC_Base_BoneRoot", "CC_Base_Hip", "CC_Base_Waist", "CC_Base_Spine01", "CC_Base_Spine02",
                          "CC_Base_NeckTwist01", "CC_Base_Head", "CC_Base_L_Upperarm", "CC_Base_L_Finger10"],
    "vrm": ["hips", "spine", "chest", "upperChest", "neck", "head", "leftUpperArm", "leftLowerArm", "leftLittleDistal"],
    "unreal": ["root", "pelvis", "spine_01", "spine_05", "neck_01", "neck_02", "head", "upperarm_l", "lowerarm_l", "pinky_03_l"],
    "makehuman": ["root", "spine05", "spine01", "neck01", "neck03", "head", "shoulder01.L", "upperarm01.L", "finger1-1.L"],
    "smplx": ["root", "pelvis", "spine1", "spine3", "neck", "head", "left_shoulder", "left_index1"],
}  # fmt: skip
JOINTS = {
    "mixamo": {"left_elbow": "mixamorig:LeftForeArm", "right_thumb1": "mixamorig:RightHandThumb1"},
    "rocketbox": {"left_collar": "Bip01 L Clavicle", "left_thumb2": "Bip01 L Finger01"},
    "character_creator": {"left_shoulder": "CC_Base_L_Upperarm", "left_index1": "CC_Base_L_Finger10"},
    "vrm": {"left_pinky3": "leftLittleDistal"},
    "unreal": {"left_shoulder": "upperarm_l"},
    "makehuman": {"left_collar": "shoulder01.L", "left_thumb1": "finger1-1.L"},
    "smplx": {"left_shoulder": "left_shoulder"},
}


@pytest.mark.parametrize("convention", NAMES)
def test_a_convention_is_recognised_by_its_names(convention: str) -> None:
    body = recognised_body(NAMES[convention])
    assert body is not None
    assert body.convention == convention
    assert body.joints.items() >= JOINTS[convention].items()
    assert set(NAMES[convention]) - set(body.joint_of_bone) <= {"root", "Bip01", "CC_Base_BoneRoot"}


def test_controls_of_a_generated_rigify_rig_go_before_the_bones_that_follow_them() -> None:
    controls = ["torso", "spine_fk.002", "spine_fk.003", "neck", "head", "upper_arm_fk.L", "upper_arm_fk.R"]
    controls += [f"{limb}_parent.{side}" for limb in ("upper_arm", "thigh") for side in "LR"]
    body = recognised_body(
        [*controls, *(f"DEF-{bone}" for bone in ("spine", "spine.001", "upper_arm.L", "upper_arm.R", "spine.006"))]
    )
    assert body is not None
    assert body.convention == "rigify"
    assert ("right_shoulder", "upper_arm_parent.R", "IK_FK", 1.0) in body.properties
    assert list(body.joint_of_bone.items())[-3:] == [("spine_fk.002", "spine2"), ("spine_fk.003", "spine3"), ("neck", "neck")]


def test_a_mapping_says_the_same_body() -> None:
    names = NAMES["makehuman"]
    body = recognised_body(names)
    assert body is not None
    assert mapped_body(body.joint_targets("Rig"), names) == body


def test_two_spine_bones_stand_for_three_joints() -> None:
    body = recognised_body(["Hips", "Spine", "Spine1", "Neck", "Head"])
    assert body is not None
    assert [body.joint_of_bone[bone] for bone in body.spine] == ["spine2", "spine3"]


@pytest.mark.parametrize("names", [[], ["Bone", "Bone.001"], ["lamp", "root", "neck_of_bottle"]])
def test_what_has_no_head_is_no_body(names: list[str]) -> None:
    assert recognised_body(names) is None
