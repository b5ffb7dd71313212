"""AudioClip: mono speech in memory or memory-mapped."""

from dataclasses import dataclass

import numpy as np

from ..errors import InvalidInput


@dataclass(frozen=True, eq=False)
class AudioClip:
    """samples: (S,) float32 in [-1, 1], mono; a read-only array or memory map. sample_rate in Hz. source: where it came from."""

    samples: np.ndarray
    sample_rate: int
    source: str = ""

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype != np.float32:
            raise InvalidInput(f"Audio must be one channel of float32 samples, not {self.samples.dtype} {self.samples.shape}.")
        if self.sample_rate <= 0:
            raise InvalidInput(f"The sample rate must be positive, not {self.sample_rate} Hz.")

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate

    def excerpt(self, start_s: float, end_s: float) -> "AudioClip":
        """The part between two times, clamped to the clip; shares memory."""
        start, end = (min(max(round(time_s * self.sample_rate), 0), len(self.samples)) for time_s in (start_s, end_s))
        return AudioClip(self.samples[start:end], self.sample_rate, self.source)
