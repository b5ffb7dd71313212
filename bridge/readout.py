"""What can be told of a performance without a picture: closures made, lag, motion in pauses, shapes at their limit.

Distances are taken on the open human.
"""

from dataclasses import dataclass

import numpy as np

from .data import ARKIT_NAMES, BLINK_NAMES, SILENCE, AudioClip, MotionClip, OpenHuman, Phoneme
from .data.ipa import is_bilabial, sounds

CLOSED_LIP_GAP_M = 0.0015
CLOSURE_TOLERANCE_S = 0.04

STEP_S = 0.01
"""Lag and pauses are looked for on this grid."""
LARGEST_LAG_S = 0.25
LEAST_CORRELATION = 0.3
"""Mouth and sound that agree less than this have no lag that could be told."""
PAUSE_MARGIN_S = 0.15
"""At either end of a pause the mouth may still close, or open for what comes."""
SHORTEST_PAUSES_S = 0.3
"""A line with less silence than this, margins apart, says nothing about pauses."""
_QUIET_DB = -35.0
"""Below a line's loud moments, this is silence."""
_HELD_SAMPLES = 3


@dataclass(frozen=True, eq=False)
class LipClosures:
    """wanted: the clip's p b m. closed: (N,) bool, whether the lips meet in time. lip_gap_m: (F,), how far apart they are."""

    wanted: tuple[Phoneme, ...]
    closed: np.ndarray
    lip_gap_m: np.ndarray

    @property
    def share(self) -> float:
        """Share of the wanted closures that are made; 1 where none is wanted."""
        return float(self.closed.mean()) if len(self.wanted) else 1.0


@dataclass(frozen=True)
class Readout:
    """closures_made of closures_wanted: of p b m. clipped: blend shapes that the clip wants beyond their limit.

    lag_s: how much later the mouth is than the sound; None where it cannot be told.
    pause_motion: how fast lips move in pauses, as a share of their speed in speech; None where there is no pause.
    """

    closures_made: int
    closures_wanted: int
    lag_s: float | None
    pause_motion: float | None
    clipped: tuple[str, ...]


def clip_readout(clip: MotionClip, human: OpenHuman, audio: AudioClip | None = None) -> Readout:
    """The read-out of a clip. Lag is measured against the recording's loudness, or without one against the clip's phonemes."""
    closures = lip_closures(clip, human)
    times_s = np.arange(0.0, clip.duration_s, STEP_S)
    gap_m = np.interp(times_s, clip.times_s, closures.lip_gap_m) if clip.frame_count else np.zeros(0)
    loudness = loudness_db(audio, times_s) if audio is not None else None
    expected = loudness if loudness is not None else expected_opening(clip.phonemes, times_s)
    return Readout(
        closures_made=int(closures.closed.sum()),
        closures_wanted=len(closures.wanted),
        lag_s=lag_s(gap_m, expected),
        pause_motion=pause_motion(gap_m, _is_silent(clip, times_s, loudness)),
        clipped=clipped_shapes(clip),
    )


def readout_lines(readout: Readout) -> list[str]:
    """What a read-out says, a sentence for each matter."""
    lines = [f"p b m: {readout.closures_made} of {readout.closures_wanted} close the lips"]
    if readout.lag_s is not None:
        lines.append(
            f"lag: the mouth is {abs(readout.lag_s) * 1000.0:.0f} ms {'after' if readout.lag_s > 0.0 else 'before'} the sound"
        )
    if readout.pause_motion is not None:
        lines.append(f"pauses: lips move at {readout.pause_motion:.0%} of their speed in speech")
    lines.append(f"clipped: {', '.join(readout.clipped) or 'no shape'}")
    return lines


def lip_closures(clip: MotionClip, human: OpenHuman) -> LipClosures:
    """A closure is made where the lips come within 1.5 mm during its phone or at most 40 ms from it."""
    lip_gap_m = human.lip_gap_m(clip.blend_shapes(ARKIT_NAMES))
    wanted = tuple(phoneme for phoneme in clip.phonemes if is_bilabial(phoneme.symbol))
    closed = np.zeros(len(wanted), bool)
    for index, phoneme in enumerate(wanted):
        first = np.ceil((phoneme.start_s - CLOSURE_TOLERANCE_S) * clip.fps)
        last = np.floor((phoneme.end_s + CLOSURE_TOLERANCE_S) * clip.fps)
        closed[index] = (lip_gap_m[int(max(first, 0)) : int(last) + 1] < CLOSED_LIP_GAP_M).any()
    return LipClosures(wanted, closed, lip_gap_m)


