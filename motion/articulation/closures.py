"""Where the lips must meet: constraints laid over the blended movement, for p b m and, lower lip to teeth, for f v."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...bridge.data import Phoneme
from ...bridge.data.ipa import is_bilabial, is_labiodental

_HELD_SHARE = 0.75
"""The lips are together for the first three quarters of the sound, then they open into the next."""
_SHORTEST_HOLD_S = 0.04
_CLOSING_S = 0.05
_OPENING_S = 0.04
_HEARD = 0.2
"""A contact that is missed is seen sooner than one too many, and voices that a model never met are heard with less certainty."""
_HEARD_WAY = 0.713
"""Of a way in or out that `strength` has left where it is 0.2."""


@dataclass(frozen=True, eq=False)
class Contacts:
    """N spans in order of time in which the lips are held: start_s, end_s (N,) seconds."""

    start_s: np.ndarray
    end_s: np.ndarray

    def strength(self, times_s: np.ndarray) -> np.ndarray:
        """0..1 at each time (T,): 1 while held, with a smooth way in and out."""
        strength = np.zeros(len(times_s))
        if not len(self.start_s):
            return strength
        last = np.searchsorted(self.start_s, times_s, side="right") - 1
        for index in (last, last + 1):
            is_there = (index >= 0) & (index < len(self.start_s))
            index = np.clip(index, 0, len(self.start_s) - 1)
            way = np.maximum((self.start_s[index] - times_s) / _CLOSING_S, (times_s - self.end_s[index]) / _OPENING_S)
            closeness = np.where(is_there, np.clip(1.0 - way, 0.0, 1.0), 0.0)
            strength = np.maximum(strength, closeness * closeness * (3.0 - 2.0 * closeness))
        return strength

    def widened(self, fps: float) -> "Contacts":
        """Holds of one frame at least, so that some frame falls into each."""
        missing_s = 0.5 * np.maximum(1.0 / fps - (self.end_s - self.start_s), 0.0)
        return Contacts(self.start_s - missing_s, self.end_s + missing_s)


def lip_closures(phonemes: Sequence[Phoneme], fps: float = np.inf) -> Contacts:
    """The holds of p b m. At a low frame rate they widen to one frame, so that some frame falls into each."""
    return _contacts([phoneme for phoneme in phonemes if is_bilabial(phoneme.symbol)], fps)


def lip_bites(phonemes: Sequence[Phoneme], fps: float = np.inf) -> Contacts:
    """The holds of f v."""
    return _contacts([phoneme for phoneme in phonemes if is_labiodental(phoneme.symbol)], fps)


def _contacts(phonemes: Sequence[Phoneme], fps: float) -> Contacts:
    start_s = np.array([phoneme.start_s for phoneme in phonemes])
    end_s = np.array([phoneme.end_s for phoneme in phonemes])
    held_s = np.maximum(_HELD_SHARE * (end_s - start_s), _SHORTEST_HOLD_S)
    return Contacts(start_s, start_s + held_s).widened(fps)


def heard_contacts(probability: np.ndarray, steps_per_second: float) -> Contacts:
    """How likely a contact is at each step, (T,) 0..1 -> where it is above _HEARD, less the ways in and out.

    The likelihood is that of a model which learnt `strength`, and crosses _HEARD where that does.
    """
    above = np.concatenate([[False], probability > _HEARD, [False]])
    padded = np.concatenate([[0.0], probability, [0.0]]).astype(np.float64)
    rises, falls = np.flatnonzero(~above[:-1] & above[1:]), np.flatnonzero(above[:-1] & ~above[1:])
    shares = [(_HEARD - padded[edges]) / (padded[edges + 1] - padded[edges]) for edges in (rises, falls)]
    start_s = (rises - 1 + shares[0]) / steps_per_second + _HEARD_WAY * _CLOSING_S
    end_s = (falls - 1 + shares[1]) / steps_per_second - _HEARD_WAY * _OPENING_S
    middle_s = 0.5 * (start_s + end_s)
    return Contacts(np.minimum(start_s, middle_s), np.maximum(end_s, middle_s))
