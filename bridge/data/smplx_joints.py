"""SMPL-X's 55 joints: names, parents and the order of the 165 `poses` values (smplx's joint_names.py)."""

_FINGERS = tuple(f"{finger}{knuckle}" for finger in ("index", "middle", "pinky", "ring", "thumb") for knuckle in (1, 2, 3))

SMPLX_JOINT_NAMES: tuple[str, ...] = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle", "spine3",
    "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "jaw", "left_eye_smplhf", "right_eye_smplhf",
    *(f"left_{finger}" for finger in _FINGERS), *(f"right_{finger}" for finger in _FINGERS),
)  # fmt: skip
SMPLX_JOINT_INDEX: dict[str, int] = {name: index for index, name in enumerate(SMPLX_JOINT_NAMES)}


def _finger_parents(wrist: int, first: int) -> tuple[int, ...]:
    return tuple(wrist if index % 3 == 0 else first + index - 1 for index in range(len(_FINGERS)))


SMPLX_JOINT_PARENTS: tuple[int, ...] = (
    -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15,
    *_finger_parents(wrist=20, first=25), *_finger_parents(wrist=21, first=40),
)  # fmt: skip

FACE_JOINT_NAMES = ("jaw", "left_eye_smplhf", "right_eye_smplhf")
"""Joints that say again what the blend shapes say, for FLAME and SMPL-X meshes. Who applies blend shapes leaves them out."""
