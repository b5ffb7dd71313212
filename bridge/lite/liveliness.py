"""What a face does beside speaking, simple but alive: lids, head and brows, by the loudness of the voice and by chance."""

from dataclasses import dataclass

import numpy as np

from ..curves import bumps, wander
from ..data import BLINK_NAMES, UPPER_FACE_NAMES, MotionLayer, PerformanceStyle
from ..data.expressions import expressions
from ..randomness import part_rng

COLUMNS_PER_SECOND = 100.0
_FLOOR_DB = -55.0
_VOICE_RANGE_DB = 32.0
"""Between the loudest speech and what is not speech any more."""
_SHORTEST_PAUSE_S = 0.25
_SMOOTHING_S = 0.06
_ACCENT_DISTANCE_S = 0.35

_INTERVAL_S, _INTERVAL_SPREAD, _SHORTEST_INTERVAL_S = 3.5, 0.5, 0.5
_BOUNDARY_REACH_S, _BOUNDARY_CHANCE = 0.8, 0.7
_CLOSING_S, _LIDS_OPENING_S = (0.08, 0.1), (0.17, 0.24)

_HEAD_SHARES = {"spine3": 0.12, "neck": 0.38, "head": 0.5}
_SWAY_DEG, _SWAY_KNOT_S = (1.3, 2.4, 1.4), 2.4
"""Nod, turn and tilt; seconds between knots."""
_SPEAKING_SWAY_DEG, _SPEAKING_KNOT_S = (0.9, 1.2, 0.8), 0.75
_NOD_DEG, _NOD_CHANCE, _NOD_LAG_S = (0.8, 3.2), 0.6, 0.05
_BROW_RAISE, _BROW_CHANCE, _BROW_UNREST = 0.22, 0.3, 0.03
_BROWS = ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")


@dataclass(frozen=True, eq=False)
class Voice:
    """duration_s of the line. effort: (T,) 0 in silence to 1, a hundred a second. accents_s: (N,). phrases_s: (M, 2)."""

    duration_s: float
    effort: np.ndarray
    accents_s: np.ndarray
    phrases_s: np.ndarray


def heard_voice(loudness_db: np.ndarray, duration_s: float) -> Voice:
    """loudness_db: (T,), a hundred a second."""
    width = round(_SMOOTHING_S * COLUMNS_PER_SECOND)
    kernel = np.hanning(2 * width + 3)[1:-1]
    smooth = np.convolve(np.pad(loudness_db, width, mode="edge"), kernel / kernel.sum(), "valid")
    loudest_db = max(float(np.percentile(smooth, 97)), _FLOOR_DB + _VOICE_RANGE_DB)
    effort = np.clip((smooth - loudest_db) / _VOICE_RANGE_DB + 1.0, 0.0, 1.0)
    spans_s = np.flatnonzero(np.diff(np.pad(effort > 0.35, 1))).reshape(-1, 2) / COLUMNS_PER_SECOND
    return Voice(duration_s, effort, _accents_s(effort), _joined(spans_s))


def _joined(spans_s: np.ndarray) -> np.ndarray:
    """Stretches of voice without the pauses inside a phrase."""
    if not len(spans_s):
        return spans_s
    is_pause = spans_s[1:, 0] - spans_s[:-1, 1] >= _SHORTEST_PAUSE_S
    return np.stack([spans_s[np.r_[True, is_pause], 0], spans_s[np.r_[is_pause, True], 1]], axis=1)


def _accents_s(effort: np.ndarray) -> np.ndarray:
    """The loudest moments, at least a third of a second apart."""
    if len(effort) < 3:
        return np.zeros(0)
    is_peak = (effort[1:-1] > effort[:-2]) & (effort[1:-1] >= effort[2:]) & (effort[1:-1] > 0.6)
    kept: list[int] = []
    for peak in (np.flatnonzero(is_peak) + 1).tolist():
        if kept and peak - kept[-1] < _ACCENT_DISTANCE_S * COLUMNS_PER_SECOND:
            if effort[peak] > effort[kept[-1]]:
                kept[-1] = peak
        else:
            kept.append(peak)
    return np.array(kept) / COLUMNS_PER_SECOND


