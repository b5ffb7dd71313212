"""Timecodes HH:MM:SS:FF.sss: the time of each sample in frames of the next whole rate, and that rate read back.

23.976 fps is told in frames of a 24 fps clock, 1.001 of them to a sample, so labels keep time and never drop. Three decimals
say whole and 1000/1001 rates exactly; other rates get nine.
"""

import re
from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np

from ..errors import InvalidInput
from .frame_rates import is_broadcast_rate, simplest_rate

_PATTERN = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2}):(\d{1,3})(?:\.(\d{1,12}))?", re.ASCII)
_DAY_S = 24 * 60 * 60
_MEDIAN_TOLERANCE = 6e-4
"""Relative: three decimals on one step of one frame, and less than 59.94 differs from 60."""


def timecodes(frame_count: int, fps: float) -> Iterator[str]:
    """The label of every sample of a clip that starts at 00:00:00:00."""
    clock_fps = max(ceil(fps - 1e-9), 1)
    decimals = 3 if is_broadcast_rate(fps) else 9
    for index in range(frame_count):
        frames, fraction = divmod(round(index * clock_fps / fps * 10**decimals), 10**decimals)
        seconds, frame = divmod(frames, clock_fps)
        yield f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}.{fraction:0{decimals}d}"


def timecode_rate(labels: Sequence[str]) -> tuple[float, np.ndarray | None]:
    """Samples per second, and the samples' times (F,) in seconds from the first where they are not evenly spaced, else None.

    Raises InvalidInput where labels are malformed or don't rise, and where none marks the end of a second: then nothing tells
    how many frames a second has.
    """
    seconds, frames, decimals = _parsed(labels)
    if len(labels) < 2 or np.all(seconds == seconds[0]):
        raise InvalidInput("the timecodes stay within one second, which leaves the frame rate open. Read the file with its fps.")
    clock_fps = _clock_fps(seconds, frames)
    positions = seconds * clock_fps + frames
    steps = np.diff(positions)
    if np.any(steps <= 0.0):
        row = int(np.argmax(steps <= 0.0)) + 2
        raise InvalidInput(
            f"timecode {labels[row - 1]} of row {row} does not come after the one before. Read the file with its fps."
        )
    step = float(np.median(steps))
    if np.all(np.abs(steps - step) < 0.5 * step):
        return _even_rate(positions, clock_fps, 10.0**-decimals), None
    fps = clock_fps / step
    fps = simplest_rate(fps, fps * (1.0 - _MEDIAN_TOLERANCE), fps * (1.0 + _MEDIAN_TOLERANCE))
    return fps, (positions - positions[0]) / clock_fps


def _clock_fps(seconds: np.ndarray, frames: np.ndarray) -> int:
    """Frames to a second: what a step of ordinary length over the end of a second needs, and at least the highest frame + 1."""
    least = int(frames.max()) + 1
    seconds_passed, frames_passed = np.diff(seconds), np.diff(frames)
    within, over = frames_passed[seconds_passed == 0], frames_passed[seconds_passed == 1]
    if not within.size or not over.size:
        return least
    return max(least, round(float(np.median(within) - np.median(over))))


def _even_rate(positions: np.ndarray, clock_fps: int, quantum: float) -> float:
    """The plainest rate that the labels allow: rounded to `quantum` and, in recordings, jittering by what they deviate."""
    elapsed = positions[-1] - positions[0]
    fps = (len(positions) - 1) * clock_fps / elapsed
    deviation = np.abs(positions - np.linspace(positions[0], positions[-1], len(positions))).max()
    slack = min(max(quantum, 2.0 * deviation), 0.5 * elapsed)
    return simplest_rate(fps, fps * elapsed / (elapsed + slack), fps * elapsed / (elapsed - slack))


def _parsed(labels: Sequence[str]) -> tuple[np.ndarray, np.ndarray, int]:
    """Whole seconds (F,), frames within the second (F,), both rising over midnight, and how many decimals are printed."""
    seconds, frames = np.empty(len(labels)), np.empty(len(labels))
    decimals = 0
    for index, label in enumerate(labels):
        match = _PATTERN.fullmatch(label.strip())
        if match is None:
            raise InvalidInput(f"timecode {label[:40]!r} of row {index + 1} is not HH:MM:SS:FF.sss. Read the file with its fps.")
        hours, minutes, whole, frame, fraction = match.groups()
        seconds[index] = int(hours) * 3600 + int(minutes) * 60 + int(whole)
        frames[index] = float(f"{frame}.{fraction or 0}")
        decimals = max(decimals, len(fraction or ""))
    days = np.concatenate([[0], np.cumsum(np.diff(seconds) < -_DAY_S / 2)])
    return seconds + days * _DAY_S, frames, decimals
