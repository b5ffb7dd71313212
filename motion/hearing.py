"""Hearing: what an engine hears in a line, everything that does not depend on style."""

from dataclasses import dataclass

import numpy as np

from ..bridge.data import Phoneme
from .articulation.closures import Contacts
from .speech.prosody import Prosody


@dataclass(frozen=True, eq=False)
class Hearing:
    """A line as `engine` heard it.

    phonemes: the sounds, where the words were given or the engine recognises sounds; else its contacts, `p` for each time that
    the lips meet and `f` for each bite of the lower lip. features: (T, D) float16 of the engine's speech encoder, or None.
    closures, bites: when lips are held together, and the lower lip to the teeth.
    """

    duration_s: float
    prosody: Prosody
    phonemes: tuple[Phoneme, ...]
    closures: Contacts
    bites: Contacts
    source: str = ""
    engine: str = ""
    features: np.ndarray | None = None