def blink_layer(voice: Voice, times_s: np.ndarray, fps: float, style: PerformanceStyle) -> MotionLayer:
    """eyeBlinkLeft and eyeBlinkRight; none where style.blinks is 0. A frame falls on every blink's darkest moment."""
    rng = part_rng(style.seed, "blinks")
    peaks_s = np.round(_blinks_s(voice, style.blinks, rng) * fps) / fps if style.blinks > 0.0 else np.zeros(0)
    closing_s, opening_s = rng.uniform(*_CLOSING_S, len(peaks_s)), rng.uniform(*_LIDS_OPENING_S, len(peaks_s))
    lid = np.clip(bumps(times_s, peaks_s, closing_s, opening_s, np.ones(len(peaks_s))), 0.0, 1.0)
    return MotionLayer("blinks", np.stack([lid, lid], axis=1), BLINK_NAMES)


def _blinks_s(voice: Voice, rate: float, rng: np.random.Generator) -> np.ndarray:
    boundaries_s = np.sort(voice.phrases_s.ravel())
    found: list[float] = []
    last = -rng.uniform(0.0, _INTERVAL_S) / rate
    while last < voice.duration_s:
        earliest = last + max(_SHORTEST_INTERVAL_S / max(rate, 1.0), 0.36)
        due = max(last + _INTERVAL_S * np.exp(_INTERVAL_SPREAD * rng.standard_normal()) / rate, earliest)
        is_drawn = rng.random() < _BOUNDARY_CHANCE
        near = np.searchsorted(boundaries_s, due - _BOUNDARY_REACH_S)
        if is_drawn and near < len(boundaries_s) and boundaries_s[near] < due + _BOUNDARY_REACH_S:
            due = max(float(boundaries_s[near]), earliest)
        found.append(due)
        last = due
    blinks_s = np.array(found)
    return blinks_s[(blinks_s > 0.1) & (blinks_s < voice.duration_s - 0.1)]


def head_layer(voice: Voice, times_s: np.ndarray, style: PerformanceStyle) -> MotionLayer:
    """Rotations of spine3, neck and head: sway, more of it with the voice, and nods on accents. Zero where style.head is 0."""
    rng = part_rng(style.seed, "head")
    effort = _effort_at(voice, times_s)
    axes = []
    for slow_deg, quick_deg in zip(_SWAY_DEG, _SPEAKING_SWAY_DEG, strict=True):
        idle = slow_deg * wander(rng, voice.duration_s, _SWAY_KNOT_S, times_s)
        axes.append(idle + quick_deg * effort * wander(rng, voice.duration_s, _SPEAKING_KNOT_S, times_s))
    axes[0] += _accented(voice, times_s, rng, _NOD_CHANCE, _NOD_DEG)
    turn = style.head * np.radians(np.stack(axes, axis=1))
    shares = np.array(list(_HEAD_SHARES.values()))
    return MotionLayer("head", np.zeros((len(times_s), 0)), (), turn[:, None] * shares[:, None], tuple(_HEAD_SHARES))


def upper_face_layer(voice: Voice, times_s: np.ndarray, style: PerformanceStyle) -> MotionLayer:
    """The emotions' brows, cheeks and nose; brows that rise on some accents and are never quite still."""
    rng = part_rng(style.seed, "upper_face")
    weights = expressions(style.emotion_at(times_s), UPPER_FACE_NAMES)
    raised = _accented(voice, times_s, rng, _BROW_CHANCE, (0.3 * _BROW_RAISE, _BROW_RAISE))
    raised = raised + _BROW_UNREST * (1.0 + wander(rng, voice.duration_s, 1.1, times_s))
    for name in _BROWS:
        weights[:, UPPER_FACE_NAMES.index(name)] += raised
    return MotionLayer("upper_face", np.clip(style.eyes * weights, 0.0, 1.0), UPPER_FACE_NAMES)


def _accented(
    voice: Voice, times_s: np.ndarray, rng: np.random.Generator, chance: float, heights: tuple[float, float]
) -> np.ndarray:
    """A movement there and back on some of the accents, (F,)."""
    count = len(voice.accents_s)
    size = rng.uniform(*heights, count) * (rng.random(count) < chance)
    rises_s, falls_s = rng.uniform(0.18, 0.28, count), rng.uniform(0.35, 0.6, count)
    return bumps(times_s, voice.accents_s + _NOD_LAG_S, rises_s, falls_s, size)


def _effort_at(voice: Voice, times_s: np.ndarray) -> np.ndarray:
    return np.interp(times_s, np.arange(len(voice.effort)) / COLUMNS_PER_SECOND, voice.effort)
