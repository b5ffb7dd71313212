"""How the head moves: nods on accents, sway, new postures with new phrases, tilts at their ends, and breathing."""

import numpy as np

from ...bridge.curves import bumps, eased, moves, wander
from ...bridge.data import MotionLayer, PerformanceStyle
from ..speech.phrasing import accents, phrases, pitch_contour, rising_ends, vocal_effort
from ..speech.prosody import Prosody
from .breathing import breath
from .curves import heard_at, sample_times_s
from .manner import manner_curves

HEAD_JOINTS = ("spine3", "neck", "head")
LARGEST_DEG = (11.0, 13.0, 8.0)
"""Nod, turn, tilt; motion is bent softly towards these."""
_SHARES = (0.12, 0.38, 0.5)
"""Of the turn that each joint carries."""
_NOD_DEG = (0.8, 3.8)
"""Of the weakest and the strongest accents."""
_NOD_CHANCE = (0.35, 0.85)
_UPWARD_NOD_CHANCE = 0.2
_NOD_LAG_S = 0.05
_PITCH_LIFT_DEG = 0.22
"""Up per semitone that the voice rises."""
_SWAY_DEG = ((0.9, 1.5, 0.9), 2.3)
"""Nod, turn and tilt; seconds between knots."""
_SPEAKING_SWAY_DEG = ((0.8, 1.1, 0.7), 0.75)
_POSTURE_DEG = (1.1, 2.6, 1.5)
_SETTLE_DEG = (1.6, 0.0, 1.8)
_SHAKE_CHANCE = 0.1
_SHAKE_DEG = 1.8
_BREATH_DEG = -0.5
_BREATH_RISE_M = 0.0012


def head_layer(prosody: Prosody, fps: float, frame_count: int, style: PerformanceStyle, rng: np.random.Generator) -> MotionLayer:
    """Rotations of spine3, neck and head (X nods, Y turns, Z tilts) and the rise of breathing; all zero where style.head is 0."""
    times_s = sample_times_s(fps, frame_count)
    manner = manner_curves(style, prosody)
    posture_deg = heard_at(prosody, manner.head_posture_deg, times_s)
    gain = heard_at(prosody, manner.head_gain, times_s)[:, None]
    live_deg = (
        _sway_deg(prosody, times_s, rng)
        + _nods_deg(prosody, times_s, rng)
        + _postures_deg(prosody, times_s, rng)
        + _phrase_ends_deg(prosody, times_s, rng)
        + _shakes_deg(prosody, times_s, rng)
    )
    chest = breath(prosody, times_s, rng)
    largest = np.array(LARGEST_DEG)
    turn_deg = largest * np.tanh((posture_deg + gain * live_deg) / largest)
    rotations = np.radians(style.head * turn_deg[:, None, :] * np.array(_SHARES)[:, None])
    # The chest lifts and leans back as it fills; the neck keeps the eyes level.
    rotations[:, 0, 0] += style.head * np.radians(_BREATH_DEG) * chest
    rotations[:, 1, 0] -= style.head * np.radians(0.7 * _BREATH_DEG) * chest
    translation = np.zeros((frame_count, 3))
    translation[:, 1] = style.head * _BREATH_RISE_M * chest
    return MotionLayer("head", np.zeros((frame_count, 0)), (), rotations, HEAD_JOINTS, translation)


