"""What the mouth does in a speech sound: the chart of the International Phonetic Alphabet as features."""

import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from .phoneme import SILENCE


@dataclass(frozen=True)
class Sound:
    """One vowel or consonant as the mouth makes it. openness, backness: 0..1, of vowels (front and close are 0)."""

    kind: Literal["consonant", "vowel"]
    place: str = ""
    manner: str = ""
    is_rounded: bool = False
    openness: float = 0.0
    backness: float = 0.0

    @property
    def closes_lips(self) -> bool:
        return self.place == "bilabial" and self.manner in ("stop", "nasal", "trill")

    @property
    def bites_lip(self) -> bool:
        """The lower lip meets the upper teeth."""
        return self.place == "labiodental"


_CONSONANTS: dict[tuple[str, str], str] = {
    ("bilabial", "stop"): "pbɓʘ", ("bilabial", "nasal"): "m", ("bilabial", "trill"): "ʙ", ("bilabial", "fricative"): "ɸβ",
    ("labiodental", "nasal"): "ɱ", ("labiodental", "fricative"): "fv", ("labiodental", "approximant"): "ʋⱱ",
    ("dental", "fricative"): "θð", ("dental", "click"): "ǀ",
    ("alveolar", "stop"): "tdɗ", ("alveolar", "nasal"): "n", ("alveolar", "trill"): "rɾ", ("alveolar", "fricative"): "sz",
    ("alveolar", "lateral"): "lɫɬɮɺǁ", ("alveolar", "approximant"): "ɹ", ("alveolar", "click"): "ǃ",
    ("postalveolar", "fricative"): "ʃʒɕʑʂʐɧ", ("retroflex", "stop"): "ʈɖ", ("retroflex", "nasal"): "ɳ",
    ("retroflex", "trill"): "ɽ", ("retroflex", "lateral"): "ɭ", ("retroflex", "approximant"): "ɻ",
    ("palatal", "stop"): "cɟʄǂ", ("palatal", "nasal"): "ɲ", ("palatal", "fricative"): "çʝ", ("palatal", "lateral"): "ʎ",
    ("palatal", "approximant"): "j",
    ("velar", "stop"): "kgɡɠ", ("velar", "nasal"): "ŋ", ("velar", "fricative"): "xɣ", ("velar", "lateral"): "ʟ",
    ("velar", "approximant"): "ɰ", ("uvular", "stop"): "qɢʛ", ("uvular", "nasal"): "ɴ", ("uvular", "trill"): "ʀ",
    ("uvular", "fricative"): "χʁ", ("pharyngeal", "fricative"): "ħʕʜʢ", ("glottal", "stop"): "ʔʡ", ("glottal", "fricative"): "hɦ",
}  # fmt: skip
_ROUNDED_CONSONANTS = {"w": "velar", "ʍ": "velar", "ɥ": "palatal"}
_VOWELS: dict[float, tuple[str, str, str]] = {
    0.0: ("iy", "ɨʉ", "ɯu"), 0.2: ("ɪʏ", "", "ʊ"), 0.35: ("eø", "ɘɵ", "ɤo"), 0.5: ("", "əɚ", ""),
    0.65: ("ɛœ", "ɜɞɝ", "ʌɔ"), 0.85: ("æ", "ɐ", ""), 1.0: ("aɶ", "", "ɑɒ"),
}  # fmt: skip
"""Openness -> front, central and back vowels."""
_ROUNDED_VOWELS = "yʉuʏʊøɵoœɞɔɶɒ"
_ROUNDING_MARKS = "ʷᵝ"


def _chart() -> dict[str, Sound]:
    chart = {letter: Sound("consonant", place, manner) for (place, manner), letters in _CONSONANTS.items() for letter in letters}
    chart |= {letter: Sound("consonant", place, "approximant", True) for letter, place in _ROUNDED_CONSONANTS.items()}
    for openness, columns in _VOWELS.items():
        for backness, letters in zip((0.0, 0.5, 1.0), columns, strict=True):
            chart |= {
                letter: Sound("vowel", "", "rhotic" if letter in "ɚɝ" else "", letter in _ROUNDED_VOWELS, openness, backness)
                for letter in letters
            }
    return chart


SOUNDS: dict[str, Sound] = _chart()
"""Every letter of the chart; diacritics, tones and lengths do not move the lips and are left out."""


@cache
def sounds(symbol: str) -> tuple[Sound, ...]:
    """The sounds of one IPA symbol in order: two of a diphthong or of `p͡f`, one of an affricate, none of silence.

    Marks that are not on the chart are passed over: an unknown accent of `a` is still `a`; rounding marks round.
    """
    if symbol == SILENCE:
        return ()
    found: list[Sound] = []
    for letter in unicodedata.normalize("NFC", symbol):
        base = letter if letter in SOUNDS else unicodedata.normalize("NFD", letter)[0]
        if base in _ROUNDING_MARKS and found:
            found[-1] = replace(found[-1], is_rounded=True)
        if base not in SOUNDS:
            continue
        sound = SOUNDS[base]
        if found and _is_affricate(found[-1], sound):
            found.pop()
        found.append(sound)
    return tuple(found)


def _is_affricate(stop: Sound, release: Sound) -> bool:
    """A tongue's stop has the lips of its release: `t͡ʃ` looks like `ʃ`. Closed lips, as in `p͡f`, stay a sound of their own."""
    return stop.manner == "stop" and release.manner == "fricative" and not stop.closes_lips


def is_bilabial(symbol: str) -> bool:
    """Whether the lips must close: p b m and their kin in any language."""
    return any(sound.closes_lips for sound in sounds(symbol))


def is_labiodental(symbol: str) -> bool:
    """Whether the lower lip must meet the upper teeth: f v."""
    return any(sound.bites_lip for sound in sounds(symbol))


def is_vowel(symbol: str) -> bool:
    return bool(sounds(symbol)) and sounds(symbol)[0].kind == "vowel"
