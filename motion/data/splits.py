"""Who trains and who judges: splits that no sentence and no speaker crosses."""

import hashlib
from collections.abc import Sequence
from typing import Literal

from .corpus import ClipLabel

Split = Literal["train", "validation"]
HELD_OUT_SPEAKER = "-validation"
"""How the name of a speaker ends whom a corpus keeps for validation."""
_HELD_OUT_SHARE = 0.1


def split_by_sentence(labels: Sequence[ClipLabel]) -> list[Split]:
    """A tenth of the sentences is held out, whoever says them; an unknown sentence counts as one of its own."""
    return [
        "validation" if label.speaker.endswith(HELD_OUT_SPEAKER) else _split(f"{label.language} {label.sentence or label.name}")
        for label in labels
    ]


def split_by_speaker(labels: Sequence[ClipLabel]) -> list[Split]:
    """The speakers with the lowest hashes are held out: a tenth of them, at least one where there are two."""
    speakers = sorted({label.speaker for label in labels}, key=_hash)
    held_out = set(speakers[: max(round(_HELD_OUT_SHARE * len(speakers)), len(speakers) > 1)])
    return ["validation" if label.speaker in held_out else "train" for label in labels]


def _split(key: str) -> Split:
    return "validation" if _hash(key) < _HELD_OUT_SHARE else "train"


def _hash(key: str) -> float:
    """0..1, the same on every machine."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64
