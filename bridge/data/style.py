"""PerformanceStyle: everything an artist chooses about a performance but the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import InvalidInput
from .emotions import EMOTION_NAMES


@dataclass(frozen=True)
class PerformanceStyle:
    """How a line is performed."""

    emotion: Mapping[str, float] = field(default_factory=dict)
    """Emotion labels (MEAD) with intensities 0..1, blended; none is neutral."""
    seed: int = 0
    """The take: other seeds give other blinks, gaze and head motion."""
    mouth: float = 1.0
    """Amplitude of lips and jaw; closures stay closed at any value."""
    head: float = 1.0
    """Amplitude of head motion."""
    eyes: float = 1.0
    """Amplitude of gaze and of the upper face."""
    blinks: float = 1.0
    """Blink rate as a multiple of the natural one; 0 never blinks."""

    def __post_init__(self) -> None:
        for label, intensity in self.emotion.items():
            if label not in EMOTION_NAMES:
                raise InvalidInput(f"No emotion is called {label!r}. Choose from: {', '.join(EMOTION_NAMES)}.")
            if not 0.0 <= intensity <= 1.0:
                raise InvalidInput(f"The intensity of {label!r} must lie between 0 and 1, not {intensity}.")
        for part in ("mouth", "head", "eyes", "blinks"):
            if not 0.0 <= getattr(self, part) <= 4.0:
                raise InvalidInput(f"The amplitude of {part} must lie between 0 and 4, not {getattr(self, part)}.")
        if self.seed < 0:
            raise InvalidInput(f"The seed must not be negative, as {self.seed} is.")
