"""Where the eyes look: at the listener, from feature to feature of their face, and away to think."""

from dataclasses import dataclass

import numpy as np

from ...bridge.curves import moves, wander
from ...bridge.data import EYE_LOOK_RAD, GAZE_NAMES, MotionLayer, PerformanceStyle
from ..speech.phrasing import phrases
from ..speech.prosody import Prosody
from .curves import sample_times_s, value_at
from .manner import MannerCurves, manner_curves

_FACE_SPREAD_DEG = (1.3, 1.0)
"""Fixations on the listener's eyes and mouth: standard deviation across and up."""
_FIXATION_S = 0.75
"""Median between the small saccades on the face; log-normal."""
_ATTENTION_S = 3.2
"""Median of a look at the listener while nothing else draws the eyes away."""
_AVERSION_S = 0.9
_AVERSION_DEG = 11.0
_THINKING_CHANCE = 0.5
"""That the eyes go away before a phrase that follows a pause, and come back when it has begun."""
_THINKING_PAUSE_S = 0.45
_MICROSACCADE_S = 0.8
_MICROSACCADE_DEG = 0.25
_DRIFT_DEG = 0.08
_VERGENCE_DEG = 1.2
"""Each eye turns inwards by this much towards a listener some 1.5 m away."""
_SHORTEST_GAP_S = 0.13


@dataclass(frozen=True, eq=False)
class Saccades:
    """onsets_s: (N,) ascending, the first before 0; targets_deg: (N, 2), to the speaker's left and up."""

    onsets_s: np.ndarray
    targets_deg: np.ndarray

    @property
    def durations_s(self) -> np.ndarray:
        """The main sequence: 2.2 ms per degree on top of 21 ms (Carpenter 1988). (N,)"""
        sizes_deg = np.linalg.norm(np.diff(self.targets_deg, axis=0, prepend=self.targets_deg[:1]), axis=1)
        return 0.021 + 0.0022 * sizes_deg


def gaze_layer(prosody: Prosody, fps: float, frame_count: int, style: PerformanceStyle, rng: np.random.Generator) -> MotionLayer:
    """The eight eyeLook shapes. By ARKit's definition they move the lids with the eyeballs."""
    times_s = sample_times_s(fps, frame_count)
    saccades = gaze_saccades(prosody, manner_curves(style, prosody), rng)
    drift = [wander(rng, prosody.duration_s, 0.35, times_s) for _ in range(2)]
    look_deg = moves(times_s, saccades.onsets_s, saccades.durations_s, saccades.targets_deg)
    look_deg = style.eyes * (look_deg + _DRIFT_DEG * np.stack(drift, axis=1))
    return MotionLayer("gaze", _look_weights(look_deg, style.eyes * _VERGENCE_DEG), GAZE_NAMES)


def _look_weights(look_deg: np.ndarray, vergence_deg: float) -> np.ndarray:
    """(F, 2) degrees to the left and up -> (F, 8) in the order of GAZE_NAMES, 0..1."""
    full_deg = {direction: np.degrees(angle) for direction, angle in EYE_LOOK_RAD.items()}
    left_eye, right_eye = look_deg[:, 0] - vergence_deg, look_deg[:, 0] + vergence_deg
    turned_deg = {
        "eyeLookOutLeft": left_eye, "eyeLookInLeft": -left_eye, "eyeLookInRight": right_eye, "eyeLookOutRight": -right_eye,
        "eyeLookUpLeft": look_deg[:, 1], "eyeLookUpRight": look_deg[:, 1],
        "eyeLookDownLeft": -look_deg[:, 1], "eyeLookDownRight": -look_deg[:, 1],
    }  # fmt: skip
    weights = [
        turned_deg[name] / full_deg[name[len("eyeLook") :].removesuffix("Left").removesuffix("Right")] for name in GAZE_NAMES
    ]
    return np.clip(np.stack(weights, axis=1), 0.0, 1.0)


