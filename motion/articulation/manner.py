"""Manner over time: how the style's emotions change the behaviour of head, eyes, lids and brows."""

from dataclasses import dataclass, fields

import numpy as np

from ...bridge.data import EMOTION_NAMES, PerformanceStyle
from ..speech.prosody import Prosody
from .emotion import felt_emotion
from .emotion_table import MANNERS

_SMOOTHING_S = 0.3
"""Someone carries the head as before for most of a second after a sudden change of mood."""


@dataclass(frozen=True, eq=False)
class MannerCurves:
    """A `Manner` that changes: each of its values on a prosody's steps, (T,), and the head's posture (T, 3)."""

    head_posture_deg: np.ndarray
    head_gain: np.ndarray
    blink_rate: np.ndarray
    aversion: np.ndarray
    gaze_deg: np.ndarray
    brow_gain: np.ndarray


def manner_curves(style: PerformanceStyle, prosody: Prosody) -> MannerCurves:
    """The blended manner: every emotion pulls each value away from neutral by its intensity."""
    emotion = felt_emotion(style, prosody, _SMOOTHING_S)
    pulls = emotion[:, 1:] / np.maximum(emotion[:, 1:].sum(axis=1, keepdims=True), 1.0)
    curves = {}
    for field in fields(MannerCurves):
        neutral, *others = (np.array(getattr(MANNERS[label], field.name)) for label in EMOTION_NAMES)
        curves[field.name] = neutral + pulls @ (np.stack(others) - neutral)
    return MannerCurves(**curves)