def _sway_deg(prosody: Prosody, times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slow sway always, quicker and larger with the voice. (F, 3), as all parts of the motion."""
    (slow, slow_knot_s), (quick, quick_knot_s) = _SWAY_DEG, _SPEAKING_SWAY_DEG
    effort = heard_at(prosody, vocal_effort(prosody, 0.3), times_s)
    axes = []
    for axis in range(3):
        idle = slow[axis] * wander(rng, prosody.duration_s, slow_knot_s, times_s)
        axes.append(idle + quick[axis] * effort * wander(rng, prosody.duration_s, quick_knot_s, times_s))
    return np.stack(axes, axis=1)


def _nods_deg(prosody: Prosody, times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Down on accents, sometimes up, with a slighter turn and tilt; up a little as the pitch rises."""
    heard = accents(prosody)
    count = len(heard.times_s)
    chance, is_upward = rng.random(count), rng.random(count) < _UPWARD_NOD_CHANCE
    size = rng.lognormal(0.0, 0.35, count) * np.interp(heard.strengths, (0.0, 1.0), _NOD_DEG)
    size *= chance < np.interp(heard.strengths, (0.0, 1.0), _NOD_CHANCE)
    rise_s, fall_s = rng.uniform(0.18, 0.28, count), rng.uniform(0.35, 0.6, count)
    sideways = rng.standard_normal((2, count)) * 0.35
    peaks_s = heard.times_s + _NOD_LAG_S
    nod = np.where(is_upward, -0.7, 1.0) * size
    parts = [bumps(times_s, peaks_s, rise_s, fall_s, height) for height in (nod, sideways[0] * size, sideways[1] * size)]
    parts[0] -= _PITCH_LIFT_DEG * heard_at(prosody, pitch_contour(prosody), times_s)
    return np.stack(parts, axis=1)


def _postures_deg(prosody: Prosody, times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A new way to hold the head as a phrase begins, and now and then in silence or in a long phrase."""
    onsets_s, clock = [-5.0], 0.0
    for onset_s in [*phrases(prosody)[:, 0], prosody.duration_s]:
        while (clock := clock + rng.uniform(3.0, 6.0)) < onset_s - 2.0:
            onsets_s.append(clock)
        if onset_s - 0.25 - onsets_s[-1] > 1.5:
            onsets_s.append(onset_s - 0.25)
        clock = onset_s
    values = rng.standard_normal((len(onsets_s), 3)) * _POSTURE_DEG
    return moves(times_s, np.array(onsets_s), rng.uniform(0.6, 1.3, len(onsets_s)), values)


def _phrase_ends_deg(prosody: Prosody, times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The head sinks and tilts as a phrase ends; after a question it rises instead."""
    spans_s = phrases(prosody)
    count = len(spans_s)
    size = rng.uniform(0.4, 1.3, count)
    side = np.where(rng.random(count) < 0.5, -1.0, 1.0) * rng.uniform(0.3, 1.0, count)
    rise_s, fall_s = rng.uniform(0.35, 0.55, count), rng.uniform(0.7, 1.3, count)
    sink = np.where(rising_ends(prosody, spans_s), -1.0, 1.0) * size
    heights = (_SETTLE_DEG[0] * sink, _SETTLE_DEG[1] * size, _SETTLE_DEG[2] * side)
    return np.stack([bumps(times_s, spans_s[:, 1] + 0.05, rise_s, fall_s, height) for height in heights], axis=1)


def _shakes_deg(prosody: Prosody, times_s: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Now and then a small shake of the head through the middle of a phrase."""
    spans_s = phrases(prosody)
    chance, cycles_hz = rng.random(len(spans_s)), rng.uniform(0.9, 1.4, len(spans_s))
    turn = np.zeros((len(times_s), 3))
    for (start_s, end_s), rate_hz in zip(spans_s[chance < _SHAKE_CHANCE], cycles_hz[chance < _SHAKE_CHANCE], strict=True):
        first, last = np.searchsorted(times_s, (start_s, min(end_s, start_s + 2.5)))
        elapsed_s = times_s[first:last] - start_s
        length_s = min(end_s, start_s + 2.5) - start_s
        envelope = eased(elapsed_s / (0.35 * length_s)) * eased((length_s - elapsed_s) / (0.35 * length_s))
        turn[first:last, 1] = _SHAKE_DEG * envelope * np.sin(2.0 * np.pi * rate_hz * elapsed_s)
    return turn
