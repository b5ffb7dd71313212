"""Mood: an emotion at a moment; several are a timeline, along which intensities change linearly."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ..errors import InvalidInput
from .emotions import EMOTION_NAMES, check_emotion


@dataclass(frozen=True)
class Mood:
    """time_s: on the audio's clock, before its start too; emotion: labels with intensities 0..1, none is neutral."""

    time_s: float
    emotion: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not math.isfinite(self.time_s):
            raise InvalidInput(f"A mood needs a time in seconds, not {self.time_s}.")
        check_emotion(self.emotion)


def check_timeline(moods: Sequence[Mood]) -> None:
    """Raise InvalidInput unless each mood is later than the one before."""
    for before, after in pairwise(moods):
        if after.time_s <= before.time_s:
            raise InvalidInput(f"Moods must follow each other: {after.time_s:g} s comes after {before.time_s:g} s.")


def intensities_at(moods: Sequence[Mood], times_s: np.ndarray) -> np.ndarray:
    """A timeline of at least one mood, read at times (F,) -> (F, 8) in the order of EMOTION_NAMES.

    Linear between moods; the first holds before it, the last after it. Neutral is what the others leave of 1, and not below 0:
    an intensity that a mood gives to `neutral` says nothing.
    """
    knots_s = [mood.time_s for mood in moods]
    intensities = np.empty((len(times_s), len(EMOTION_NAMES)))
    for column, label in enumerate(EMOTION_NAMES[1:], start=1):
        intensities[:, column] = np.interp(times_s, knots_s, [mood.emotion.get(label, 0.0) for mood in moods])
    intensities[:, 0] = np.maximum(1.0 - intensities[:, 1:].sum(axis=1), 0.0)
    return intensities


def timeline_text(moods: Sequence[Mood]) -> str:
    """A timeline in the words that `timeline_from_text` reads: `0s:happy=1 2s:sad=0.5,angry=0.2 4s:neutral`."""
    return " ".join(f"{mood.time_s:.9g}s:{_emotion_text(mood.emotion)}" for mood in moods)


def _emotion_text(emotion: Mapping[str, float]) -> str:
    return ",".join(f"{label}={intensity:g}" for label, intensity in emotion.items()) or "neutral"


def timeline_from_text(text: str) -> tuple[Mood, ...]:
    """Moods apart by blanks: a time in seconds, a colon, labels with intensities (1 where none is given) apart by commas.

    Raises InvalidInput naming the first word that cannot be read, and what `Mood` and `check_timeline` raise.
    """
    moods = tuple(_mood_from_text(word) for word in text.split())
    check_timeline(moods)
    return moods


def _mood_from_text(word: str) -> Mood:
    time, _, emotion = word.partition(":")
    try:
        parts = [part.partition("=") for part in emotion.split(",")]
        return Mood(float(time.removesuffix("s")), {label: float(number) if sign else 1.0 for label, sign, number in parts})
    except ValueError as error:
        raise InvalidInput(
            f"The mood {word!r} cannot be read. Write a time and an emotion, such as 2s:sad=0.5,angry=0.2."
        ) from error
