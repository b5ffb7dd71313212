"""FACEGOOD-Audio2Face: one Chinese speaker with hand-cleaned curves of a game rig (MIT), as ARKit weights."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile

from ...bridge.data import AudioClip
from ...bridge.errors import InvalidInput
from .build import Part
from .corpus import ClipLabel, CorpusClip, CorpusHeader
from .splits import HELD_OUT_SPEAKER

FPS = 30.0
VALIDATION_TAKES = ("facegood_3_15", "facegood_3_16")
_LAG_FRAMES = 1
"""The curves lag the sound by one frame."""
_SUCK_OF_CLOSED_LIPS, _PRESS_OF_CLOSED_LIPS = 0.25, 0.45
"""The speaker closes the lips over a half-open jaw by suck and press: at these weights they meet."""

RIG_MEANS: dict[str, tuple[str, ...]] = {
    "jawOpen": ("mouth_stretch_c",),
    "mouthFunnel": ("mouth_funnel_dl", "mouth_funnel_dr", "mouth_funnel_ul", "mouth_funnel_ur"),
    "mouthPucker": ("mouth_pucker_l", "mouth_pucker_r"),
    "mouthPressLeft": ("mouth_press_l",), "mouthPressRight": ("mouth_press_r",),
    "mouthRollLower": ("mouth_suck_dl", "mouth_suck_dr"), "mouthRollUpper": ("mouth_suck_ul", "mouth_suck_ur"),
    "mouthLowerDownLeft": ("mouth_lowerLipDepress_l",), "mouthLowerDownRight": ("mouth_lowerLipDepress_r",),
    "mouthUpperUpLeft": ("mouth_upperLipRaise_l",), "mouthUpperUpRight": ("mouth_upperLipRaise_r",),
    "mouthStretchLeft": ("mouth_lipStretch_l",), "mouthStretchRight": ("mouth_lipStretch_r",),
    "mouthSmileLeft": ("mouth_lipCornerPull_l",), "mouthSmileRight": ("mouth_lipCornerPull_r",),
    "mouthDimpleLeft": ("mouth_dimple_l",), "mouthDimpleRight": ("mouth_dimple_r",),
    "mouthShrugLower": ("mouth_chinRaise_d",), "mouthShrugUpper": ("mouth_chinRaise_u",),
}  # fmt: skip
"""ARKit's blend shape -> the rig's curves of which it is the mean."""
RIG_ROUNDINGS: dict[str, dict[str, float]] = {
    "mouth_oh_c": {"jawOpen": 0.25, "mouthFunnel": 0.5, "mouthPucker": 0.3},
    "mouth_oo_c": {"mouthPucker": 0.7, "mouthFunnel": 0.3},
}
"""The rig's shapes of whole vowels -> what they add to ARKit's shapes."""

HEADER = CorpusHeader(FPS, (*RIG_MEANS, "mouthClose"), {"source": "FACEGOOD-Audio2Face", "licence": "MIT"})


def facegood_parts(folder: Path) -> list[Part]:
    """One part for each take; those for validation are labelled with another speaker's name, so that a split keeps them apart."""
    takes = sorted(path.with_suffix("") for path in folder.glob("*.npz"))
    if not takes:
        raise InvalidInput(f"{folder} has no takes. Give the folder of recordings (flac) and curves (npz).")
    return [Part(take.name, lambda take=take: [facegood_clip(take)]) for take in takes]


def facegood_clip(stem: Path) -> CorpusClip:
    samples, sample_rate = soundfile.read(stem.with_suffix(".flac"), dtype="float32")
    with np.load(stem.with_suffix(".npz"), allow_pickle=False) as take:
        if float(take["fps"]) != FPS:
            raise InvalidInput(f"{stem}: the curves are at {float(take['fps'])} frames per second, not {FPS}.")
        rig = dict(zip(take["names"].tolist(), take["weights"].T.astype(np.float64), strict=True))
    arkit = rig_to_arkit(rig)
    curves = np.stack([arkit[name] for name in HEADER.curve_names], axis=1)
    curves = np.concatenate([curves[_LAG_FRAMES:], np.repeat(curves[-1:], _LAG_FRAMES, axis=0)])
    speaker = f"facegood{HELD_OUT_SPEAKER}" if stem.name in VALIDATION_TAKES else "facegood"
    label = ClipLabel(stem.name, speaker, "", "zh")
    return CorpusClip(label, AudioClip(samples, sample_rate, stem.name), curves, np.ones(len(curves), bool))


def rig_to_arkit(rig: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Curves of the game rig by name -> ARKit weights by name, (F,) each, 0..1. Raises InvalidInput where a curve is missing."""
    missing = [name for names in (*RIG_MEANS.values(), tuple(RIG_ROUNDINGS)) for name in names if name not in rig]
    if missing:
        raise InvalidInput(f"The take lacks the curves {', '.join(missing)}: it is not of FACEGOOD's rig.")
    arkit = {name: np.mean([rig[curve] for curve in curves], axis=0) for name, curves in RIG_MEANS.items()}
    for curve, amounts in RIG_ROUNDINGS.items():
        for name, amount in amounts.items():
            arkit[name] = arkit[name] + amount * rig[curve]
    suck = 0.5 * (arkit["mouthRollLower"] + arkit["mouthRollUpper"]) / _SUCK_OF_CLOSED_LIPS
    press = 0.5 * (arkit["mouthPressLeft"] + arkit["mouthPressRight"]) / _PRESS_OF_CLOSED_LIPS
    arkit["mouthClose"] = np.clip(suck + press, 0.0, 1.0) * arkit["jawOpen"]
    return {name: np.clip(weights, 0.0, 1.0) for name, weights in arkit.items()}
