"""What bones are called in the field, and how they may move."""

import numpy as np
import pytest

from vivavoce.bridge.rigs.geometry import RigBones
from vivavoce.motion.retarget.bone_roles import BoneRole, bone_role, facial_bones


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Bip01 MJaw", BoneRole.JAW), ("jaw_master", BoneRole.JAW), ("CC_Base_JawRoot", BoneRole.JAW),
        ("Bip01 LEye", BoneRole.EYE), ("left_eye_smplhf", BoneRole.EYE), ("eye.L", BoneRole.EYE),
        ("Bip01 REyeBlinkTop", BoneRole.LID), ("lid.T.L.001", BoneRole.LID), ("LeftLidTop", BoneRole.LID),
        ("Eyelid_Up_L", BoneRole.LID), ("Bip01 RInnerEyebrow", BoneRole.FREE), ("solid", BoneRole.FREE),
        ("Bip01 MTongue", BoneRole.INSIDE), ("teeth.B", BoneRole.INSIDE), ("Bip01 LMouthCorner", BoneRole.FREE),
    ],
)  # fmt: skip
def test_a_name_tells_a_role(name, role):
    assert bone_role(name) is role


def test_a_face_is_what_hangs_below_the_head():
    names = ("Hips", "Head", "Hand", "Jaw", "Lip")
    bones = RigBones(
        names, ("Rig",) * 5, np.array([-1, 0, 0, 1, 3]), np.zeros((5, 3)), np.zeros((1, 1), np.int64), np.zeros((1, 1))
    )
    assert [names[bone] for bone in facial_bones(bones)] == ["Jaw", "Lip"]
