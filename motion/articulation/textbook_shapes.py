"""What phonetics books say of each viseme, in ARKit weights: where calibration starts, and keeps to where faces tell nothing."""

import numpy as np

from .mouth_shapes import ARTICULATOR_NAMES, CHANNEL_NAMES, MouthShapes
from .visemes import VISEME_NAMES

_SHAPES: dict[str, str] = {
    # viseme: jaw open, jaw forward | lower lip down, upper lip up, tongue out | funnel, pucker, stretch, smile; hundredths
    "rest": "3 0 | 0 0 0 | 0 0 0 0",
    "pause": "8 0 | 2 0 0 | 0 0 0 0",
    "lips_closed": "2 0 | -10 -10 0 | 0 0 0 0",
    "lip_bite": "6 0 | -10 0 0 | 0 0 5 3",
    "tongue_teeth": "12 0 | 16 5 18 | 0 0 8 3",
    "tongue_ridge": "12 0 | 16 6 0 | 0 0 8 4",
    "hiss": "7 4 | 32 16 0 | 0 0 22 10",
    "hush": "10 8 | 24 22 0 | 50 26 0 0",
    "lateral": "16 0 | 14 6 3 | 0 0 6 4",
    "rhotic": "10 2 | 12 8 0 | 28 18 0 0",
    "tongue_back": "16 0 | 14 6 0 | 0 0 6 3",
    "breath": "16 0 | 10 4 0 | 0 0 4 2",
    "glide_round": "6 2 | -4 -2 0 | 22 85 0 0",
    "glide_spread": "10 0 | 20 8 0 | 0 0 16 14",
    "ee": "14 0 | 26 12 0 | 0 0 26 24",
    "ih": "18 0 | 20 8 0 | 0 0 14 12",
    "eh": "28 0 | 20 8 0 | 0 0 12 10",
    "ae": "40 0 | 26 10 0 | 0 0 14 8",
    "ah": "44 0 | 14 6 0 | 4 0 0 0",
    "uh": "26 0 | 12 6 0 | 2 0 4 2",
    "er": "16 2 | 12 6 0 | 26 16 0 0",
    "oh": "32 0 | 6 4 0 | 46 36 0 0",
    "oo_lax": "18 0 | 6 2 0 | 32 45 0 0",
    "oo": "12 2 | 0 0 0 | 30 85 0 0",
}  # fmt: skip
_ROUNDED = ("hush", "rhotic", "glide_round", "er", "oh", "oo_lax", "oo")
_FIRM = ("lips_closed", "lip_bite", "hush", "glide_round", "ee", "ae", "ah", "oh", "oo")
_LOOSE = ("tongue_ridge", "tongue_back", "breath", "uh", "pause")
_REACH_S = 0.055
_ROUNDING_REACH_S = 0.12
"""Rounding begins a tenth of a second and more before its vowel is heard (Perkell and Matthies 1992)."""


def textbook_shapes() -> MouthShapes:
    rows = [[float(value) / 100.0 for value in _SHAPES[name].replace("|", " ").split()] for name in VISEME_NAMES]
    targets = np.array(rows).reshape(len(VISEME_NAMES), len(CHANNEL_NAMES))
    strength = np.zeros((len(VISEME_NAMES), len(ARTICULATOR_NAMES)))
    before_s, after_s = np.full_like(strength, _REACH_S), np.full_like(strength, _REACH_S)
    width = ARTICULATOR_NAMES.index("width")
    for index, name in enumerate(VISEME_NAMES):
        strength[index] += (name in _FIRM) - float(name in _LOOSE)
        if name in _ROUNDED:
            before_s[index, width] = _ROUNDING_REACH_S
    return MouthShapes(targets, strength, before_s, after_s, loudness_gain=np.array([0.25, 0.12, 0.05]), falloff=1.3)
