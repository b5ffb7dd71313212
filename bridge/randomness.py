"""One random stream for each part of a performance, so that changing one part never changes another."""

import numpy as np

PARTS: tuple[str, ...] = ("lips", "upper_face", "blinks", "gaze", "head", "gestures", "emotion")
"""A part's position is its stream: append, never reorder, or old seeds give other takes."""


def part_rng(seed: int, part: str) -> np.random.Generator:
    """The stream of `part` in the take `seed`; the same two give the same numbers on every machine."""
    return np.random.default_rng([seed, PARTS.index(part)])
