"""Emotion: the expression on the face, alive with the voice, and the manner that it gives to head, eyes and blinks."""

from collections.abc import Callable, Mapping
from dataclasses import fields

import numpy as np

from ...bridge.data import ARKIT_INDEX, ARKIT_NAMES, LIPS_NAMES, PerformanceStyle
from ..speech.phrasing import vocal_effort
from ..speech.prosody import Prosody
from .curves import eased, heard_at, sample_times_s, wander
from .emotion_table import EXPRESSIONS, MANNERS, Manner
from .randomness import part_rng

_RESPONSE = 0.75
"""Exponent of intensity: the first few millimetres of a shape are hardly seen, so that weak intensities get more."""
_ONSET_SHARE = 0.6
"""Of the expression that stands on the face when the clip begins; the rest comes within the onset."""
_ONSET_S = 1.2
_EFFORT_SHARE = 0.2
"""Of the expression that comes and goes with the voice."""
_EFFORT_SMOOTHING_S = 0.35
_UNREST = 0.06
_UNREST_KNOT_S = 1.1
_SIDE_LAG_S = 0.08
_WEAKER_SIDE = (0.88, 0.98)
_SPEAKING_MOUTH = 0.75
"""Speech takes a part of the mouth from the expression, and gives it back in pauses."""
_SPEAKING_SMOOTHING_S = 0.15


def emotion_weights(style: PerformanceStyle) -> dict[str, float]:
    """The expression at rest: ARKIT names and weights 0..1. Emotions add; several strong ones share the face."""
    total = sum(intensity for label, intensity in style.emotion.items() if label != "neutral")
    share = 1.0 / np.sqrt(max(total, 1.0))
    weights: dict[str, float] = {}
    for label, intensity in style.emotion.items():
        for name, weight in _both_sides(EXPRESSIONS[label]).items():
            weights[name] = weights.get(name, 0.0) + float(share * intensity**_RESPONSE * weight)
    return {name: min(weights[name], 1.0) for name in ARKIT_NAMES if weights.get(name)}


def _both_sides(expression: Mapping[str, float]) -> dict[str, float]:
    sided: dict[str, float] = {}
    for name, weight in expression.items():
        for sided_name in (name,) if name in ARKIT_INDEX else (f"{name}Left", f"{name}Right"):
            sided[sided_name] = sided.get(sided_name, 0.0) + weight
    return sided


def manner_of(style: PerformanceStyle) -> Manner:
    """The blended manner: every emotion pulls each value away from neutral by its intensity."""
    neutral = Manner()
    total = max(sum(intensity for label, intensity in style.emotion.items() if label != "neutral"), 1.0)
    blended = {}
    for field in fields(Manner):
        start = np.array(getattr(neutral, field.name), np.float64)
        pulls = [
            intensity / total * (np.array(getattr(MANNERS[label], field.name)) - start)
            for label, intensity in style.emotion.items()
        ]
        value = start + np.sum(pulls, axis=0) if pulls else start
        blended[field.name] = tuple(value.tolist()) if value.ndim else float(value)
    return Manner(**blended)


def emotion_mouth_offsets(
    style: PerformanceStyle, prosody: Prosody, fps: float, frame_count: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """What to add to the mouth before closures are enforced: blend shape names and weights (F, K). K is 0 for neutral."""
    times_s = sample_times_s(fps, frame_count)
    names, weights = _live_expression(style, prosody, times_s, lambda name: name in LIPS_NAMES)
    speaking = heard_at(prosody, vocal_effort(prosody, _SPEAKING_SMOOTHING_S), times_s)
    return names, weights * (1.0 - (1.0 - _SPEAKING_MOUTH) * speaking[:, None])


def emotion_upper_face(
    style: PerformanceStyle, prosody: Prosody, fps: float, frame_count: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """The rest of the expression, brows, lids, cheeks and nose: names and weights (F, K)."""
    return _live_expression(style, prosody, sample_times_s(fps, frame_count), lambda name: name not in LIPS_NAMES)


def _live_expression(
    style: PerformanceStyle, prosody: Prosody, times_s: np.ndarray, is_wanted: Callable[[str], bool]
) -> tuple[tuple[str, ...], np.ndarray]:
    """The expression with its onset, its part in the voice's effort, and one side a little late and weak."""
    weights = {name: weight for name, weight in emotion_weights(style).items() if is_wanted(name)}
    rng = part_rng(style.seed, "emotion")
    lag_s, weaker = rng.uniform(0.0, _SIDE_LAG_S), rng.uniform(*_WEAKER_SIDE)
    weak_side = "Left" if rng.random() < 0.5 else "Right"
    unrest_seed = int(rng.integers(2**32))
    effort = vocal_effort(prosody, _EFFORT_SMOOTHING_S)

    def liveliness(at_s: np.ndarray) -> np.ndarray:
        onset = _ONSET_SHARE + (1.0 - _ONSET_SHARE) * eased(at_s / _ONSET_S)
        unrest = wander(np.random.default_rng(unrest_seed), prosody.duration_s, _UNREST_KNOT_S, at_s)
        return onset * (1.0 - _EFFORT_SHARE + 1.6 * _EFFORT_SHARE * heard_at(prosody, effort, at_s) + _UNREST * unrest)

    leading, trailing = liveliness(times_s), weaker * liveliness(times_s - lag_s)
    columns = [weight * (trailing if name.endswith(weak_side) else leading) for name, weight in weights.items()]
    stacked = np.stack(columns, axis=1) if columns else np.zeros((len(times_s), 0))
    return tuple(weights), np.clip(stacked, 0.0, 1.0)
