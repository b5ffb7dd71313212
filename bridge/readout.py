"""Whether lips meet where the line wants them to."""

from dataclasses import dataclass

import numpy as np

from .data import ARKIT_NAMES, MotionClip, OpenHuman, Phoneme
from .data.ipa import is_bilabial

CLOSED_LIP_GAP_M = 0.0015
CLOSURE_TOLERANCE_S = 0.04


@dataclass(frozen=True, eq=False)
class LipClosures:
    """wanted: the clip's p b m. closed: (N,) bool, whether the lips meet in time. lip_gap_m: (F,), how far apart they are."""

    wanted: tuple[Phoneme, ...]
    closed: np.ndarray
    lip_gap_m: np.ndarray

    @property
    def share(self) -> float:
        """Share of the wanted closures that are made; 1 where none is wanted."""
        return float(self.closed.mean()) if len(self.wanted) else 1.0


def lip_closures(clip: MotionClip, human: OpenHuman) -> LipClosures:
    """A closure is made where the lips come within 1.5 mm during its phone or at most 40 ms from it."""
    lip_gap_m = human.lip_gap_m(clip.blend_shapes(ARKIT_NAMES))
    wanted = tuple(phoneme for phoneme in clip.phonemes if is_bilabial(phoneme.symbol))
    closed = np.zeros(len(wanted), bool)
    for index, phoneme in enumerate(wanted):
        first = np.ceil((phoneme.start_s - CLOSURE_TOLERANCE_S) * clip.fps)
        last = np.floor((phoneme.end_s + CLOSURE_TOLERANCE_S) * clip.fps)
        closed[index] = (lip_gap_m[int(max(first, 0)) : int(last) + 1] < CLOSED_LIP_GAP_M).any()
    return LipClosures(wanted, closed, lip_gap_m)
