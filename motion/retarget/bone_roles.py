"""Which bones are the face's, and how they may move: jaw and eyes turn about where they sit, others move freely."""

import re
from enum import StrEnum

from ...bridge.rigs.geometry import RigBones

_HEAD = re.compile(r"(^|[^a-z])head([^a-z]|$)|head$", re.IGNORECASE)
_JAW = re.compile(r"jaw(?!.*lip)|mandib", re.IGNORECASE)
_LID = re.compile(r"[Bb]link|BLINK|[Ee]yelid|LID|Lid(?![a-z])|(?<![a-z])lid(?![a-z])")
_EYE = re.compile(r"eye(?!.*(brow|blink|lid|lash|socket|corner))", re.IGNORECASE)
_TONGUE = re.compile(r"tongue|teeth", re.IGNORECASE)


class BoneRole(StrEnum):
    JAW = "jaw"
    EYE = "eye"
    LID = "lid"
    INSIDE = "inside"
    FREE = "free"


def bone_role(name: str) -> BoneRole:
    """By its name. INSIDE: tongue and teeth, which no skin tells about."""
    for role, pattern in ((BoneRole.LID, _LID), (BoneRole.JAW, _JAW), (BoneRole.INSIDE, _TONGUE), (BoneRole.EYE, _EYE)):
        if pattern.search(name):
            return role
    return BoneRole.FREE


def facial_bones(bones: RigBones) -> dict[int, BoneRole]:
    """Bone -> role, for what hangs below the head's bone; where no bone is named so, all bones but roots."""
    head = next((index for index, name in enumerate(bones.names) if _HEAD.search(name)), None)
    below: set[int] = set()
    for bone, parent in enumerate(bones.parents):
        if (head is None and parent >= 0) or int(parent) in below or (head is not None and parent == head):
            below.add(bone)
    return {bone: bone_role(bones.names[bone]) for bone in sorted(below)}
