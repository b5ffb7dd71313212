"""Brows, squints and wide eyes: with the voice's accents and questions, and with emotion."""

import numpy as np

from ...bridge.curves import bumps, wander
from ...bridge.data import BLINK_NAMES, UPPER_FACE_NAMES, MotionLayer, PerformanceStyle
from ..speech.phrasing import accents, phrases, rising_ends, vocal_effort
from ..speech.prosody import Prosody
from .curves import heard_at, sample_times_s
from .emotion import emotion_upper_face
from .manner import manner_curves

_RAISE_CHANCE = (0.15, 0.5)
"""That an accent lifts the brows: the weakest, the strongest."""
_RAISE_HEIGHT = (0.10, 0.34)
_FURROW_CHANCE = 0.10
_FURROW_HEIGHT = 0.22
_QUESTION_HEIGHT = 0.38
_QUESTION_S = 0.6
_BROW_LEAD_S = 0.06
"""Brows peak a little before the syllable that they mark."""
_EFFORT_SQUINT = 0.10
_UNREST = 0.02


def upper_face_layer(
    prosody: Prosody, fps: float, frame_count: int, style: PerformanceStyle, rng: np.random.Generator
) -> MotionLayer:
    """Brows, lids, cheeks and nose. Where an emotion lets the lids droop, eyeBlink too."""
    times_s = sample_times_s(fps, frame_count)
    curves = dict.fromkeys(UPPER_FACE_NAMES, np.zeros(frame_count))
    gain = heard_at(prosody, manner_curves(style, prosody).brow_gain, times_s)
    _add(curves, _accent_curves(prosody, times_s, gain, rng))
    _add(curves, _resting_curves(prosody, times_s, rng))
    names, weights = emotion_upper_face(style, prosody, fps, frame_count)
    _add(curves, dict(zip(names, weights.T, strict=True)))
    ordered = (*UPPER_FACE_NAMES, *(name for name in BLINK_NAMES if name in curves))
    stacked = style.eyes * np.stack([curves[name] for name in ordered], axis=1)
    return MotionLayer("upper_face", np.clip(stacked, 0.0, 1.0), ordered)


def _add(curves: dict[str, np.ndarray], more: dict[str, np.ndarray]) -> None:
    for name, curve in more.items():
        curves[name] = curves[name] + curve if name in curves else curve


def _accent_curves(prosody: Prosody, times_s: np.ndarray, gain: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Raises and furrows on accents, a raise on questions; the inner and outer parts of the brows in varying shares.

    gain: amplitude (F,).
    """
    heard = accents(prosody)
    count = len(heard.times_s)
    chance, height, size = rng.random(count), rng.lognormal(0.0, 0.3, count), rng.uniform(0.5, 1.0, (3, count))
    rise_s, fall_s = rng.uniform(0.14, 0.24, count), rng.uniform(0.28, 0.55, count)
    is_raise = chance < np.interp(heard.strengths, (0.0, 1.0), _RAISE_CHANCE)
    is_furrow = chance > 1.0 - _FURROW_CHANCE
    raised = height * np.interp(heard.strengths, (0.0, 1.0), _RAISE_HEIGHT) * is_raise
    peaks_s = heard.times_s - _BROW_LEAD_S
    question = _question_curve(prosody, times_s)
    lift = [gain * (bumps(times_s, peaks_s, rise_s, fall_s, raised * share) + question) for share in size]
    furrow = gain * bumps(times_s, peaks_s, rise_s, fall_s, _FURROW_HEIGHT * height * is_furrow)
    return {
        "browInnerUp": lift[0], "browOuterUpLeft": 0.8 * lift[1], "browOuterUpRight": 0.8 * lift[2],
        "browDownLeft": furrow, "browDownRight": 0.9 * furrow, "eyeSquintLeft": 0.4 * furrow, "eyeSquintRight": 0.4 * furrow,
        "eyeWideLeft": 0.25 * lift[1], "eyeWideRight": 0.25 * lift[2],
    }  # fmt: skip


def _question_curve(prosody: Prosody, times_s: np.ndarray) -> np.ndarray:
    spans_s = phrases(prosody)
    ends_s = spans_s[rising_ends(prosody, spans_s), 1]
    count = len(ends_s)
    return bumps(times_s, ends_s - 0.1, np.full(count, _QUESTION_S), np.full(count, 0.8), np.full(count, _QUESTION_HEIGHT))


def _resting_curves(prosody: Prosody, times_s: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Lids that narrow with vocal effort, and brows that are never quite still."""
    effort = heard_at(prosody, vocal_effort(prosody, 0.2), times_s)
    stirring = {
        name: _UNREST * np.abs(wander(rng, prosody.duration_s, 0.9, times_s))
        for name in ("browInnerUp", "browDownLeft", "browDownRight", "browOuterUpLeft", "browOuterUpRight")
    }
    squint = {f"{name}{side}": _EFFORT_SQUINT * effort for name in ("eyeSquint", "cheekSquint") for side in ("Left", "Right")}
    return stirring | squint
