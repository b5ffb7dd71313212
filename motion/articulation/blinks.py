"""Blinks: when they come, by the voice and by chance, and how the lids move."""

import numpy as np

from ...bridge.curves import eased
from ...bridge.data import BLINK_NAMES, MotionLayer, PerformanceStyle
from ..speech.phrasing import phrases
from ..speech.prosody import Prosody
from .curves import sample_times_s, value_at
from .manner import manner_curves

MEDIAN_INTERVAL_S = 3.5
"""With the spread below a mean of 3.9 s; doubles and phrase ends bring the rate to 15 to 20 a minute."""
_INTERVAL_SPREAD = 0.5
_SHORTEST_INTERVAL_S = 0.55
_DOUBLE_CHANCE = 0.07
_BOUNDARY_REACH_S = 1.2
"""A blink that is due this close to a phrase's start or end mostly waits for it, or comes early with it."""
_BOUNDARY_CHANCE = 0.75
_ONSET_WEIGHT = 0.4
_PHONATION_DELAY_CHANCE = 0.3
# Lids of grid_train's speakers: shut within 80 to 100 ms, half open 50 ms after, nearly open after 200 ms.
_CLOSING_S = (0.08, 0.10)
_SHUT_S = 0.044
"""Longer than a frame at 23.976 fps, so that one sample at least finds the lids shut."""
_OPENING_S = (0.15, 0.20)
_LEFT_RIGHT_LAG_S = 0.004
_OPENING_EXPONENT = 0.75
"""Lids spring open and settle slowly."""


def blink_layer(prosody: Prosody, fps: float, frame_count: int, style: PerformanceStyle, rng: np.random.Generator) -> MotionLayer:
    """eyeBlinkLeft and eyeBlinkRight; none where style.blinks is 0."""
    times_s = sample_times_s(fps, frame_count)
    rates = style.blinks * manner_curves(style, prosody).blink_rate
    starts_s = blink_starts_s(prosody, rates, rng) if style.blinks > 0.0 else np.zeros(0)
    closing_s = rng.uniform(*_CLOSING_S, len(starts_s))
    opening_s = rng.uniform(*_OPENING_S, len(starts_s))
    lag_s = rng.uniform(-1.0, 1.0, len(starts_s)) * _LEFT_RIGHT_LAG_S
    lids = [_lid(times_s, starts_s + side * lag_s, closing_s, opening_s * (1.0 - 0.03 * side)) for side in (-1.0, 1.0)]
    return MotionLayer("blinks", np.stack(lids, axis=1), BLINK_NAMES)


def blink_starts_s(prosody: Prosody, rates: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """When the lids begin to close, ascending (N,). rates: multiples of the natural one on the prosody's steps (T,), above 0."""
    spans_s = phrases(prosody)
    boundaries_s = np.sort(spans_s.ravel())
    is_onset = np.isin(boundaries_s, spans_s[:, 0])
    starts: list[float] = []
    last = -rng.uniform(0.0, MEDIAN_INTERVAL_S) / float(rates[0])
    while last < prosody.duration_s:
        rate = value_at(prosody, rates, last)
        shortest_s = max(_SHORTEST_INTERVAL_S / max(rate, 1.0), 0.36)
        due = last + max(MEDIAN_INTERVAL_S * np.exp(_INTERVAL_SPREAD * rng.standard_normal()) / rate, shortest_s)
        due = _drawn_to_boundary(due, last + shortest_s, boundaries_s, is_onset, rng)
        if rng.random() < _PHONATION_DELAY_CHANCE and _is_inside(due, spans_s):
            due += rng.uniform(0.2, 0.8) / max(rate, 1.0)
        starts.append(due)
        if rng.random() < _DOUBLE_CHANCE:
            due += rng.uniform(0.36, 0.5)
            starts.append(due)
        last = due
    inside = np.array(starts)
    return inside[(inside >= 0.0) & (inside < prosody.duration_s - 0.1)]


def _drawn_to_boundary(
    due_s: float, earliest_s: float, boundaries_s: np.ndarray, is_onset: np.ndarray, rng: np.random.Generator
) -> float:
    """`due_s`, or the best phrase boundary near it. Three random numbers are used whichever way it goes."""
    chance, choice, jitter_s = rng.random(), rng.random(), 0.09 * rng.standard_normal()
    first, last = np.searchsorted(boundaries_s, (max(due_s - _BOUNDARY_REACH_S, earliest_s), due_s + _BOUNDARY_REACH_S))
    if chance > _BOUNDARY_CHANCE or first >= last:
        return due_s
    weights = np.where(is_onset[first:last], _ONSET_WEIGHT, 1.0)
    chosen = first + int(np.searchsorted(np.cumsum(weights) / weights.sum(), choice))
    # Captured speakers blink in the last tenths of a phrase, and just before they start.
    return max(float(boundaries_s[chosen]) - 0.12 + jitter_s, earliest_s)


def _is_inside(time_s: float, spans_s: np.ndarray) -> bool:
    span = int(np.searchsorted(spans_s[:, 0], time_s, side="right")) - 1
    return span >= 0 and time_s < spans_s[span, 1] - 0.3


def _lid(times_s: np.ndarray, starts_s: np.ndarray, closing_s: np.ndarray, opening_s: np.ndarray) -> np.ndarray:
    """One lid's weight (F,): shut is 1. A blink that starts while another opens takes over where it is further shut."""
    lid = np.zeros(len(times_s))
    first = np.searchsorted(times_s, starts_s)
    end = np.searchsorted(times_s, starts_s + closing_s + _SHUT_S + opening_s)
    for blink in range(len(starts_s)):
        frames = slice(first[blink], end[blink])
        elapsed_s = times_s[frames] - starts_s[blink]
        opening = np.clip((elapsed_s - closing_s[blink] - _SHUT_S) / opening_s[blink], 0.0, 1.0)
        weight = eased(elapsed_s / closing_s[blink]) * (1.0 - eased(opening**_OPENING_EXPONENT))
        lid[frames] = np.maximum(lid[frames], weight)
    return lid