def gaze_saccades(prosody: Prosody, manner: MannerCurves, rng: np.random.Generator) -> Saccades:
    """All saccades of a clip: aversions first, then fixations within each look, then microsaccades on top."""
    away = _aversions(prosody, manner, rng)
    onsets, targets = [-1.0], [_face_target(rng)]
    clock = 0.0
    for start_s, end_s, *direction in [*away, (prosody.duration_s, prosody.duration_s, 0.0, 0.0)]:
        while (clock := clock + max(rng.lognormal(np.log(_FIXATION_S), 0.5), _SHORTEST_GAP_S)) < start_s - _SHORTEST_GAP_S:
            onsets.append(clock)
            targets.append(_face_target(rng))
        if end_s > start_s:
            onsets += [start_s, end_s]
            targets += [np.array(direction), _face_target(rng)]
        clock = end_s
    return _with_microsaccades(np.array(onsets), np.array(targets), rng)


def _face_target(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal(2) * _FACE_SPREAD_DEG


def _aversions(prosody: Prosody, manner: MannerCurves, rng: np.random.Generator) -> list[tuple[float, float, float, float]]:
    """Looks away: start and end in seconds, degrees to the left and up; apart and in order."""
    spans_s = phrases(prosody)
    pauses_s = spans_s[:, 0] - np.r_[0.0, spans_s[:-1, 1]]
    wanted = []
    for (onset_s, end_s), pause_s in zip(spans_s, pauses_s, strict=True):
        chance, lead_s, stay_s = rng.random(), rng.uniform(0.25, 0.7), rng.uniform(0.1, 0.7)
        if pause_s >= _THINKING_PAUSE_S and chance < _THINKING_CHANCE * value_at(prosody, manner.aversion, onset_s):
            wanted.append((onset_s - min(lead_s, pause_s - 0.1), min(onset_s + stay_s, end_s)))
    clock = rng.lognormal(np.log(_ATTENTION_S), 0.5) / float(manner.aversion[0])
    while clock < prosody.duration_s:
        length_s = rng.lognormal(np.log(_AVERSION_S), 0.4)
        wanted.append((clock, clock + length_s))
        clock += length_s + rng.lognormal(np.log(_ATTENTION_S), 0.5) / value_at(prosody, manner.aversion, clock)
    apart, free_s = [], 0.25
    for start_s, end_s in sorted(wanted):
        direction = _aversion_direction(value_at(prosody, manner.gaze_deg, start_s), rng)
        if start_s >= free_s and end_s - start_s > 2.0 * _SHORTEST_GAP_S and end_s < prosody.duration_s - 0.2:
            apart.append((start_s, end_s, *direction))
            free_s = end_s + 0.8
    return apart


def _aversion_direction(lift_deg: float, rng: np.random.Generator) -> tuple[float, float]:
    """Mostly sideways, down as well as up; degrees to the left and up. lift_deg: a mood's tendency."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    size_deg = _AVERSION_DEG * rng.lognormal(0.0, 0.25)
    slope = rng.normal(-0.15, 0.45)
    return float(side * size_deg * np.cos(slope)), float(np.clip(size_deg * np.sin(slope) + lift_deg, -16.0, 9.0))


def _with_microsaccades(onsets_s: np.ndarray, targets_deg: np.ndarray, rng: np.random.Generator) -> Saccades:
    """Flicks of a fraction of a degree around each fixation's target."""
    total_s = onsets_s[-1] + 2.0 * _MICROSACCADE_S
    gaps_s = rng.exponential(_MICROSACCADE_S, int(total_s / _MICROSACCADE_S * 1.2) + 4) + _SHORTEST_GAP_S
    flicks_s = np.cumsum(gaps_s)
    offsets_deg = _MICROSACCADE_DEG * rng.standard_normal((len(flicks_s), 2))
    held = np.searchsorted(onsets_s, flicks_s, side="right") - 1
    after = np.minimum(held + 1, len(onsets_s) - 1)
    is_clear = (flicks_s - onsets_s[held] > _SHORTEST_GAP_S) & ((onsets_s[after] - flicks_s > _SHORTEST_GAP_S) | (after == held))
    all_onsets = np.r_[onsets_s, flicks_s[is_clear]]
    all_targets = np.concatenate([targets_deg, targets_deg[held[is_clear]] + offsets_deg[is_clear]])
    order = np.argsort(all_onsets, kind="stable")
    return Saccades(all_onsets[order], all_targets[order])
