"""What a vocabulary says of a target, in one line: `2.2 jawOpen !1.3mouthPucker - 2.2 mouthClose`.

Terms add up. A term is a number (1 where none is given), a channel, and factors: `*channel` multiplies with another channel,
`!channel` with what that leaves of 1, each with a number of its own before the channel, and within 0..1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ....bridge.data import ARKIT_INDEX
from ....bridge.errors import InvalidInput
from ....bridge.rigs import MappingFactor

_WORD = re.compile(r"(?P<mark>[*!]?)(?P<number>-?\d*\.?\d*)(?P<channel>[A-Za-z_][\w.]*)?")


@dataclass(frozen=True)
class Term:
    """gain * channel * factors."""

    gain: float
    channel: str
    factors: tuple[MappingFactor, ...] = ()


def formula(text: str) -> tuple[Term, ...]:
    """Read a line. Raises InvalidInput naming the word that cannot be read."""
    terms: list[Term] = []
    sign, gain, channel, marked = 1.0, 1.0, "", []
    for word in [*text.split(), "+"]:
        if word in ("+", "-"):
            if channel:
                terms.append(Term(sign * gain, channel, tuple(marked)))
            sign, gain, channel, marked = -1.0 if word == "-" else 1.0, 1.0, "", []
            continue
        found = _WORD.fullmatch(word)
        if found is None or (found["mark"] and not found["channel"]) or found["number"] in ("-", "."):
            raise InvalidInput(f"In the formula {text!r}, {word!r} is neither a number nor a channel.")
        number = float(found["number"] or 1.0)
        if found["mark"]:
            marked.append(MappingFactor(found["channel"], found["mark"] == "!", number))
        else:
            gain *= number
            channel = found["channel"] or channel
    return tuple(terms)


def channels_of(terms: tuple[Term, ...]) -> tuple[str, ...]:
    """The ARKit channels that terms add up, without factors."""
    return tuple(dict.fromkeys(term.channel for term in terms if term.channel in ARKIT_INDEX))


def factors(text: str) -> tuple[MappingFactor, ...]:
    """Factors alone, as `*jawOpen !1.3mouthPucker`. Raises InvalidInput."""
    found = formula(f"1 jawOpen {text}")
    if len(found) != 1 or len(found[0].factors) != len(text.split()) or found[0].channel != "jawOpen":
        raise InvalidInput(f"{text!r} does not read as factors: give channels as *jawOpen or !jawOpen, apart by blanks.")
    return found[0].factors


def factors_text(parts: Sequence[MappingFactor]) -> str:
    """What `factors` reads."""
    numbers = (f"{part.gain:.9g}" if part.gain != 1.0 else "" for part in parts)
    return " ".join(
        f"{'!' if part.is_complement else '*'}{number}{part.channel}" for part, number in zip(parts, numbers, strict=True)
    )
