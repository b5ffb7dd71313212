"""The 52 ARKit blend shapes, the face's lingua franca here. Order: Apple's Live Link Face csv file."""

import math

_LEFT_EYE = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
)
_RIGHT_EYE = tuple(name.replace("Left", "Right") for name in _LEFT_EYE)

JAW_NAMES = ("jawForward", "jawRight", "jawLeft", "jawOpen")
MOUTH_NAMES = (
    "mouthClose", "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft", "mouthSmileLeft", "mouthSmileRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight",
)  # fmt: skip
BROW_NAMES = ("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
CHEEK_NAMES = ("cheekPuff", "cheekSquintLeft", "cheekSquintRight")
NOSE_NAMES = ("noseSneerLeft", "noseSneerRight")

ARKIT_NAMES: tuple[str, ...] = (
    *_LEFT_EYE, *_RIGHT_EYE, *JAW_NAMES, *MOUTH_NAMES, *BROW_NAMES, *CHEEK_NAMES, *NOSE_NAMES, "tongueOut",
)  # fmt: skip
ARKIT_INDEX: dict[str, int] = {name: index for index, name in enumerate(ARKIT_NAMES)}

BLINK_NAMES = ("eyeBlinkLeft", "eyeBlinkRight")
GAZE_NAMES = tuple(name for name in ARKIT_NAMES if name.startswith("eyeLook"))
EYE_LOOK_RAD = {"Up": math.radians(18.0), "Down": math.radians(24.0), "In": math.radians(32.0), "Out": math.radians(32.0)}
"""How far an eyeball turns at weight 1 of eyeLook<direction><side>."""
UPPER_FACE_NAMES = tuple(
    name for name in ARKIT_NAMES if name.startswith(("brow", "eyeSquint", "eyeWide", "cheekSquint", "noseSneer"))
)
LIPS_NAMES = (*JAW_NAMES, *MOUTH_NAMES, "cheekPuff", "tongueOut")


def mirrored_name(name: str) -> str:
    """The blend shape of the other side: jawLeft -> jawRight, browInnerUp -> browInnerUp."""
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name
