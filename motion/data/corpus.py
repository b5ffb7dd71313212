"""Corpus: one file of speech clips and what the faces do in them, read clip by clip."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from ...bridge.data import ARKIT_NAMES, AudioClip, Phoneme
from ...bridge.errors import InvalidInput
from ...bridge.formats import whole_file

SAMPLE_RATE = 16_000
OPENING, WIDTH = "lip_opening", "lip_width"
CURVE_NAMES: tuple[str, ...] = (*ARKIT_NAMES, OPENING, WIDTH)
"""What a face's curves may be: ARKit weights; the lips' opening (1 as far as jawOpen at 1 parts them) and width (1 at rest)."""
_FORMAT = "vivavoce corpus 1"
_FULL_SCALE = 32767.0


@dataclass(frozen=True)
class ClipLabel:
    """Who says what in a clip. sentence: the words, or whatever tells equal lines apart; intensity 0..1 of the emotion."""

    name: str
    speaker: str
    sentence: str
    language: str
    emotion: str = "neutral"
    intensity: float = 0.0


@dataclass(frozen=True, eq=False)
class CorpusClip:
    """curves: (F, K) float, NaN where nothing is known. is_valid: (F,) bool, frames to learn from.
    head_rotation: (F, 3) axis-angle in radians, or None. audio is at 16 kHz; frame `index` is at index / fps seconds of it."""

    label: ClipLabel
    audio: AudioClip
    curves: np.ndarray
    is_valid: np.ndarray
    phonemes: tuple[Phoneme, ...] = ()
    head_rotation: np.ndarray | None = None

    def __post_init__(self) -> None:
        frames = len(self.curves)
        if self.audio.sample_rate != SAMPLE_RATE or self.curves.ndim != 2 or self.is_valid.shape != (frames,):
            raise InvalidInput(f"Clip {self.label.name!r}: audio at {SAMPLE_RATE} Hz, curves (F, K) and is_valid (F,) are meant.")
        if self.head_rotation is not None and self.head_rotation.shape != (frames, 3):
            raise InvalidInput(
                f"Clip {self.label.name!r}: head_rotation has shape {self.head_rotation.shape}, not {(frames, 3)}."
            )


@dataclass(frozen=True)
class CorpusHeader:
    """What all clips of a corpus share. provenance: how it was made and under what licence, text to text."""

    fps: float
    curve_names: tuple[str, ...]
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [name for name in self.curve_names if name not in CURVE_NAMES]
        if unknown or not 1.0 <= self.fps <= 1000.0:
            raise InvalidInput(
                f"A corpus cannot have {self.fps} frames per second or the curves {', '.join(unknown) or 'given'}."
            )


def write_corpus(path: Path, header: CorpusHeader, clips: Sequence[CorpusClip]) -> None:
    """Write a corpus, whole or not at all: 16-bit audio, half-precision curves, labels as JSON in the file's metadata."""
    phonemes = [phoneme for clip in clips for phoneme in clip.phonemes]
    frames = [len(clip.curves) for clip in clips]
    heads = [
        np.full((count, 3), np.nan) if clip.head_rotation is None else clip.head_rotation
        for clip, count in zip(clips, frames, strict=True)
    ]
    arrays = {
        "audio": _joined(
            [np.round(np.clip(clip.audio.samples, -1, 1) * _FULL_SCALE).astype(np.int16) for clip in clips], (), np.int16
        ),
        "audio_starts": _starts([len(clip.audio.samples) for clip in clips]),
        "curves": _joined([clip.curves for clip in clips], (len(header.curve_names),), np.float16),
        "is_valid": _joined([clip.is_valid for clip in clips], (), np.uint8),
        "head_rotation": _joined(heads, (3,), np.float32),
        "frame_starts": _starts(frames),
        "phoneme_times_s": np.array([(each.start_s, each.end_s) for each in phonemes], np.float32).reshape(-1, 2),
        "phoneme_starts": _starts([len(clip.phonemes) for clip in clips]),
    }
    metadata = {
        "format": _FORMAT,
        "fps": repr(header.fps),
        "curve_names": json.dumps(header.curve_names),
        "provenance": json.dumps(dict(header.provenance)),
        "labels": json.dumps([asdict(clip.label) for clip in clips], ensure_ascii=False),
        "phonemes": json.dumps([each.symbol for each in phonemes], ensure_ascii=False),
    }
    with whole_file(path) as temporary:
        save_file(arrays, temporary, metadata)


def _joined(parts: Sequence[np.ndarray], tail: tuple[int, ...], dtype: type) -> np.ndarray:
    return np.concatenate([np.empty((0, *tail), dtype), *(part.astype(dtype) for part in parts)])


def _starts(counts: Sequence[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)


class Corpus:
    """A corpus on disk. Labels are in memory; audio and curves are read when a clip is asked for."""

    def __init__(self, path: Path) -> None:
        """Raises InvalidInput where the file is no corpus, or is damaged."""
        self.path = path
        try:
            self._file: Any = safe_open(path, "numpy")
            metadata = self._file.metadata() or {}
            if metadata.get("format") != _FORMAT:
                raise InvalidInput(f"{path} is not a corpus of this project. Build it with `vivavoce motion-data`.")
            provenance, names = json.loads(metadata["provenance"]), tuple(json.loads(metadata["curve_names"]))
            self.header = CorpusHeader(float(metadata["fps"]), names, provenance)
            self.labels = tuple(ClipLabel(**label) for label in json.loads(metadata["labels"]))
            self._symbols: list[str] = json.loads(metadata["phonemes"])
            self._starts = {part: self._file.get_tensor(f"{part}_starts") for part in ("audio", "frame", "phoneme")}
            self._times_s = self._file.get_tensor("phoneme_times_s")
        except (SafetensorError, OSError, KeyError, ValueError, TypeError) as error:
            raise InvalidInput(f"{path} cannot be read as a corpus: {error}. Build it again.") from error
        if any(len(starts) != len(self.labels) + 1 for starts in self._starts.values()):
            raise InvalidInput(f"{path} names {len(self.labels)} clips but holds another number. Build it again.")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def duration_s(self) -> float:
        return int(self._starts["audio"][-1]) / SAMPLE_RATE

    @property
    def sample_counts(self) -> list[int]:
        """Audio samples of every clip."""
        return np.diff(self._starts["audio"]).tolist()

    @property
    def fingerprint(self) -> str:
        """Tells this corpus from others: its header, its labels and its sizes, hashed."""
        told = json.dumps([asdict(self.header), [asdict(label) for label in self.labels], self.sample_counts], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def clip(self, index: int) -> CorpusClip:
        first, last = self._span("phoneme", index)
        phonemes = [
            Phoneme(symbol, float(start_s), float(end_s))
            for symbol, (start_s, end_s) in zip(self._symbols[first:last], self._times_s[first:last], strict=True)
        ]
        samples = self._rows("audio", "audio", index).astype(np.float32) / _FULL_SCALE
        head_rotation = self._rows("head_rotation", "frame", index)
        return CorpusClip(
            self.labels[index],
            AudioClip(samples, SAMPLE_RATE, self.labels[index].name),
            self._rows("curves", "frame", index).astype(np.float32),
            self._rows("is_valid", "frame", index).astype(bool),
            tuple(phonemes),
            None if np.isnan(head_rotation).all() else head_rotation,
        )

    def _span(self, part: str, index: int) -> tuple[int, int]:
        return int(self._starts[part][index]), int(self._starts[part][index + 1])

    def _rows(self, name: str, part: str, index: int) -> np.ndarray:
        first, last = self._span(part, index)
        return self._file.get_slice(name)[first:last]
