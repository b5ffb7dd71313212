"""Which of a rig's own names mean the wanted ones, when they differ in case, separators, prefix and side mark alone."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_SIDE_MARK = re.compile(r"[ _.\-](l|r)$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """`mixamorig:Head` -> head, `mouthSmile_L` -> mouthsmileleft, `Jaw_Open` -> jawopen."""
    name = name.rsplit(":", 1)[-1]
    name = _SIDE_MARK.sub(lambda mark: {"l": "left", "r": "right"}[mark[1].lower()], name)
    return re.sub(r"[ _.\-]", "", name).lower()


def matched_names(wanted: Sequence[str], available: Iterable[str]) -> dict[str, str]:
    """wanted name -> the name that the rig has for it; an exact match wins. Names without a match are left out."""
    available = list(available)
    exact = set(available)
    plain: dict[str, str] = {}
    for name in available:
        plain.setdefault(plain_name(name), name)
    found = {name: name if name in exact else plain.get(plain_name(name)) for name in wanted}
    return {name: match for name, match in found.items() if match is not None}
