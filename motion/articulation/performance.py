"""The articulation engine's layers, each by the function that makes it."""

from collections.abc import Callable, Sequence

import numpy as np

from ...bridge.data import LAYER_NAMES, MotionLayer, PerformanceStyle, Phoneme
from ...bridge.randomness import part_rng
from ..speech.prosody import Prosody
from .blinks import blink_layer
from .emotion import emotion_mouth_offsets
from .gaze import gaze_layer
from .head import head_layer
from .mouth import mouth_layer
from .mouth_shapes import MouthShapes
from .upper_face import upper_face_layer

PERFORMED_LAYERS: tuple[str, ...] = tuple(name for name in LAYER_NAMES if name != "gestures")
LayerMaker = Callable[[Prosody, float, int, PerformanceStyle, np.random.Generator], MotionLayer]

_LAYER_MAKERS: dict[str, LayerMaker] = {
    "upper_face": upper_face_layer,
    "blinks": blink_layer,
    "gaze": gaze_layer,
    "head": head_layer,
}


def performed_layer(
    name: str,
    phonemes: Sequence[Phoneme],
    heard: Prosody,
    fps: float,
    frame_count: int,
    style: PerformanceStyle,
    shapes: MouthShapes | None = None,
) -> MotionLayer:
    """One of PERFORMED_LAYERS, drawn from a random stream of its own. shapes: the calibrated mouth's where None."""
    if name == "lips":
        expression = emotion_mouth_offsets(style, heard, fps, frame_count)
        return mouth_layer(phonemes, heard, fps, frame_count, style.mouth, expression, shapes)
    return _LAYER_MAKERS[name](heard, fps, frame_count, style, part_rng(style.seed, name))
