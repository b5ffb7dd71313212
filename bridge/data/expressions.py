"""What each emotion does to a face.

Expressions follow the action units (AU) of FACS as Ekman and Friesen list them for each emotion, written as ARKit
weights; a name without a side stands for both. Mouth channels leave the jaw and the lips' opening to speech.
eyeWide stays under 0.8, where a blink still shuts the lids.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from .arkit import ARKIT_INDEX, ARKIT_NAMES
from .emotions import EMOTION_NAMES

_RESPONSE = 0.75
"""Exponent of intensity: the first few millimetres of a shape are hardly seen, so that weak intensities get more."""

EXPRESSIONS: dict[str, dict[str, float]] = {
    "neutral": {},
    # AU 6 + 12, a little 25
    "happy": {
        "mouthSmile": 0.95, "cheekSquint": 0.95, "eyeSquint": 0.45, "mouthDimple": 0.15, "mouthUpperUp": 0.15,
        "browInnerUp": 0.15, "browOuterUp": 0.25,
    },
    # AU 1 + 4 + 15 + 17, drooping lids
    "sad": {
        "browInnerUp": 1.0, "browDown": 0.25, "mouthFrown": 1.0, "mouthShrugLower": 0.5, "eyeSquint": 0.3, "eyeBlink": 0.2,
        "cheekSquint": 0.2,
    },
    # AU 1 + 2 + 5 + 26
    "surprised": {"browInnerUp": 1.0, "browOuterUp": 1.0, "eyeWide": 0.8, "jawOpen": 0.09, "mouthUpperUp": 0.08},
    # AU 1 + 2 + 4 + 5 + 7 + 20
    "fear": {
        "browInnerUp": 1.0, "browOuterUp": 0.3, "browDown": 0.4, "eyeWide": 0.75, "eyeSquint": 0.15, "mouthStretch": 0.9,
        "mouthFrown": 0.45, "mouthLowerDown": 0.2, "jawOpen": 0.03,
    },
    # AU 9 + 10 + 16 + 17, 4 and 6 with them
    "disgusted": {
        "noseSneer": 1.0, "mouthUpperUp": 0.35, "browDown": 0.8, "eyeSquint": 0.7, "cheekSquint": 0.6, "mouthFrown": 0.7,
        "mouthShrugLower": 0.4, "mouthLowerDown": 0.1,
    },
    # AU 4 + 5 + 7 + 17 + 23
    "angry": {
        "browDown": 1.0, "eyeSquint": 0.65, "eyeWide": 0.3, "noseSneer": 0.7, "mouthFrown": 0.7, "mouthShrugLower": 0.35,
        "mouthPress": 0.15, "mouthStretch": 0.3, "jawForward": 0.2,
    },
    # AU 12 + 14 of one side; the other brow up
    "contempt": {
        "mouthSmileLeft": 0.7, "mouthDimpleLeft": 0.5, "mouthPressLeft": 0.3, "mouthFrownRight": 0.25, "mouthLeft": 0.2,
        "cheekSquintLeft": 0.5, "noseSneerLeft": 0.3, "eyeSquint": 0.5, "browDownLeft": 0.6, "browOuterUpRight": 0.8,
    },
}  # fmt: skip


def expressions(emotion: np.ndarray, names: Sequence[str] = ARKIT_NAMES) -> np.ndarray:
    """Faces at rest: intensities (F, 8) -> weights (F, K) of these ARKit shapes, 0..1.

    Emotions add; several strong ones share the face.
    """
    shapes = EXPRESSION_WEIGHTS[:, [ARKIT_INDEX[name] for name in names]]
    total = emotion[:, 1:].sum(axis=1, keepdims=True)
    return np.minimum((emotion**_RESPONSE @ shapes) / np.sqrt(np.maximum(total, 1.0)), 1.0)


def _both_sides(expression: Mapping[str, float]) -> np.ndarray:
    """(52,)"""
    weights = np.zeros(len(ARKIT_NAMES))
    for name, weight in expression.items():
        for sided_name in (name,) if name in ARKIT_INDEX else (f"{name}Left", f"{name}Right"):
            weights[ARKIT_INDEX[sided_name]] += weight
    return weights


EXPRESSION_WEIGHTS = np.stack([_both_sides(EXPRESSIONS[label]) for label in EMOTION_NAMES])
"""(8, 52), in the order of EMOTION_NAMES and ARKIT_NAMES."""
