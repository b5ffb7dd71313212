"""The mouth shapes of speech sounds, and which sound takes which."""

from functools import cache

from ...bridge.data.ipa import Sound, sounds

VISEME_NAMES: tuple[str, ...] = (
    "rest", "pause", "lips_closed", "lip_bite", "tongue_teeth", "tongue_ridge", "hiss", "hush", "lateral", "rhotic",
    "tongue_back", "breath", "glide_round", "glide_spread", "ee", "ih", "eh", "ae", "ah", "uh", "er", "oh", "oo_lax", "oo",
)  # fmt: skip
VISEME_INDEX: dict[str, int] = {name: index for index, name in enumerate(VISEME_NAMES)}

_VOWEL_ANCHORS: tuple[tuple[str, float, float, bool], ...] = (
    ("ee", 0.0, 0.0, False), ("ih", 0.2, 0.2, False), ("eh", 0.5, 0.1, False), ("ae", 0.9, 0.1, False), ("ah", 1.0, 0.8, False),
    ("uh", 0.55, 0.6, False), ("oh", 0.45, 1.0, True), ("oo_lax", 0.2, 0.8, True), ("oo", 0.0, 0.8, True),
)  # fmt: skip
"""Viseme, openness, backness, rounding. Where the tongue lies matters less to the lips than how they are held."""


@cache
def visemes(symbol: str) -> tuple[int, ...]:
    """Indices into VISEME_NAMES of the shapes that one IPA symbol takes in turn: two for a diphthong, `rest` for silence."""
    return tuple(VISEME_INDEX[viseme_name(sound)] for sound in sounds(symbol)) or (VISEME_INDEX["rest"],)


def viseme_name(sound: Sound) -> str:
    if sound.kind == "vowel":
        return _vowel_viseme(sound)
    if sound.is_rounded and sound.manner == "approximant":
        return "glide_round"
    if sound.closes_lips:
        return "lips_closed"
    if sound.place in ("labiodental", "bilabial"):
        return "lip_bite"
    if sound.manner == "lateral":
        return "lateral"
    if sound.place in ("alveolar", "retroflex") and sound.manner == "approximant":
        return "rhotic"
    by_place = {
        "dental": "tongue_teeth", "alveolar": "hiss" if sound.manner == "fricative" else "tongue_ridge",
        "retroflex": "tongue_ridge", "postalveolar": "hush", "palatal": "glide_spread",
        "glottal": "breath", "pharyngeal": "breath",
    }  # fmt: skip
    return by_place.get(sound.place, "tongue_back")


def _vowel_viseme(vowel: Sound) -> str:
    if vowel.manner == "rhotic":
        return "er"

    def distance(anchor: tuple[str, float, float, bool]) -> float:
        _, openness, backness, is_rounded = anchor
        return abs(vowel.openness - openness) + 0.3 * abs(vowel.backness - backness) + (vowel.is_rounded != is_rounded)

    return min(_VOWEL_ANCHORS, key=distance)[0]
