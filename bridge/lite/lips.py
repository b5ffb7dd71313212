"""Sound to lips, as it comes in: log-mel, network, frames, and the contacts enforced."""

from collections.abc import Iterator

import numpy as np

from ..data import LIPS_NAMES, AudioClip, PerformanceStyle
from ..data.expressions import expressions
from ..data.lip_contact import bite_lip, close_lips
from .frames import FrameReader
from .mel import SAMPLE_RATE, STEP_SAMPLES, WINDOW_SAMPLES, MelStream
from .network import LiteStream, LiteWeights

_BLOCK_S = 20
_SPEAKING_SHARE = 0.75
"""Of an expression's mouth that is left while speaking."""
_CERTAIN = (0.2, 0.5)
"""Contacts that are less likely are none; more likely ones are whole. Low, because a closure that is missed is seen, and one too
many hardly."""


class LipsStream:
    """The lips of a sound that goes on. loudness_db: (T,) of the log-mel columns of the last block, a hundred a second."""

    def __init__(self, weights: LiteWeights, fps: float, style: PerformanceStyle) -> None:
        self._mel, self._network, self._frames = MelStream(), LiteStream(weights), FrameReader(fps, len(LIPS_NAMES))
        self._look_ahead, self._fps, self._style = weights.look_ahead, fps, style
        self._heard, self._made = 0, 0
        self.loudness_db = np.zeros(0, np.float32)

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """(S,) float32 at 16 kHz, S >= 0 -> (F, 29) weights of LIPS_NAMES, 0..1: the frames that can be known by now."""
        self._heard += len(samples)
        return self._shaped(self._frames.feed(self._steps(samples)))

    def finish(self, frame_count: int) -> np.ndarray:
        """The frames that are left of `frame_count`, with silence heard after the end."""
        after = np.zeros(-self._heard % STEP_SAMPLES + (self._look_ahead + 1) * STEP_SAMPLES + WINDOW_SAMPLES, np.float32)
        return self._shaped(self._frames.feed(self._steps(after), is_last=True, frame_count=frame_count))

    def _steps(self, samples: np.ndarray) -> np.ndarray:
        mel = self._mel.feed(samples)
        self.loudness_db = self._mel.loudness_db
        return self._network.feed(mel)

    def _shaped(self, frames: np.ndarray) -> np.ndarray:
        """Frames of the network, (F, 31) -> (F, 29): amplitude, expression, contacts."""
        times_s = (self._made + np.arange(len(frames))) / self._fps
        self._made += len(frames)
        lips, contacts = frames[:, : len(LIPS_NAMES)] * self._style.mouth, frames[:, len(LIPS_NAMES) :]
        lips = lips + _SPEAKING_SHARE * expressions(self._style.emotion_at(times_s), LIPS_NAMES)
        low, high = _CERTAIN
        sure = np.clip((contacts - low) / (high - low), 0.0, 1.0)
        sure = sure * sure * (3.0 - 2.0 * sure)
        bite_lip(lips, sure[:, 1])
        close_lips(lips, sure[:, 0])
        return np.clip(lips, 0.0, 1.0).astype(np.float32)


def lips_in_blocks(
    audio: AudioClip, weights: LiteWeights, fps: float, style: PerformanceStyle, frame_count: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The lips of a recording at 16 kHz in blocks of 20 s, (F, 29) each, and the loudness in dB at 100 Hz, (T,)."""
    stream = LipsStream(weights, fps, style)
    for start in range(0, len(audio.samples), _BLOCK_S * SAMPLE_RATE):
        frames = stream.feed(np.asarray(audio.samples[start : start + _BLOCK_S * SAMPLE_RATE]))
        yield frames, stream.loudness_db
    yield stream.finish(frame_count), stream.loudness_db
