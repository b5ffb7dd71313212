"""Emotion on the face: an expression that follows the style's timeline and is alive with the voice."""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...bridge.curves import eased, wander
from ...bridge.data import ARKIT_INDEX, ARKIT_NAMES, LIPS_NAMES, PerformanceStyle
from ...bridge.data.expressions import EXPRESSION_WEIGHTS, expressions
from ...bridge.randomness import part_rng
from ..speech.phrasing import vocal_effort
from ..speech.prosody import Prosody
from .curves import heard_at, sample_times_s

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
_MOOD_SMOOTHING_S = 0.12
"""Even a sudden change of mood takes a face the third of a second around it."""


def felt_emotion(style: PerformanceStyle, prosody: Prosody, smoothing_s: float) -> np.ndarray:
    """The style's intensities as fast as a body can follow them, by Gaussian smoothing, on the prosody's steps. (T, 8)"""
    return gaussian_filter1d(style.emotion_at(prosody.times_s), smoothing_s / prosody.hop_s, axis=0, mode="nearest")


def emotion_mouth_offsets(
    style: PerformanceStyle, prosody: Prosody, fps: float, frame_count: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """What to add to the mouth before closures are enforced: blend shape names and weights (F, K). K is 0 for neutral."""
    times_s = sample_times_s(fps, frame_count)
    names, weights = _live_expression(style, prosody, times_s, LIPS_NAMES)
    speaking = heard_at(prosody, vocal_effort(prosody, _SPEAKING_SMOOTHING_S), times_s)
    return names, weights * (1.0 - (1.0 - _SPEAKING_MOUTH) * speaking[:, None])


def emotion_upper_face(
    style: PerformanceStyle, prosody: Prosody, fps: float, frame_count: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """The rest of the expression, brows, lids, cheeks and nose: names and weights (F, K)."""
    rest = [name for name in ARKIT_NAMES if name not in LIPS_NAMES]
    return _live_expression(style, prosody, sample_times_s(fps, frame_count), rest)


def _live_expression(
    style: PerformanceStyle, prosody: Prosody, times_s: np.ndarray, wanted: Sequence[str]
) -> tuple[tuple[str, ...], np.ndarray]:
    """The expression with its onset, its part in the voice's effort, and one side a little late and weak."""
    rng = part_rng(style.seed, "emotion")
    lag_s, weaker = rng.uniform(0.0, _SIDE_LAG_S), rng.uniform(*_WEAKER_SIDE)
    weak_side = "Left" if rng.random() < 0.5 else "Right"
    unrest_seed = int(rng.integers(2**32))
    effort = vocal_effort(prosody, _EFFORT_SMOOTHING_S)
    emotion = felt_emotion(style, prosody, _MOOD_SMOOTHING_S)
    is_moved: np.ndarray = np.any(EXPRESSION_WEIGHTS[np.any(emotion, axis=0)], axis=0)
    names = tuple(name for name in wanted if is_moved[ARKIT_INDEX[name]])

    def liveliness(at_s: np.ndarray) -> np.ndarray:
        onset = _ONSET_SHARE + (1.0 - _ONSET_SHARE) * eased(at_s / _ONSET_S)
        unrest = wander(np.random.default_rng(unrest_seed), prosody.duration_s, _UNREST_KNOT_S, at_s)
        return onset * (1.0 - _EFFORT_SHARE + 1.6 * _EFFORT_SHARE * heard_at(prosody, effort, at_s) + _UNREST * unrest)

    weights = np.zeros((len(times_s), len(names)))
    for is_weak, share, at_s in ((False, 1.0, times_s), (True, weaker, times_s - lag_s)):
        columns = [column for column, name in enumerate(names) if name.endswith(weak_side) == is_weak]
        faces = expressions(heard_at(prosody, emotion, at_s), [names[column] for column in columns])
        weights[:, columns] = faces * (share * liveliness(at_s))[:, None]
    return names, np.clip(weights, 0.0, 1.0)
