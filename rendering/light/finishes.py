"""Finishes: how each region of a character answers to light, in one table."""

from dataclasses import dataclass

import numpy as np

from ...bridge.data import REGION_NAMES


@dataclass(frozen=True)
class Finish:
    """Of one region. matt, bounce, gloss: the shares that come back of what falls on it, of what neighbours throw on it, and of
    its reflection; cavity: the power of ambient occlusion that stands for hollows too fine for the horizon; specular: what it
    reflects head-on; roughness: in place of the G-buffer's, where a clear coat lies over the surface.
    """

    matt: float = 1.0
    cavity: float = 0.7
    bounce: float = 1.0
    gloss: float = 1.0
    specular: float = 0.04
    roughness: float | None = None


FINISHES: dict[str, Finish] = {
    "background": Finish(),
    "skin": Finish(1.0, 0.4, 1.0, 1.05, 0.028),
    "lips": Finish(0.95, 0.7, 0.2, 0.9, 0.028),
    "eyes": Finish(0.66, 0.9, 0.5, 0.1, 0.077, 0.25),
    "mouth": Finish(0.15, 0.9, 0.22, 0.12),
    "hair": Finish(0.57, 0.0, 0.95, 0.28, 0.028, 0.5),
    "hands": Finish(1.0, 0.4, 1.0, 1.05, 0.028),
    "clothes": Finish(1.04, 0.0, 1.0, 0.25, 0.028, 0.5),
}
"""Of `REGION_NAMES`; the shares are least squares over path-traced frames of the open human."""


def _column(name: str) -> np.ndarray:
    return np.array([getattr(FINISHES[region], name) or 0.0 for region in REGION_NAMES], np.float32)


MATT, CAVITY, BOUNCE = map(_column, ("matt", "cavity", "bounce"))
GLOSS, SPECULAR, COAT_ROUGHNESS = map(_column, ("gloss", "specular", "roughness"))
IS_COATED = np.array([FINISHES[region].roughness is not None for region in REGION_NAMES])
IS_SKIN = np.isin(REGION_NAMES, ("skin", "lips", "hands"))
"""Each by the index in REGION_NAMES."""
