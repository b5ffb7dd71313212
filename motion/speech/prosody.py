"""How a line is said: loudness, pitch and where there is speech, a hundred times a second."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_closing, percentile_filter

from ...bridge.data import AudioClip
from .pitch import PitchAnalyser, steadied_pitch

HOP_S = 0.01
_BLOCK_STEPS = 2000
_SILENCE_DB = -62.0
"""Nothing quieter counts as speech, however quiet the clip."""
_NOISE_RANGE_DB = 10.0
"""A clip whose loudness varies less, and which has hardly any pitch, is noise."""
_LONGEST_STOP_S = 0.16
"""Gaps up to this long are the closures of stops: still speech."""
_SHORTEST_SPEECH_S = 0.06
_LEVEL_STEP_S = 5.0


@dataclass(frozen=True, eq=False)
class Prosody:
    """Step i is centred on i * hop_s seconds of the audio.

    loudness_db: (T,) float32, dB of full scale, -100 in digital silence. pitch_hz: (T,) float32, 0 where unvoiced.
    is_speech: (T,) bool, stops inside words included.
    """

    loudness_db: np.ndarray
    pitch_hz: np.ndarray
    is_speech: np.ndarray
    hop_s: float = HOP_S

    @property
    def step_count(self) -> int:
        return len(self.loudness_db)

    @property
    def duration_s(self) -> float:
        return self.step_count * self.hop_s

    @property
    def times_s(self) -> np.ndarray:
        """(T,) float64."""
        return np.arange(self.step_count) * self.hop_s


def prosody(audio: AudioClip) -> Prosody:
    """Loudness, pitch and speech of a clip, in time linear in its length; reads a memory-mapped clip block by block."""
    step_count = max(int(np.ceil(audio.duration_s / HOP_S - 1e-9)), 1)
    analyser = PitchAnalyser(audio.sample_rate)
    loudness_db = np.empty(step_count, np.float32)
    pitch_hz = np.empty(step_count, np.float32)
    for start in range(0, step_count, _BLOCK_STEPS):
        end = min(start + _BLOCK_STEPS, step_count)
        loudness_db[start:end], pitch_hz[start:end] = analyser(_windows(audio, analyser.window_size, start, end))
    pitch_hz = steadied_pitch(pitch_hz)
    is_speech = speech_mask(loudness_db, pitch_hz)
    pitch_hz = np.where(is_speech, pitch_hz, np.float32(0.0))
    for array in (loudness_db, pitch_hz, is_speech):
        array.setflags(write=False)
    return Prosody(loudness_db, pitch_hz, is_speech)


def _windows(audio: AudioClip, size: int, start: int, end: int) -> np.ndarray:
    """(end - start, size) samples around steps start..end, zeros outside the clip."""
    centres = np.round(np.arange(start, end) * HOP_S * audio.sample_rate).astype(np.int64)
    first = int(centres[0]) - size // 2
    last = int(centres[-1]) - size // 2 + size
    inside = audio.samples[max(first, 0) : max(last, 0)]
    block = np.pad(inside, (max(-first, 0), last - max(first, 0) - len(inside)))
    return np.lib.stride_tricks.sliding_window_view(block, size)[centres - centres[0]]


def speech_mask(loudness_db: np.ndarray, pitch_hz: np.ndarray, hop_s: float = HOP_S) -> np.ndarray:
    """Where there is speech, (T,) bool: louder than a threshold between the clip's noise floor and its voice, both followed
    over time as far as 10 dB, so that a speaker who turns away is still heard. loudness_db, pitch_hz: (T,)."""
    floor_db, voice_db = np.percentile(loudness_db, (5, 95))
    if voice_db - floor_db < _NOISE_RANGE_DB and np.mean(pitch_hz > 0.0) < 0.1:
        return np.zeros(len(loudness_db), bool)
    local_floor, local_voice = _local_levels(loudness_db, hop_s)
    threshold = _threshold(
        np.clip(local_floor, floor_db - 10.0, floor_db + 10.0), np.clip(local_voice, voice_db - 10.0, voice_db + 10.0)
    )
    is_loud = loudness_db > np.maximum(threshold, _SILENCE_DB)
    bridge = int(np.ceil(_LONGEST_STOP_S / hop_s))
    padded = np.pad(is_loud, bridge)
    is_speech = binary_closing(padded, np.ones(bridge + 1, bool))[bridge:-bridge]
    for start, end in true_spans(is_speech):
        is_speech[start:end] = end - start >= _SHORTEST_SPEECH_S / hop_s
    return is_speech


def true_spans(mask: np.ndarray) -> np.ndarray:
    """Runs of True in a mask (T,) as (N, 2) indices, the second one past the end."""
    return np.flatnonzero(np.diff(np.pad(mask, 1))).reshape(-1, 2)


def _threshold(floor_db: np.ndarray, voice_db: np.ndarray) -> np.ndarray:
    """8 dB over the floor, but always 14 to 32 dB under the voice."""
    return np.clip(floor_db + 8.0, voice_db - 32.0, voice_db - 14.0)


def _local_levels(loudness_db: np.ndarray, hop_s: float) -> tuple[np.ndarray, np.ndarray]:
    """The noise floor and the voice's level within about 20 s around every step, (T,) each."""
    steps = max(round(_LEVEL_STEP_S / hop_s), 1)
    starts = np.arange(0, len(loudness_db), steps)
    levels = np.array([np.percentile(loudness_db[start : start + steps], (5, 95)) for start in starts])
    floor = percentile_filter(levels[:, 0], 20, size=5, mode="nearest")
    voice = percentile_filter(levels[:, 1], 80, size=5, mode="nearest")
    positions, centres = np.arange(len(loudness_db)), starts + steps / 2
    return np.interp(positions, centres, floor), np.interp(positions, centres, voice)
