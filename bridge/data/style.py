"""PerformanceStyle: everything an artist chooses about a performance but the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import InvalidInput
from .emotions import check_emotion
from .mood import Mood, check_timeline, intensities_at


@dataclass(frozen=True)
class PerformanceStyle:
    """How a line is performed."""

    emotion: Mapping[str, float] = field(default_factory=dict)
    """Emotion labels (MEAD) with intensities 0..1, blended; none is neutral."""
    moods: tuple[Mood, ...] = ()
    """Emotion that changes: a timeline that stands in place of the constant one."""
    seed: int = 0
    """The take: other seeds give other blinks, gaze and head motion."""
    variation: float = 0.2
    """How freely the mouth and the upper face are drawn by learned engines; 0 gives the same face with every seed."""
    mouth: float = 1.0
    """Amplitude of lips and jaw; closures stay closed at any value."""
    head: float = 1.0
    """Amplitude of head motion."""
    eyes: float = 1.0
    """Amplitude of gaze and of the upper face."""
    blinks: float = 1.0
    """Blink rate as a multiple of the natural one; 0 never blinks."""

    def __post_init__(self) -> None:
        check_emotion(self.emotion)
        check_timeline(self.moods)
        if self.emotion and self.moods:
            raise InvalidInput("An emotion and a timeline of moods exclude each other. Give one of them.")
        for part in ("mouth", "head", "eyes", "blinks"):
            if not 0.0 <= getattr(self, part) <= 4.0:
                raise InvalidInput(f"The amplitude of {part} must lie between 0 and 4, not {getattr(self, part)}.")
        if not 0.0 <= self.variation <= 2.0:
            raise InvalidInput(f"The variation must lie between 0 and 2, not {self.variation}.")
        if self.seed < 0:
            raise InvalidInput(f"The seed must not be negative, as {self.seed} is.")

    def emotion_at(self, times_s: np.ndarray) -> np.ndarray:
        """Intensities at times on the audio's clock: (F,) -> (F, 8) in the order of EMOTION_NAMES, 0..1; they may sum to more.

        Linear between moods, held before the first and after the last; a constant emotion is one mood. Neutral, the first
        column, is what the others leave of 1, and not below 0.
        """
        return intensities_at(self.moods or (Mood(0.0, self.emotion),), times_s)
