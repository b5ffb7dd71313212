"""Sentences to be read by synthesizers: drawn from small grammars, so that no text corpus is needed."""

import json
import random
from functools import cache
from pathlib import Path

from ...bridge.errors import InvalidInput

LEXICON_PATH = Path(__file__).with_name("lexicon.json")
PHRASE_SHARE = 0.15


@cache
def _lexicon() -> dict[str, dict[str, list[str]]]:
    return json.loads(LEXICON_PATH.read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """Language codes that sentences can be drawn in."""
    return tuple(_lexicon())


def sentences(language: str, count: int, seed: int) -> list[str]:
    """`count` sentences, the same for the same seed; the first `n` do not depend on `count`."""
    if language not in _lexicon():
        raise InvalidInput(f"There are no sentences in {language!r}. Choose from: {', '.join(languages())}.")
    words = _lexicon()[language]
    draw = random.Random(f"{language} {seed}")
    return [_sentence(words, draw) for _ in range(count)]


def _sentence(words: dict[str, list[str]], draw: random.Random) -> str:
    if draw.random() < PHRASE_SHARE:
        return draw.choice(words["phrase"])
    parts = [draw.choice(words[part]) for part in ("subject", "verb", "object")]
    if draw.random() < 0.6:
        parts.append(draw.choice(words["place"]))
    text = " ".join(parts)
    return text[0].upper() + text[1:] + draw.choices((".", "?", "!"), (8, 1, 1))[0]
