"""The voices that synthetic speech is made with, and how one sentence is to be read."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...bridge.data import Phoneme

SynthesizerName = Literal["flite", "festival", "espeak"]


@dataclass(frozen=True)
class Voice:
    """name: unique here. code: what the synthesizer calls it."""

    name: str
    synthesizer: SynthesizerName
    code: str
    language: str


@dataclass(frozen=True)
class Reading:
    """How a sentence is said. stretch: durations over the voice's own. size: the speaker's; above 1 is deeper."""

    text: str
    stretch: float
    size: float


@dataclass(frozen=True, eq=False)
class Utterance:
    """samples: (S,) float32. phonemes tile the sound, exact to a few milliseconds."""

    samples: np.ndarray
    sample_rate: int
    phonemes: tuple[Phoneme, ...]


VOICES: tuple[Voice, ...] = (
    *(Voice(f"flite-{code}", "flite", code, "en") for code in ("awb", "rms", "slt")),
    Voice("festival-ked", "festival", "ked_diphone", "en"),
    Voice("festival-kal", "festival", "kal_diphone", "en"),
    Voice("festival-lp", "festival", "lp_diphone", "it"),
    Voice("festival-pc", "festival", "pc_diphone", "it"),
    Voice("festival-lj", "festival", "suo_fi_lj_diphone", "fi"),
    Voice("festival-mv", "festival", "hy_fi_mv_diphone", "fi"),
    *(Voice(f"festival-{code}", "festival", f"czech_{code}", "cs") for code in ("ph", "dita", "krb", "machac")),
    Voice("festival-nsh", "festival", "msu_ru_nsh_clunits", "ru"),
    Voice("festival-ona", "festival", "upc_ca_ona_hts", "ca"),
    *(
        Voice(f"espeak-{language}-{variant}", "espeak", f"{code}+{variant}", language)
        for language, code in (("es", "es"), ("fr", "fr"), ("de", "de"))
        for variant in ("m3", "f2")
    ),
)

_STRETCH = (0.75, 1.35)
_SIZE = (0.86, 1.17)
_OWN_SIZE_SHARE = 0.3


def readings(texts: Sequence[str], seed: str) -> list[Reading]:
    """Every text in a tempo, and mostly a size of its own; the same for the same seed."""
    draw = random.Random(seed)
    sizes = [1.0 if draw.random() < _OWN_SIZE_SHARE else draw.uniform(*_SIZE) for _ in texts]
    return [Reading(text, draw.uniform(*_STRETCH), size) for text, size in zip(texts, sizes, strict=True)]
