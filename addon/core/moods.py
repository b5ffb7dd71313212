"""Sampled emotions -> the few moods that say the same, and moods as the text that a take keeps."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from ...bridge.data import EMOTION_NAMES, Mood
from ...bridge.errors import InvalidInput

MOOD_NAMES = EMOTION_NAMES[1:]
"""What an artist sets: neutral is the absence of all of these."""
LARGEST_ERROR = 0.01


def reduced_moods(times_s: np.ndarray, intensities: np.ndarray) -> tuple[Mood, ...]:
    """The moods that, blended linearly, stay within LARGEST_ERROR of every sample; one where nothing changes.

    times_s: (F,), ascending; intensities: (F, 7), 0..1, in the order of MOOD_NAMES.
    """
    changes = np.flatnonzero(np.any(np.diff(intensities, axis=0), axis=1))
    if len(changes) == 0:
        return (_mood(times_s[0], intensities[0]),)
    changing = slice(changes[0], changes[-1] + 2)
    times_s, intensities = times_s[changing], intensities[changing]
    return tuple(_mood(times_s[index], intensities[index]) for index in _corners(times_s, intensities))


def _mood(time_s: float, intensities: np.ndarray) -> Mood:
    named = zip(MOOD_NAMES, intensities.tolist(), strict=True)
    return Mood(round(float(time_s), 6), {label: round(intensity, 4) for label, intensity in named if round(intensity, 4) > 0.0})


def _corners(times_s: np.ndarray, values: np.ndarray) -> list[int]:
    """Samples between which straight lines meet all others: the farthest is added until none is far (Douglas and Peucker)."""
    kept, waiting = {0, len(times_s) - 1}, [(0, len(times_s) - 1)]
    while waiting:
        first, last = waiting.pop()
        share = ((times_s[first : last + 1] - times_s[first]) / (times_s[last] - times_s[first]))[:, None]
        error = np.abs(values[first] + share * (values[last] - values[first]) - values[first : last + 1]).max(axis=1)
        farthest = first + int(error.argmax())
        if error[farthest - first] > LARGEST_ERROR:
            kept.add(farthest)
            waiting += [(first, farthest), (farthest, last)]
    return sorted(kept)


def moods_text(moods: Sequence[Mood]) -> str:
    """JSON, as the worker's options have it."""
    return json.dumps([asdict(mood) for mood in moods])


def moods_of_text(text: str) -> tuple[Mood, ...]:
    """The inverse of `moods_text`; none of an empty text. Raises InvalidInput where it is neither."""
    try:
        return tuple(Mood(**mood) for mood in json.loads(text or "[]"))
    except (TypeError, ValueError) as error:
        raise InvalidInput("The moods that this take keeps cannot be read. Speak anew instead.") from error
