"""What is judged, by name: each candidate hears a line once and performs it as often as is asked."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...bridge.data import LIPS_NAMES, AudioClip, MotionClip, MotionLayer, PerformanceStyle
from ...bridge.lite.network import read_lite_weights
from ...bridge.lite.performance import lite_performance
from ..engines import BUNDLED_WEIGHTS, ENGINE_NAMES, engine
from ..predict import hear, perform
from ..speech.phrasing import vocal_effort
from ..speech.prosody import prosody

Performer = Callable[[PerformanceStyle, float], MotionClip]
"""Style and frames per second in, a take of one line out: the same for the same style."""
Candidate = Callable[[AudioClip], Performer]

_LOUDNESS_SMOOTHING_S = 0.03
_LOUDNESS_OPENING = 0.4
"""jawOpen of the loudest voice."""


def loudness(audio: AudioClip) -> Performer:
    """The baseline: the jaw follows the voice's loudness and nothing else moves."""
    heard = prosody(audio)
    jaw = _LOUDNESS_OPENING * vocal_effort(heard, _LOUDNESS_SMOOTHING_S)

    def performed(style: PerformanceStyle, fps: float) -> MotionClip:
        times_s = np.arange(max(int(np.ceil(audio.duration_s * fps - 1e-6)), 1)) / fps
        weights = np.zeros((len(times_s), len(LIPS_NAMES)), np.float32)
        weights[:, LIPS_NAMES.index("jawOpen")] = np.interp(times_s, heard.times_s, jaw)
        return MotionClip(fps, (MotionLayer("lips", weights, LIPS_NAMES),))

    return performed


def lite(audio: AudioClip) -> Performer:
    """What Blender performs by itself, with the weights of the extension."""
    weights = read_lite_weights()
    return lambda style, fps: lite_performance(audio, style, fps, weights=weights)


def performed_by(name: str, weights: Path = BUNDLED_WEIGHTS) -> Candidate:
    """An engine that is told nothing but the audio. weights: the folder of a learned one's."""

    def candidate(audio: AudioClip) -> Performer:
        performer = engine(name, weights)
        hearing = hear(audio, by=performer)
        return lambda style, fps: perform(hearing, style, fps=fps, by=performer)

    return candidate


def candidates(weights: Path = BUNDLED_WEIGHTS) -> dict[str, Candidate]:
    """All of them, from the baseline up."""
    by_name = {name: performed_by(name, weights) for name in ENGINE_NAMES}
    return {"loudness": loudness, "articulation": by_name.pop("articulation"), "lite": lite, **by_name}
