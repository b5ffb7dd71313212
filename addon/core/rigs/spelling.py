"""How a rig spells a name that a vocabulary knows: case, separators, side marks, numbers, prefixes and endings of its own."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

_TOKENS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_SIDES = {"l": "left", "r": "right", "lf": "left", "rt": "right", "lft": "left", "rgt": "right", "左": "left", "右": "right"}
_JAPANESE_SIDE = re.compile(r"^(左|右)(?=.)|(?<=.)(左|右)$")
_SHORT = 3
"""A name of fewer letters may stand by chance at the end of another: it needs a prefix that the rig uses again and again."""
_COMMON = 3
_EMPTY_WORDS = frozenset({"mesh", "shape", "shapes", "geo", "key", "morph", "bs", "target", "ctrl"})
"""Words at the end of a name that say nothing of what it does; others do, as in Mouth_Upper."""

EXACT, SPELLED, PREFIXED, LIKELY = 1.0, 0.98, 0.9, 0.6
"""Confidence: the same name; other case, separators or side marks; an affix that the rig has often; one that it has not."""


@lru_cache(maxsize=65536)
def tokens(name: str) -> tuple[str, ...]:
    """`CTRL_expressions_browDownL` -> (ctrl, expressions, brow, down, left); the one side mark of a name goes to its end."""
    name = _JAPANESE_SIDE.sub(lambda mark: f"_{mark[0]}_", unicodedata.normalize("NFKC", name))
    words: list[str] = [word.lower() for word in _TOKENS.findall(name)]
    parts = [_SIDES.get(word, word) for word in words]
    sides = [part for part in parts if part in ("left", "right")]
    if len(sides) == 1 and len(parts) > 1:
        parts.remove(sides[0])
        parts.append(sides[0])
    return tuple(parts)


def plain(name: str) -> str:
    """What two spellings of a name have in common: `Eye_Blink_L` and `eyeBlinkLeft` -> eyeblinkleft."""
    return "".join(tokens(name))


class Spellings:
    """The names of one object, by all that they could be meant for. affixes: what `common_affixes` says of its character."""

    def __init__(self, names: Iterable[str], affixes: Mapping[tuple[str, ...], int]) -> None:
        self._exact = frozenset(names := list(names))
        self._plain: dict[str, str] = {}
        self._within: dict[str, tuple[str, float]] = {}
        parts = {name: tokens(name) for name in names}
        for name, own in parts.items():
            self._plain.setdefault("".join(own), name)
        for name, own in parts.items():
            for meant, affix in _readings(own):
                is_common = affixes.get(affix, 0) >= _COMMON
                confidence = PREFIXED if is_common else LIKELY
                if (is_common or len(meant) >= _SHORT) and confidence > self._within.get(meant, ("", 0.0))[1]:
                    self._within[meant] = name, confidence

    def find(self, wanted: str) -> tuple[str, float] | None:
        """The object's own name for a vocabulary's, with the confidence that it is meant; None where it has none."""
        if wanted in self._exact:
            return wanted, EXACT
        key = plain(wanted)
        if key in self._plain:
            return self._plain[key], SPELLED
        return self._within.get(key)


def common_affixes(names: Iterable[str]) -> Mapping[tuple[str, ...], int]:
    """How many of a character's names carry each prefix or ending."""
    return Counter(affix for name in set(names) for affix in {affix for _, affix in _readings(tokens(name))})


def _readings(own: tuple[str, ...]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """What remains of a name without the tokens before or the empty words after it, and what those were (numbers aside)."""
    side = own[-1:] if own and own[-1] in ("left", "right") else ()
    body = own[: len(own) - len(side)]
    for cut in range(1, len(body)):
        yield "".join(body[cut:] + side), ("before", *(part for part in body[:cut] if not part.isdigit()))
        after = tuple(part for part in body[-cut:] if not part.isdigit())
        if set(after) <= _EMPTY_WORDS:
            yield "".join(body[:-cut] + side), ("after", *after)
