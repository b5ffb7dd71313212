"""Phonemes from the sound alone, in any language: hama's IPA recogniser, its lag taken out."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from ...bridge.data import SILENCE, AudioClip, Phoneme
from ...bridge.data.ipa import sounds
from ...bridge.errors import InvalidInput, ModelMissing
from .prosody import Prosody

SAMPLE_RATE = 16_000
STEP_S = 0.02
_STEP_SAMPLES = 320
_WINDOW_STEPS = 500
_OVERLAP_STEPS = 50
"""The model hears at most 30 s at once and is quickest at ten; the overlap is more than it looks around itself."""
_BLANK_BIAS = -0.7
_LAG_S = 0.065
_LATE_LAG_S, _LATE = 0.085, "pbwkɡgfsʃʒθxhæaɑɒɛɔ"
_EARLY_LAG_S, _EARLY = 0.05, "tdnɹrɾ"
"""A sound starts so long before the model's spike, by its first letter: medians over GRID and Debian's recorded prompts against
pocketsphinx's alignment, and over flite against its own exact times. They agree to 10 ms but for `f` and `s` (60 to 115 ms)."""
_SHORTEST_S = 0.03
_LONGEST_S = 0.5


def recognised_phonemes(
    audio: AudioClip, heard: Prosody, report: Callable[[float], None] = lambda share: None
) -> tuple[Phoneme, ...]:
    """What is said in a 16 kHz clip, as phonemes and silences that tile it. Linear in time, in windows of bounded memory."""
    tokens, names = _tokens(audio, report)
    is_new = np.diff(tokens, prepend=-1) != 0
    spikes = [(step * STEP_S, names[tokens[step]]) for step in np.flatnonzero(is_new)]
    # Tokens in <angle brackets> are blanks and word boundaries.
    sounding = [(time_s, name) for time_s, name in spikes if not name.startswith("<") and sounds(name)]
    return _tiled(sounding, heard, audio.duration_s)


@cache
def _recogniser() -> Any:
    try:
        import hama

        return hama.ASRModel()
    except (ImportError, RuntimeError) as error:
        raise ModelMissing(
            "The sound recogniser `hama` does not run on this machine. Install it with `pip install hama==1.7.0` "
            "(it runs on Linux and macOS), or give the spoken English words as text."
        ) from error


def _tokens(audio: AudioClip, report: Callable[[float], None]) -> tuple[np.ndarray, list[str]]:
    """The likeliest token of each 20 ms step, (T,) int16, and the tokens' names; most steps are blank."""
    if audio.sample_rate != SAMPLE_RATE:
        raise InvalidInput(f"The recogniser listens at {SAMPLE_RATE} Hz, not {audio.sample_rate} Hz: resample the audio first.")
    recogniser = _recogniser()
    step_count = len(audio.samples) // _STEP_SAMPLES + 1
    tokens = np.empty(step_count, np.int16)
    for start in range(0, step_count, _WINDOW_STEPS):
        end = min(start + _WINDOW_STEPS, step_count)
        first = max(start - _OVERLAP_STEPS, 0)
        samples = audio.samples[first * _STEP_SAMPLES : (end + _OVERLAP_STEPS) * _STEP_SAMPLES]
        log_probabilities = _log_probabilities(recogniser, samples)[start - first : end - first]
        log_probabilities[:, recogniser.blank_id] += _BLANK_BIAS
        tokens[start:end] = log_probabilities.argmax(axis=1)
        report(end / step_count)
    return tokens, recogniser.decoder_tokens


def _log_probabilities(recogniser: Any, samples: np.ndarray) -> np.ndarray:
    """(S,) samples -> (S // 320 + 1, 191) natural logarithms."""
    feeds = {"waveform": samples[None], "waveform_lengths": np.array([len(samples)])}
    (log_probabilities,) = recogniser.session.run(["log_probs"], feeds)
    return log_probabilities[0]


def _lag_s(symbol: str) -> float:
    is_affricate = sounds(symbol)[0].place == "postalveolar"
    if symbol[0] in _LATE or is_affricate:
        return _LATE_LAG_S
    return _EARLY_LAG_S if symbol[0] in _EARLY else _LAG_S


def _tiled(spikes: Sequence[tuple[float, str]], heard: Prosody, duration_s: float) -> tuple[Phoneme, ...]:
    """Phonemes from the times of their spikes. Each lasts until the next starts, the voice stops, or half a second is over."""
    quiet_s = np.append(np.flatnonzero(~heard.is_speech) * heard.hop_s, np.inf)
    starts_s: list[float] = []
    for time_s, symbol in spikes:
        earliest_s = starts_s[-1] + _SHORTEST_S if starts_s else 0.0
        starts_s.append(min(max(time_s - _lag_s(symbol), earliest_s), duration_s))
    tiles: list[Phoneme] = []
    clock_s = 0.0
    for (time_s, symbol), start_s, next_s in zip(spikes, starts_s, [*starts_s, duration_s][1:], strict=True):
        if start_s > clock_s:
            tiles.append(Phoneme(SILENCE, clock_s, start_s))
        voice_end_s = quiet_s[np.searchsorted(quiet_s, max(time_s, start_s + _SHORTEST_S))]
        clock_s = float(min(next_s, voice_end_s, start_s + _LONGEST_S))
        tiles.append(Phoneme(symbol, start_s, clock_s))
    if clock_s < duration_s or not tiles:
        tiles.append(Phoneme(SILENCE, clock_s, duration_s))
    return tuple(tiles)
