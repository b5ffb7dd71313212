"""What the models learn to perform: the articulation engine's take on a line, corrected by what was captured of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from ...bridge.data import EMOTION_NAMES, MotionClip, PerformanceStyle, Phoneme
from ..articulation.closures import lip_bites, lip_closures
from ..articulation.mouth_shapes import MouthShapes
from ..articulation.performance import PERFORMED_LAYERS, performed_layer
from ..models.channels import (
    CHANNEL_INDEX,
    CHANNEL_NAMES,
    HEAD,
    LIPS,
    UPPER_FACE,
    channels_of,
    resampled,
)
from ..models.lip_timing import opened
from ..speech.prosody import Prosody
from .corpus import OPENING, CorpusClip

STEPS_PER_SECOND = 50.0
_PERFORMED_OPENING = 3.2 / 2.6
"""Who performs opens wider than readers of word lists, by whom openings were captured."""
_GROUPS = {
    "opening": ("jawOpen", "mouthClose"),
    "rounding": ("mouthFunnel", "mouthPucker"),
    "spreading": ("mouthSmile", "mouthStretch", "mouthDimple"),
    "teeth": ("mouthUpperUp", "mouthLowerDown", "mouthShrug"),
}
_MOODS = (0.3, 0.75)
"""Takes up to the first share are neutral, up to the second of one emotion, the others of two."""


@dataclass(frozen=True)
class Manner:
    """How somebody moves whatever they say: gains on groups of channels; left: of the left side against the right."""

    opening: float = 1.0
    rounding: float = 1.0
    spreading: float = 1.0
    teeth: float = 1.0
    left: float = 1.0
    upper_face: float = 1.0
    head: float = 1.0

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Manner":
        spread = {"left": 0.12, "upper_face": 0.35, "head": 0.35}
        return cls(**{each.name: float(np.exp(spread.get(each.name, 0.25) * rng.standard_normal())) for each in fields(cls)})

    def gains(self) -> np.ndarray:
        """(48,) by which channels are multiplied. Jaw and mouthClose have one gain, so that closed lips stay closed."""
        gains = np.ones(len(CHANNEL_NAMES), np.float32)
        for name, index in CHANNEL_INDEX.items():
            for group, prefixes in _GROUPS.items():
                if name.startswith(prefixes):
                    gains[index] *= getattr(self, group)
            if name.startswith("mouth") and name.endswith(("Left", "Right")):
                gains[index] *= self.left**0.5 if name.endswith("Left") else self.left**-0.5
        gains[UPPER_FACE] *= self.upper_face
        gains[HEAD] *= self.head
        return gains


def drawn_emotion(rng: np.random.Generator) -> dict[str, float]:
    """None, one, or two emotions with intensities."""
    kind = rng.random()
    count = 0 if kind < _MOODS[0] else 1 if kind < _MOODS[1] else 2
    labels = rng.choice(EMOTION_NAMES[1:], count, replace=False)
    return {str(label): float(rng.uniform(0.15, 1.0)) for label in labels}


def performed_channels(
    phonemes: Sequence[Phoneme],
    heard: Prosody,
    step_count: int,
    style: PerformanceStyle,
    manner: Manner,
    shapes: MouthShapes | None = None,
) -> np.ndarray:
    """The articulation engine's take, (T, 48) at 50 Hz."""
    layers = [
        performed_layer(name, phonemes, heard, STEPS_PER_SECOND, step_count, style, shapes)
        for name in PERFORMED_LAYERS
        if phonemes or name != "lips"
    ]
    channels = channels_of(MotionClip(STEPS_PER_SECOND, tuple(layers)), STEPS_PER_SECOND) * manner.gains()
    channels[:, : UPPER_FACE.stop] = np.clip(channels[:, : UPPER_FACE.stop], 0.0, 1.0)
    return channels


def contacts(phonemes: Sequence[Phoneme], step_count: int) -> np.ndarray:
    """(T, 2) 0..1 at 50 Hz: lips held together for p b m; lower lip held to the teeth for f v."""
    times_s = np.arange(step_count) / STEPS_PER_SECOND
    return np.stack([lip_closures(phonemes).strength(times_s), lip_bites(phonemes).strength(times_s)], axis=1)


def captured_channels(clip: CorpusClip, names: Sequence[str], fps: float, performed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`performed`, (T, 48), with what was captured in its place -> channels (T, 48) and which are known (T, 48).

    A captured jaw brings the whole mouth with it: lips that the capture does not hold are unknown. Where only the opening was
    captured, the engine's lips are moved to it.
    """
    step_count = len(performed)
    curves = resampled(np.nan_to_num(clip.curves), fps, STEPS_PER_SECOND, step_count)
    is_valid = resampled(clip.is_valid[:, None].astype(np.float32), fps, STEPS_PER_SECOND, step_count)[:, 0] > 0.99
    known = np.ones((step_count, len(CHANNEL_NAMES)), bool)
    channels = performed.copy()
    if OPENING in names:
        captured = _PERFORMED_OPENING * np.maximum(curves[:, list(names).index(OPENING)], 0.0)
        channels[:, LIPS] = opened(channels, captured)[:, LIPS]
    elif "jawOpen" in names:
        known[:, LIPS] = False
        for column, name in enumerate(names):
            if name in CHANNEL_INDEX:
                channels[:, CHANNEL_INDEX[name]] = curves[:, column]
                known[:, CHANNEL_INDEX[name]] = True
    known[~is_valid] = False
    return channels, known
