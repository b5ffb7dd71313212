"""What the extension says, in other languages: a table for each, from the English text, and the look-up in it.

A text with parts that change stands in a table with {} for each part, and is found again by its shape: who raises an error
or draws a label says it in plain English, and need not know of languages. In a translation, {0} and {1} may change places.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

LOCALES = ("zh_HANS", "ja_JP")
"""As Blender calls them."""


@lru_cache
def table(locale: str) -> dict[str, str]:
    """English text -> its translation; empty where there is none for that language."""
    path = Path(__file__).with_name(f"{locale}.json")
    return json.loads(path.read_text(encoding="utf-8")) if locale in LOCALES else {}


def translated(text: str, locale: str) -> str:
    """The text in another language; as it is where the table has nothing of its shape."""
    known = table(locale)
    if not known or text in known:
        return known.get(text, text)
    for pattern, translation in _shapes(locale):
        if found := pattern.fullmatch(text):
            return translation.format(*(translated(part, locale) for part in found.groups()))
    return text


@lru_cache
def _shapes(locale: str) -> list[tuple[re.Pattern[str], str]]:
    """Texts with parts, as patterns; those with the most letters of their own first."""
    keys = sorted((key for key in table(locale) if "{}" in key), key=len, reverse=True)
    return [(re.compile("(.*?)".join(map(re.escape, key.split("{}"))), re.DOTALL), table(locale)[key]) for key in keys]
