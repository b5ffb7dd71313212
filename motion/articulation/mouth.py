"""The lips layer: phonemes and prosody in, jaw, lips and tongue out."""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...bridge.data import LIPS_NAMES, MotionLayer, Phoneme
from ...bridge.data.lip_contact import bite_lip, close_lips
from ...bridge.errors import InvalidInput
from ..speech.prosody import Prosody
from .closures import lip_bites, lip_closures
from .coarticulation import Gestures, blended_shapes, gestures, nearby
from .mouth_shapes import CHANNEL_NAMES, MouthShapes, calibrated_mouth_shapes

STEP_S = 0.01
"""The mouth moves on this clock whatever the frame rate, so that every frame rate samples the same movement."""
_BLOCK_STEPS = 6000
_SMOOTHING_S = 0.015

_COLUMN = {name: index for index, name in enumerate(LIPS_NAMES)}
NO_EXPRESSION: tuple[Sequence[str], np.ndarray] = ((), np.zeros((1, 0)))


def mouth_layer(
    phonemes: Sequence[Phoneme],
    heard: Prosody,
    fps: float,
    frame_count: int,
    amplitude: float = 1.0,
    expression: tuple[Sequence[str], np.ndarray] = NO_EXPRESSION,
    shapes: MouthShapes | None = None,
) -> MotionLayer:
    """The `lips` layer of a line: (frame_count, len(LIPS_NAMES)) weights 0..1, sample i at i / fps seconds.

    amplitude scales how far the mouth moves. expression: names and weights (frame_count, K) that an emotion adds to it.
    shapes: how this mouth speaks; the calibrated one where None.
    Closures of p b m and contacts of f v are made at any amplitude and frame rate, whatever the expression.
    """
    if not phonemes:
        raise InvalidInput("A mouth needs phonemes: give at least one silence that spans the clip.")
    times_s = np.arange(frame_count) / fps
    duration_s = max(times_s[-1] if frame_count else 0.0, phonemes[-1].end_s)
    movement = _movement(gestures(phonemes, heard), duration_s, shapes or calibrated_mouth_shapes())
    steps_s = np.arange(len(movement)) * STEP_S
    weights = np.zeros((frame_count, len(LIPS_NAMES)))
    for channel, name in enumerate(CHANNEL_NAMES):
        curve = amplitude * np.interp(times_s, steps_s, movement[:, channel])
        for column_name in (name, f"{name}Left", f"{name}Right"):
            if column_name in _COLUMN:
                weights[:, _COLUMN[column_name]] = curve
    names, added = expression
    weights[:, [_COLUMN[name] for name in names]] += added
    bite_lip(weights, lip_bites(phonemes, fps).strength(times_s))
    close_lips(weights, lip_closures(phonemes, fps).strength(times_s))
    return MotionLayer("lips", np.clip(weights, 0.0, 1.0), LIPS_NAMES)


def _movement(sequence: Gestures, duration_s: float, shapes: MouthShapes) -> np.ndarray:
    """(T, C) weights of CHANNEL_NAMES on the clock of STEP_S, not below zero; block by block, so that memory stays flat."""
    step_count = int(np.ceil(duration_s / STEP_S)) + 1
    movement = np.empty((step_count, len(CHANNEL_NAMES)), np.float32)
    for start in range(0, step_count, _BLOCK_STEPS):
        times_s = np.arange(start, min(start + _BLOCK_STEPS, step_count)) * STEP_S
        around, is_there = nearby(sequence, times_s)
        movement[start : start + len(times_s)] = blended_shapes(around, is_there, times_s, shapes)
    return gaussian_filter1d(np.maximum(movement, 0.0), _SMOOTHING_S / STEP_S, axis=0, mode="nearest")
