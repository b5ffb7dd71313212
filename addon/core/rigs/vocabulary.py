"""The vocabularies of the field's faces, read from the project's own tables: which of a rig's parts mean which channels.

A table has `[keys]` (shape keys, or custom properties of a control rig), `[together]` (keys that stand for several others, used
where those are not there) and `[bones]`. Names with | between them are spellings of one thing; what they do is a `formula`. Of a
bone it begins with `rotate <axis>` (radians), `move <axis>` (shares of the distance between the eyes) or `aim <bone> <axis>` (a
target in front of the named eye bone; radians by which the eye turns).
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ....bridge.errors import InvalidInput
from .formula import Term, channels_of, formula

_FOLDER = Path(__file__).parents[2] / "assets" / "rigs" / "faces"
_VERBS = ("rotate", "move", "aim")


@dataclass(frozen=True)
class Motion:
    """What a bone does: verb, axis, the eye bone of `aim`, and by how much."""

    verb: str
    axis: str
    terms: tuple[Term, ...]
    aimed_from: str = ""


@dataclass(frozen=True)
class Entry:
    """A part of a rig. spellings: its names. terms: of a key; motions: of a bone. Both may be empty: a name that only tells."""

    spellings: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    motions: tuple[Motion, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        return channels_of((*self.terms, *(term for motion in self.motions for term in motion.terms)))


@dataclass(frozen=True)
class Vocabulary:
    """quality: how well a face of this kind can follow ARKit's 52, 0..1. fewest: matches needed for it to be recognised at all.

    signature: names of which one is needed, where others are shared with many rigs. has_jaw_bone: its jaw shapes do not open the
    mouth by themselves.
    """

    identifier: str
    title: str
    quality: float
    fewest: int
    signature: tuple[str, ...]
    keys: tuple[Entry, ...]
    together: tuple[Entry, ...]
    bones: tuple[Entry, ...]
    has_jaw_bone: bool


@cache
def vocabularies() -> tuple[Vocabulary, ...]:
    """All that ship, best faces first."""
    paths = sorted(_FOLDER.glob("*.toml"))
    found = [vocabulary_from_toml(path.stem, path.read_text(encoding="utf-8")) for path in paths]
    return tuple(sorted(found, key=lambda vocabulary: -vocabulary.quality))


def vocabulary_from_toml(identifier: str, text: str) -> Vocabulary:
    """Read one table. Raises InvalidInput where it cannot be read."""
    try:
        table = tomllib.loads(text)
        return Vocabulary(
            identifier,
            table["title"],
            float(table["quality"]),
            int(table["fewest"]),
            tuple(table.get("signature", ())),
            tuple(Entry(_spellings(names), formula(line)) for names, line in table.get("keys", {}).items()),
            tuple(Entry(_spellings(names), formula(line)) for names, line in table.get("together", {}).items()),
            tuple(_bone(names, lines) for names, lines in table.get("bones", {}).items()),
            bool(table.get("has_jaw_bone", False)),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"The vocabulary {identifier} cannot be read: {error}.") from error


def _spellings(names: str) -> tuple[str, ...]:
    return tuple(names.split("|"))


def _bone(names: str, lines: list[Any]) -> Entry:
    return Entry(_spellings(names), motions=tuple(_motion(line) for line in lines))


def _motion(line: str) -> Motion:
    verb, *rest = line.split()
    if verb not in _VERBS:
        raise InvalidInput(f"A bone can {', '.join(_VERBS)}; {line!r} says something else.")
    eye = rest.pop(0) if verb == "aim" else ""
    axis, *words = rest
    return Motion(verb, axis, formula(" ".join(words)), eye)
