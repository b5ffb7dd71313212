"""Breathing: in before a phrase and out over it, and a calm rhythm in silence."""

import numpy as np

from ...bridge.curves import moves
from ..speech.phrasing import phrases
from ..speech.prosody import Prosody

_BREATH_S = 3.9
"""A breath at rest."""
_INHALE_S = 1.4
_QUICK_INHALE_S = 0.55
_SHORTEST_EXHALE_S = 0.8
_PAUSE_S = 0.35
"""Shorter pauses are not for breathing."""


def breath(prosody: Prosody, times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How full the chest is: 0 after breathing out, about 1 after breathing in. times_s: (F,) -> (F,)"""
    inhales = _inhales(prosody, rng)
    starts_s, lengths_s, depths = (np.array(column) for column in zip(*inhales, strict=True))
    turns_s = starts_s + lengths_s
    onsets_s = np.stack([starts_s, turns_s], axis=1).ravel()
    exhales_s = np.r_[starts_s[1:], starts_s[-1] + _BREATH_S] - turns_s
    durations_s = np.stack([lengths_s, exhales_s], axis=1).ravel()
    return moves(times_s, onsets_s, durations_s, np.stack([depths, np.zeros_like(depths)], axis=1).ravel())


def _inhales(prosody: Prosody, rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Start, length and depth of every breath in, ascending; the first before the clip begins."""
    inhales = [(-_BREATH_S * rng.uniform(0.4, 1.0), _INHALE_S, 0.8)]
    spoken_until_s = 0.0
    for onset_s, end_s in [*phrases(prosody, _PAUSE_S), (prosody.duration_s + _BREATH_S, prosody.duration_s + _BREATH_S)]:
        quick_s, depth = _QUICK_INHALE_S * rng.uniform(0.8, 1.2), min(0.7 + 0.08 * (end_s - onset_s), 1.3)
        # The breath that speech has used up ends with it at the soonest.
        clock = max(inhales[-1][0] + _BREATH_S * rng.uniform(0.85, 1.2), spoken_until_s)
        while clock < onset_s - quick_s - _INHALE_S - _SHORTEST_EXHALE_S:
            inhales.append((clock, _INHALE_S * rng.uniform(0.8, 1.0), rng.uniform(0.7, 0.95)))
            clock += _BREATH_S * rng.uniform(0.85, 1.2)
        if onset_s - quick_s > inhales[-1][0] + inhales[-1][1] + _SHORTEST_EXHALE_S:
            inhales.append((onset_s - quick_s, quick_s, depth))
        spoken_until_s = end_s
    return inhales
