"""Visemes in time -> the mouth's movement, by dominance functions (Cohen and Massaro 1993), one for each articulator.

A viseme pulls its channels towards its targets with a strength that falls off with the distance in time; where visemes overlap
the stronger wins and the rest is a compromise. Rounding that reaches far back is anticipation; hasty speech undershoots
because reaches are in seconds. The arithmetic takes numpy arrays and torch tensors alike: calibration fits what is performed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...bridge.data import SILENCE, Phoneme
from ..speech.prosody import Prosody
from .mouth_shapes import CHANNEL_ARTICULATOR_INDEX, MouthShapes
from .visemes import VISEME_INDEX, visemes

NEIGHBOURS = 9
"""A step is shaped by this many visemes around it; those further away have no weight left."""
_WAY_S = 0.07
"""A long sound is held at full strength but for so long at either end; a short one has its full strength in the middle only."""
_PAUSE_S = 0.2
"""So far from speech the mouth stays part-open in silence."""
_QUIETEST_DB, _LOUDEST_DB = -25.0, 10.0
_LEVEL_BLOCK_S = 10.0

_Span = tuple[int, float, float]
"""Index into VISEME_NAMES, start and end in seconds."""


@dataclass(frozen=True, eq=False)
class Gestures:
    """N visemes in order of time. viseme: (N,) int64 into VISEME_NAMES; start_s, end_s: (N,) seconds;
    loudness_db: (N,), over the voice's usual level."""

    viseme: Any
    start_s: Any
    end_s: Any
    loudness_db: Any


def gestures(phonemes: Sequence[Phoneme], heard: Prosody) -> Gestures:
    """Every phoneme as its visemes in turn."""
    spans: list[_Span] = []
    for index, phoneme in enumerate(phonemes):
        if phoneme.symbol == SILENCE:
            spans += _silence(phoneme, follows_speech=index > 0, precedes_speech=index + 1 < len(phonemes))
        else:
            parts = visemes(phoneme.symbol)
            edges_s = np.linspace(phoneme.start_s, phoneme.end_s, len(parts) + 1)
            spans += zip(parts, edges_s[:-1], edges_s[1:], strict=True)
    viseme, start_s, end_s = (np.array(column) for column in zip(*spans, strict=True))
    return Gestures(viseme, start_s, end_s, _loudness_db(start_s, end_s, heard))


def _silence(silence: Phoneme, follows_speech: bool, precedes_speech: bool) -> list[_Span]:
    """Part-open where speech is near, at rest further away."""
    rest_start_s = silence.start_s + _PAUSE_S * follows_speech
    rest_end_s = silence.end_s - _PAUSE_S * precedes_speech
    if rest_end_s < rest_start_s + _PAUSE_S:
        return [(VISEME_INDEX["pause"], silence.start_s, silence.end_s)]
    names = ("pause", "rest", "pause")
    edges_s = (silence.start_s, rest_start_s, rest_end_s, silence.end_s)
    spans = zip(names, edges_s[:-1], edges_s[1:], strict=True)
    return [(VISEME_INDEX[name], start_s, end_s) for name, start_s, end_s in spans if end_s > start_s]


def _loudness_db(start_s: np.ndarray, end_s: np.ndarray, heard: Prosody) -> np.ndarray:
    """Mean loudness of each span over the voice's usual level around it, (N,) dB."""
    relative_db = np.clip(heard.loudness_db - _usual_level_db(heard), _QUIETEST_DB, _LOUDEST_DB)
    total = np.concatenate([[0.0], np.cumsum(relative_db, dtype=np.float64)])
    first = np.clip(np.round(start_s / heard.hop_s).astype(int), 0, len(relative_db) - 1)
    last = np.clip(np.round(end_s / heard.hop_s).astype(int), first + 1, len(relative_db))
    return (total[last] - total[first]) / (last - first)


def _usual_level_db(heard: Prosody) -> np.ndarray:
    """The voice's 75th percentile, in blocks of ten seconds, drawn through: (T,) dB."""
    block = round(_LEVEL_BLOCK_S / heard.hop_s)
    centres, levels = [], []
    for start in range(0, len(heard.loudness_db), block):
        spoken = heard.loudness_db[start : start + block][heard.is_speech[start : start + block]]
        if len(spoken):
            centres.append(start + block / 2)
            levels.append(np.percentile(spoken, 75))
    return np.interp(np.arange(len(heard.loudness_db)), centres, levels) if levels else heard.loudness_db


def neighbours(sequence: Gestures, times_s: np.ndarray) -> np.ndarray:
    """Indices (T, NEIGHBOURS) of the visemes around each time; beyond both ends an index lies outside 0..N-1."""
    current = np.searchsorted(sequence.start_s, times_s, side="right") - 1
    return current[:, None] + np.arange(NEIGHBOURS) - NEIGHBOURS // 2


def nearby(sequence: Gestures, times_s: np.ndarray) -> tuple[Gestures, np.ndarray]:
    """The visemes around each time, every field (T, NEIGHBOURS), and where there is one, bool of the same shape."""
    index = neighbours(sequence, times_s)
    is_there = (index >= 0) & (index < len(sequence.viseme))
    index = np.clip(index, 0, len(sequence.viseme) - 1)
    fields = (sequence.viseme, sequence.start_s, sequence.end_s, sequence.loudness_db)
    return Gestures(*(values[index] for values in fields)), is_there


def blended_shapes(around: Gestures, is_there: Any, times_s: Any, shapes: MouthShapes) -> Any:
    """Targets weighted by dominance D = 2^(strength - (distance / reach)^falloff), Cohen and Massaro's equations 1 to 5.

    around, is_there: (T, N) as `nearby` gives them; times_s: (T,) -> (T, C) weights of CHANNEL_NAMES, unclipped.
    """
    after_s = times_s[:, None] - 0.5 * (around.start_s + around.end_s)
    is_before = (after_s < 0.0)[..., None]
    reach_s = shapes.reach_before_s[around.viseme] * is_before + shapes.reach_after_s[around.viseme] * ~is_before
    held_s = (0.5 * (around.end_s - around.start_s) - _WAY_S).clip(0.0)
    distance = ((abs(after_s) - held_s).clip(0.0) + 1e-4)[..., None] / reach_s
    dominance = 2.0 ** (shapes.strength[around.viseme] - distance**shapes.falloff) * is_there[..., None]
    weight = dominance / (dominance.sum(1)[:, None] + 1e-12)
    gain = 2.0 ** (shapes.loudness_gain * around.loudness_db[..., None] / 10.0)
    is_spoken = (around.viseme > VISEME_INDEX["pause"])[..., None]
    pull = weight * (gain * is_spoken + 1.0 * ~is_spoken)
    return (pull[..., CHANNEL_ARTICULATOR_INDEX] * shapes.targets[around.viseme]).sum(1)
