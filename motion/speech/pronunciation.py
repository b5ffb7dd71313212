"""How English words are said, in pocketsphinx's ARPABET: for the words that its dictionary does not hold."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from ...bridge.data.ipa import Sound, sounds
from ...bridge.errors import InvalidInput, ModelMissing

ARPABET_TO_IPA: dict[str, str] = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "t͡ʃ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "d͡ʒ", "K": "k", "L": "l",
    "M": "m", "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ",
    "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
_IPA_TO_ARPABET = {ipa: arpabet for arpabet, ipa in ARPABET_TO_IPA.items()}
_ENGLISH_OR_LETTER = re.compile("|".join([*sorted(_IPA_TO_ARPABET, key=len, reverse=True), "."]))
_SHARED_PLACES = {
    "retroflex": "alveolar", "palatal": "postalveolar", "uvular": "velar", "pharyngeal": "glottal", "bilabial": "labiodental",
}  # fmt: skip
"""Where English has no such sound at one place, the next place that has."""


def guessed_pronunciation(word: str) -> list[str]:
    """ARPABET of a word that no dictionary holds, by hama's letter-to-sound model."""
    found = arpabet(_speller().predict(word).ipa)
    if not found:
        raise InvalidInput(f"It is not clear how {word!r} is said. Write the word in English letters, as it sounds.")
    return found


def arpabet(ipa: str) -> list[str]:
    """Sounds written in IPA -> the ARPABET of those English sounds that come nearest."""
    found: list[str] = []
    for piece in _ENGLISH_OR_LETTER.findall(ipa):
        found += [_IPA_TO_ARPABET[piece]] if piece in _IPA_TO_ARPABET else [_nearest(sound) for sound in sounds(piece)]
    return found


@cache
def _speller() -> Any:
    try:
        import hama

        return hama.G2PModel()
    except (ImportError, RuntimeError) as error:
        raise ModelMissing(
            "The text has words that the dictionary does not know, and `hama`, which sounds them out, does not run here. "
            "Write them in common words that sound alike, or install it with `pip install hama==1.7.0` (Linux and macOS)."
        ) from error


@cache
def _nearest(sound: Sound) -> str:
    return min(_IPA_TO_ARPABET.items(), key=lambda entry: _difference(sound, sounds(entry[0])))[1]


def _difference(sound: Sound, english: Sequence[Sound]) -> float:
    other = english[0]
    if len(english) > 1 or sound.kind != other.kind:
        return 100.0
    vowel = abs(sound.openness - other.openness) + abs(sound.backness - other.backness)
    place = 0.0 if sound.place == other.place else 1.0 if _SHARED_PLACES.get(sound.place) == other.place else 4.0
    return 2.0 * vowel + place + (sound.manner != other.manner) + 0.5 * (sound.is_rounded != other.is_rounded)
