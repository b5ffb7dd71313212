"""Truth: what a face really did, or what the teacher of synthetic speech had it do, in a clip that nobody learnt from."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...bridge.data import ARKIT_INDEX, ARKIT_NAMES, AudioClip, MotionClip, OpenHuman, PerformanceStyle
from ..articulation.performance import performed_layer
from ..data.corpus import OPENING, Corpus, CorpusClip
from ..data.splits import split_by_sentence
from ..metrics import mouth_opening_mm
from ..speech.prosody import prosody
from .performances import performed

_WHOLE_MOUTH = ("jawOpen", "mouthClose")
_UPPER_FACE = ("browInnerUp", "browDownLeft", "browDownRight")
_TEACHERS_LAYERS = ("upper_face", "blinks", "head")


@dataclass(frozen=True, eq=False)
class Truth:
    """weights: (F, 52) ARKit, 0 where not known; is_known: (52,) bool. is_valid: (F,) bool. opening_mm: (F,).

    head_rotation: (F, 3) axis-angle in radians, or None. emotion: what the speaker performed, as a style has it.
    """

    name: str
    audio: AudioClip
    fps: float
    weights: np.ndarray
    is_known: np.ndarray
    is_valid: np.ndarray
    opening_mm: np.ndarray
    head_rotation: np.ndarray | None
    emotion: Mapping[str, float] = field(default_factory=dict)

    @property
    def has_mouth(self) -> bool:
        """Whether lips can be compared: not where an opening is all that was captured of them."""
        return all(self.is_known[ARKIT_INDEX[name]] for name in _WHOLE_MOUTH)

    @property
    def has_upper_face(self) -> bool:
        return all(self.is_known[ARKIT_INDEX[name]] for name in _UPPER_FACE)


def held_out(corpus: Corpus, limit: int) -> list[int]:
    """Clips whose sentence or speaker is held out: `limit` of them at most, evenly from the whole corpus."""
    indices = [index for index, split in enumerate(split_by_sentence(corpus.labels)) if split == "validation"]
    chosen = np.unique(np.linspace(0, len(indices) - 1, min(limit, len(indices))).round().astype(int)) if indices else []
    return [indices[place] for place in chosen]


def truth_of(corpus: Corpus, index: int, human: OpenHuman) -> Truth:
    """A clip's curves; synthetic speech, whose mouth the teacher moved, gets brows, lids and head by the teacher as well."""
    clip, names = corpus.clip(index), corpus.header.curve_names
    weights, is_known = np.zeros((len(clip.curves), len(ARKIT_NAMES)), np.float32), np.zeros(len(ARKIT_NAMES), bool)
    for column, name in enumerate(names):
        if name in ARKIT_INDEX:
            weights[:, ARKIT_INDEX[name]] = np.nan_to_num(clip.curves[:, column])
            is_known[ARKIT_INDEX[name]] = True
    head_rotation = clip.head_rotation
    if "teacher" in corpus.header.provenance:
        head_rotation = _taught(clip, corpus.header.fps, weights, is_known)
    if OPENING in names:
        widest_mm = mouth_opening_mm(human, np.eye(len(ARKIT_NAMES))[[ARKIT_INDEX["jawOpen"]]])
        opening_mm = widest_mm * np.nan_to_num(clip.curves[:, names.index(OPENING)])
    else:
        opening_mm = mouth_opening_mm(human, weights)
    emotion = {clip.label.emotion: clip.label.intensity} if clip.label.intensity > 0.0 else {}
    return Truth(
        clip.label.name, clip.audio, corpus.header.fps, weights, is_known, clip.is_valid, opening_mm, head_rotation, emotion
    )


def _taught(clip: CorpusClip, fps: float, weights: np.ndarray, is_known: np.ndarray) -> np.ndarray:
    """Fills in the teacher's brows and lids; returns its head's rotation (F, 3)."""
    style, heard = PerformanceStyle(seed=zlib.crc32(clip.label.name.encode())), prosody(clip.audio)
    layers = [performed_layer(name, clip.phonemes, heard, fps, len(weights), style) for name in _TEACHERS_LAYERS]
    taught = performed(MotionClip(fps, tuple(layers)))
    columns = [ARKIT_INDEX[name] for layer in layers for name in layer.blend_shape_names]
    weights[:, columns] = taught.weights[:, columns]
    is_known[columns] = True
    return taught.head_rotation
