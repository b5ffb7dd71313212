"""The eight emotion labels of MEAD (Wang et al. 2020)."""

from collections.abc import Mapping

from ..errors import InvalidInput

EMOTION_NAMES: tuple[str, ...] = ("neutral", "happy", "sad", "surprised", "fear", "disgusted", "angry", "contempt")


def check_emotion(emotion: Mapping[str, float]) -> None:
    """Raise InvalidInput unless these are labels with intensities 0..1."""
    for label, intensity in emotion.items():
        if label not in EMOTION_NAMES:
            raise InvalidInput(f"No emotion is called {label!r}. Choose from: {', '.join(EMOTION_NAMES)}.")
        if not 0.0 <= intensity <= 1.0:
            raise InvalidInput(f"The intensity of {label!r} must lie between 0 and 1, not {intensity}.")
