"""Views of prosody that movement follows: phrases, accents, the pitch contour and rising ends."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter
from scipy.signal import find_peaks

from .prosody import Prosody, true_spans

SHORTEST_PAUSE_S = 0.25
_ACCENT_DISTANCE_S = 0.28
_CONTOUR_SMOOTHING_S = 0.06
_FINAL_S = 0.35
"""The stretch of voice at a phrase's end whose pitch tells a question."""
_RISE_SEMITONES = 2.0
_ECHO_DB = 18.0


@dataclass(frozen=True, eq=False)
class Accents:
    """Syllables that stand out. times_s: (N,) ascending; strengths: (N,) in 0..1, relative to the clip's strongest."""

    times_s: np.ndarray
    strengths: np.ndarray


def phrases(prosody: Prosody, shortest_pause_s: float = SHORTEST_PAUSE_S) -> np.ndarray:
    """Stretches of speech between pauses: (N, 2) start and end in seconds."""
    spans = true_spans(prosody.is_speech) * prosody.hop_s
    if not len(spans):
        return np.zeros((0, 2))
    is_pause = spans[1:, 0] - spans[:-1, 1] >= shortest_pause_s
    return np.stack([spans[np.r_[True, is_pause], 0], spans[np.r_[is_pause, True], 1]], axis=1)


def pitch_contour(prosody: Prosody) -> np.ndarray:
    """Semitones over the voice's median within 6 s of speech, interpolated where unvoiced, smooth. (T,); 0 without a voice."""
    is_voiced = prosody.pitch_hz > 0.0
    if not is_voiced.any():
        return np.zeros(prosody.step_count)
    semitones = 12.0 * np.log2(prosody.pitch_hz[is_voiced].astype(np.float64))
    # Every tenth value gives the same median at a hundredth of the work.
    rough = semitones[::10]
    median = median_filter(rough, size=min(61, len(rough)), mode="nearest")
    semitones -= np.interp(np.arange(len(semitones)), np.arange(len(rough)) * 10, median)
    contour = np.interp(np.arange(prosody.step_count), np.flatnonzero(is_voiced), semitones)
    fade = gaussian_filter1d(prosody.is_speech.astype(np.float64), 0.15 / prosody.hop_s)
    return gaussian_filter1d(contour, _CONTOUR_SMOOTHING_S / prosody.hop_s) * fade


def vocal_effort(prosody: Prosody, smoothing_s: float) -> np.ndarray:
    """0 in silence, about 0.5 in ordinary speech, 1 at the clip's loudest; Gaussian smoothing. (T,)"""
    if not prosody.is_speech.any():
        return np.zeros(prosody.step_count)
    low, high = np.percentile(prosody.loudness_db[prosody.is_speech], (10, 98))
    effort = np.clip((prosody.loudness_db - low) / max(high - low, 6.0), 0.0, 1.0) * prosody.is_speech
    return gaussian_filter1d(effort.astype(np.float64), smoothing_s / prosody.hop_s)


def accents(prosody: Prosody) -> Accents:
    """Peaks of loudness and pitch together."""
    loudness = vocal_effort(prosody, _CONTOUR_SMOOTHING_S)
    prominence = loudness + 0.08 * np.clip(pitch_contour(prosody), -6.0, 8.0)
    peaks, found = find_peaks(
        np.pad(prominence, 1, constant_values=-1.0), distance=_ACCENT_DISTANCE_S / prosody.hop_s, prominence=0.15
    )
    peaks = peaks - 1
    is_spoken = prosody.is_speech[peaks]
    peaks, size = peaks[is_spoken], np.minimum(found["prominences"][is_spoken], 2.0) + prominence[peaks[is_spoken]]
    if not len(peaks):
        return Accents(np.zeros(0), np.zeros(0))
    low, high = np.percentile(size, (5, 95))
    strengths = np.clip((size - low) / max(high - low, 0.3), 0.0, 1.0)
    return Accents(peaks * prosody.hop_s, strengths)


def rising_ends(prosody: Prosody, spans_s: np.ndarray) -> np.ndarray:
    """Which phrases end with a rising voice, as questions do: (N, 2) seconds -> (N,) bool."""
    is_rising = np.zeros(len(spans_s), bool)
    for index, (start_s, end_s) in enumerate(spans_s):
        first, last = round(start_s / prosody.hop_s), round(end_s / prosody.hop_s)
        pitch_hz, loudness_db = prosody.pitch_hz[first:last], prosody.loudness_db[first:last]
        # The room's echo of a voice has a pitch too.
        is_voice = (pitch_hz > 0.0) & (loudness_db > loudness_db.max(initial=-np.inf) - _ECHO_DB)
        semitones = 12.0 * np.log2(pitch_hz[is_voice])
        final = semitones[-round(_FINAL_S / prosody.hop_s) :]
        if len(final) >= 8:
            third = max(len(final) // 3, 1)
            rise = np.median(final[-third:]) - np.median(final[:third])
            is_rising[index] = rise > _RISE_SEMITONES and np.median(final[-third:]) > np.median(semitones)
    return is_rising
