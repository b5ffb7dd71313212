"""From the networks' steps of 20 ms to frames of any rate, as the steps come in."""

from dataclasses import dataclass

import numpy as np

from .mel import STEPS_PER_SECOND

_SPLINE_REACH = 2


@dataclass(frozen=True)
class FrameClock:
    """When the frames of a clip are, counted in steps. fps: frames a second."""

    fps: float

    @property
    def half_frame(self) -> float:
        """Half the time between frames, in steps."""
        return 0.5 * STEPS_PER_SECOND / self.fps

    @property
    def reach(self) -> int:
        """Steps after a frame's own that must be known before it can be read."""
        return max(_SPLINE_REACH, int(np.ceil(self.half_frame)) + 1)

    def ready(self, step_count: int) -> int:
        """How many frames can be read from the first `step_count` steps."""
        last = step_count - 1 - self.reach
        return int(np.floor(last * self.fps / STEPS_PER_SECOND + 1e-9)) + 1 if last >= 0 else 0


class FrameReader:
    """Reads steps that arrive in pieces at the times of frames.

    The first `smooth` columns are splines through the steps (Catmull and Rom 1974); the others are contacts, of which a frame
    takes the strongest within half a frame of it, so that none falls between two.
    """

    def __init__(self, fps: float, smooth: int) -> None:
        self.clock = FrameClock(fps)
        self._smooth = smooth
        self._steps = np.zeros((0, 0), np.float32)
        self._first_step = 0
        self._frames_read = 0

    def feed(self, steps: np.ndarray, is_last: bool = False, frame_count: int | None = None) -> np.ndarray:
        """(T, C) steps that follow those before -> (F, C) frames. In the end the last step holds for what `frame_count` lacks."""
        self._steps = np.concatenate([self._steps, steps]) if len(self._steps) else steps
        end = self.clock.ready(self._first_step + len(self._steps))
        if is_last and frame_count is not None:
            end = frame_count
        frames = self._read(np.arange(self._frames_read, max(end, self._frames_read)))
        self._frames_read += len(frames)
        needed = int(self._frames_read * STEPS_PER_SECOND / self.clock.fps) - self.clock.reach - 1
        self._steps = self._steps[max(needed - self._first_step, 0) :]
        self._first_step = max(needed, self._first_step)
        return frames

    def _read(self, frames: np.ndarray) -> np.ndarray:
        position = frames * (STEPS_PER_SECOND / self.clock.fps) - self._first_step
        index = np.floor(position + 1e-9).astype(np.int64)
        share = np.clip(position - index, 0.0, 1.0).astype(np.float32)
        last = len(self._steps) - 1
        around = [np.clip(index + offset, 0, last) for offset in (-1, 0, 1, 2)]
        taps = _spline_taps(share)
        smooth = sum(tap[:, None] * self._steps[near, : self._smooth] for tap, near in zip(taps, around, strict=True))
        return np.concatenate([smooth, self._strongest(position, index, share)], axis=1, dtype=np.float32)

    def _strongest(self, position: np.ndarray, index: np.ndarray, share: np.ndarray) -> np.ndarray:
        contacts = self._steps[:, self._smooth :]
        last = len(contacts) - 1
        here, there = (np.clip(index + offset, 0, last) for offset in (0, 1))
        strongest = contacts[here] * (1.0 - share[:, None]) + contacts[there] * share[:, None]
        half = self.clock.half_frame
        for offset in range(-int(half) - 1, int(half) + 2):
            near = np.clip(index + offset, 0, last)
            is_near = np.abs(index + offset - position) <= half
            strongest = np.where(is_near[:, None], np.maximum(strongest, contacts[near]), strongest)
        return strongest


def _spline_taps(share: np.ndarray) -> list[np.ndarray]:
    """Weights of the four steps around, (F,) each, `share` 0..1 of the way between the middle two."""
    square, cube = share**2, share**3
    return [
        0.5 * (-cube + 2.0 * square - share),
        0.5 * (3.0 * cube - 5.0 * square + 2.0),
        0.5 * (-3.0 * cube + 4.0 * square + share),
        0.5 * (cube - square),
    ]
