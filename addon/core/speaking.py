"""What the worker is asked for when a character is to speak."""

from collections.abc import Mapping
from typing import Any

_AMPLITUDES = ("mouth", "head", "eyes", "blinks")


def speak_options(settings: Mapping[str, Any], fps: float, layers: tuple[str, ...] = ()) -> dict[str, Any]:
    """The options of a job of kind `speak`. settings: a character's performance properties by name; no layers means all."""
    emotion, intensity = settings["emotion"], settings["intensity"]
    has_emotion = emotion != "neutral" and intensity > 0.0
    options: dict[str, Any] = {
        "style": {
            "emotion": {emotion: intensity} if has_emotion else {},
            "seed": settings["seed"],
            **{part: settings[part] for part in _AMPLITUDES},
        },
        "fps": fps,
        "text": settings["text"].strip() or None,
    }
    return options | ({"layers": list(layers)} if layers else {})