def loudness_db(audio: AudioClip, times_s: np.ndarray) -> np.ndarray:
    """(T,): the level of 30 ms around each time, in dB below the line's loud moments (its 95th percentile), at least -60."""
    hop = max(round(STEP_S * audio.sample_rate), 1)
    blocks = audio.samples[: len(audio.samples) // hop * hop].reshape(-1, hop)
    power = np.convolve(np.square(blocks).mean(axis=1, dtype=np.float64), np.full(3, 1.0 / 3.0), "same")
    if not len(power) or power.max() <= 0.0:
        return np.full(len(times_s), -60.0)
    centres_s = (np.arange(len(power)) + 0.5) * hop / audio.sample_rate
    loud = np.percentile(power, 95) or power.max()
    return np.interp(times_s, centres_s, 10.0 * np.log10(np.maximum(power / loud, 1e-6)))


def expected_opening(phonemes: tuple[Phoneme, ...], times_s: np.ndarray) -> np.ndarray:
    """(T,), 0..1: how far the sound at each time asks the mouth to open; vowels by their openness, closures and silence not."""
    opening = np.zeros(len(times_s))
    for phoneme in phonemes:
        span = slice(*np.searchsorted(times_s, [phoneme.start_s, phoneme.end_s]))
        parts = [0.4 + 0.6 * sound.openness if sound.kind == "vowel" else 0.25 for sound in sounds(phoneme.symbol)]
        opening[span] = 0.0 if is_bilabial(phoneme.symbol) else max(parts, default=0.0)
    return opening


def lag_s(gap_m: np.ndarray, expected: np.ndarray) -> float | None:
    """The shift within a quarter of a second at which opening and expectation, (T,) each on the grid, agree best.

    Positive: the mouth is late. The peak of their correlation is refined by a parabola; None where it is low, or at the edge.
    """
    reach = round(LARGEST_LAG_S / STEP_S)
    if len(gap_m) < 4 * reach:
        return None
    scores = np.array([_correlation(gap_m, expected, shift) for shift in range(-reach, reach + 1)])
    peak = int(scores.argmax())
    if scores[peak] < LEAST_CORRELATION or peak in (0, 2 * reach):
        return None
    before, at, after = scores[peak - 1 : peak + 2]
    bend = before - 2.0 * at + after
    return (peak - reach + (0.5 * (before - after) / bend if bend < 0.0 else 0.0)) * STEP_S


def _correlation(gap_m: np.ndarray, expected: np.ndarray, shift: int) -> float:
    """Pearson's, of the gap that is `shift` steps later than the expectation."""
    late = gap_m[max(shift, 0) : len(gap_m) + min(shift, 0)]
    early = expected[max(-shift, 0) : len(expected) + min(-shift, 0)]
    late, early = late - late.mean(), early - early.mean()
    size = np.sqrt(np.sum(late**2) * np.sum(early**2))
    return float(np.sum(late * early) / size) if size > 1e-12 else 0.0


def _is_silent(clip: MotionClip, times_s: np.ndarray, loudness: np.ndarray | None) -> np.ndarray:
    """(T,): by the clip's phonemes, or where it has none by the recording; nothing is silent where there is neither."""
    if clip.phonemes:
        is_silent = np.ones(len(times_s), bool)
        for phoneme in clip.phonemes:
            if phoneme.symbol != SILENCE:
                is_silent[slice(*np.searchsorted(times_s, [phoneme.start_s, phoneme.end_s]))] = False
        return is_silent
    return loudness < _QUIET_DB if loudness is not None else np.zeros(len(times_s), bool)


def pause_motion(gap_m: np.ndarray, is_silent: np.ndarray) -> float | None:
    """The mean speed of the gap (T,) within pauses, as a share of its mean speed in speech."""
    margin = 2 * round(PAUSE_MARGIN_S / STEP_S) + 1
    is_pause = np.convolve(is_silent, np.ones(margin), "same") > margin - 0.5
    speed = np.abs(np.diff(gap_m, append=gap_m[-1:]))
    if is_pause.sum() * STEP_S < SHORTEST_PAUSES_S or is_silent.all() or speed[~is_silent].mean() <= 0.0:
        return None
    return float(speed[is_pause].mean() / speed[~is_silent].mean())


def clipped_shapes(clip: MotionClip) -> tuple[str, ...]:
    """Blend shapes that the layers together want above 1 or below 0, or that rest at 1 for three samples, as lids alone may."""
    found = []
    for name in ARKIT_NAMES:
        wanted = np.sum([layer.blend_shape(name) for layer in clip.layers], axis=0)
        is_full = np.convolve(wanted >= 1.0 - 1e-4, np.ones(_HELD_SAMPLES), "valid") > _HELD_SAMPLES - 0.5
        is_held = name not in BLINK_NAMES and len(wanted) >= _HELD_SAMPLES and bool(is_full.any())
        if is_held or np.any(wanted > 1.0 + 1e-3) or np.any(wanted < -1e-3):
            found.append(name)
    return tuple(found)
