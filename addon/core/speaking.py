"""What the worker is asked for when a character is to speak."""

import json
from collections.abc import Mapping
from typing import Any

_AMPLITUDES = ("mouth", "head", "eyes", "blinks")


def speak_options(settings: Mapping[str, Any], fps: float, layers: tuple[str, ...] = ()) -> dict[str, Any]:
    """The options of a job of kind `speak`. settings: a character's performance properties by name; no layers means all.

    The emotion is what `settings["moods"]` says, as `core.moods.moods_text` writes it.
    """
    options: dict[str, Any] = {
        "style": {
            "moods": json.loads(settings["moods"] or "[]"),
            "seed": settings["seed"],
            "variation": settings["variation"],
            **{part: settings[part] for part in _AMPLITUDES},
        },
        "engine": settings["engine"],
        "fps": fps,
        "text": settings["text"].strip() or None,
    }
    return options | ({"layers": list(layers)} if layers else {})
