"""A face for a live voice: sound in blocks of any size in, frames out at most 300 ms later, the same whatever the blocks.

It hears through the lite model, whose log-mel and convolutions look 223 ms ahead. The probabilistic model's convolutions look
360 ms ahead and its encoder hears 30 s at once, so that it is none for a microphone.
"""

import numpy as np

from ..bridge.curves import bumps
from ..bridge.data import PerformanceStyle
from ..bridge.data.expressions import expressions
from ..bridge.errors import InvalidInput
from ..bridge.lite.lips import LipsStream
from ..bridge.lite.mel import SAMPLE_RATE
from ..bridge.lite.network import LiteWeights, read_lite_weights
from ..bridge.randomness import part_rng
from .models.channels import BLINK, CHANNEL_NAMES, HEAD, HEAD_UNIT_RAD, LIPS, UPPER_FACE, UPPER_FACE_NAMES

LONGEST_DELAY_S = 0.3
_LOWEST_FPS, _HIGHEST_FPS = 20.0, 240.0
"""Below, a frame's own length would be too much of the delay."""
_SWAY_PERIODS_S = (1.9, 3.3, 5.9, 11.3)
_SWAY_DEG = (1.0, 1.9, 1.1)
_BLINK_INTERVAL_S, _BLINK_SPREAD, _SHORTEST_INTERVAL_S = 3.5, 0.5, 0.5
_CLOSING_S, _LIDS_OPENING_S = 0.09, 0.2


class StreamedFace:
    """Frames of the models' channels. Its memory does not grow."""

    def __init__(self, fps: float, style: PerformanceStyle | None = None, weights: LiteWeights | None = None) -> None:
        """weights: of the lite model; the bundled ones where None. Raises InvalidInput for a frame rate that is none for this."""
        if not _LOWEST_FPS <= fps <= _HIGHEST_FPS:
            raise InvalidInput(f"A streamed face needs {_LOWEST_FPS:g} to {_HIGHEST_FPS:g} frames per second, not {fps:g}.")
        self.fps, self.style = fps, style or PerformanceStyle()
        self._lips = LipsStream(weights or read_lite_weights(), fps, self.style)
        self._blinks = _Blinks(fps, self.style)
        self._sway = _Sway(self.style)
        self._samples, self._frames = 0, 0

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """(S,) float32 mono at 16 kHz -> (F, 48) CHANNEL_NAMES: the frames that follow those before and can be known by now."""
        self._samples += len(samples)
        return self._whole(self._lips.feed(np.asarray(samples, np.float32)))

    def finish(self) -> np.ndarray:
        """(F, 48): what is left when the sound has ended, one frame for each that it began."""
        frame_count = max(int(np.ceil(self._samples / SAMPLE_RATE * self.fps - 1e-6)), self._frames)
        return self._whole(self._lips.finish(frame_count)[: frame_count - self._frames])

    def _whole(self, lips: np.ndarray) -> np.ndarray:
        times_s = (self._frames + np.arange(len(lips))) / self.fps
        self._frames += len(lips)
        channels = np.zeros((len(lips), len(CHANNEL_NAMES)), np.float32)
        channels[:, LIPS] = lips
        channels[:, UPPER_FACE] = self.style.eyes * expressions(self.style.emotion_at(times_s), UPPER_FACE_NAMES)
        channels[:, BLINK] = self._blinks.at(times_s)[:, None]
        channels[:, HEAD] = self._sway.at(times_s) / HEAD_UNIT_RAD
        return channels


class _Blinks:
    """Lids that shut at drawn times, each on a frame; times are drawn as they are needed and forgotten when they are over."""

    def __init__(self, fps: float, style: PerformanceStyle) -> None:
        self._rng, self._fps, self._rate = part_rng(style.seed, "blinks"), fps, style.blinks
        self._peaks_s: list[float] = [self._rng.uniform(0.3, _BLINK_INTERVAL_S) / max(self._rate, 1e-6)]

    def at(self, times_s: np.ndarray) -> np.ndarray:
        """(F,) ascending, later than those before -> (F,) 0..1."""
        if not len(times_s) or self._rate == 0.0:
            return np.zeros(len(times_s))
        while self._peaks_s[-1] < times_s[-1] + _CLOSING_S:
            drawn_s = _BLINK_INTERVAL_S * np.exp(_BLINK_SPREAD * self._rng.standard_normal()) / self._rate
            self._peaks_s.append(self._peaks_s[-1] + max(drawn_s, _SHORTEST_INTERVAL_S))
        self._peaks_s = [peak for peak in self._peaks_s if peak > times_s[0] - 1.0]
        peaks_s = np.round(np.array(self._peaks_s) * self._fps) / self._fps
        each = np.ones(len(peaks_s))
        return np.clip(bumps(times_s, peaks_s, _CLOSING_S * each, _LIDS_OPENING_S * each, each), 0.0, 1.0)


class _Sway:
    """A head that is never quite still: waves of several lengths, of drawn size and phase."""

    def __init__(self, style: PerformanceStyle) -> None:
        rng = part_rng(style.seed, "head")
        self._sizes = style.head * np.radians(_SWAY_DEG) * rng.uniform(0.4, 1.0, (len(_SWAY_PERIODS_S), 3))
        self._phases = rng.uniform(0.0, 2.0 * np.pi, (len(_SWAY_PERIODS_S), 3))

    def at(self, times_s: np.ndarray) -> np.ndarray:
        """(F,) -> (F, 3) axis-angle in radians."""
        turns = 2.0 * np.pi * times_s[:, None] / np.array(_SWAY_PERIODS_S)
        waves = self._sizes * np.sin(turns[:, :, None] + self._phases)
        return waves.sum(axis=1) / np.sqrt(len(_SWAY_PERIODS_S))
