"""Live Link Face takes: Apple's 52 weights and the head as csv, the sound beside it.

As the app exports them: `MySlate_1_iPhone.csv` beside a film or recording of the same name, in a folder for each take. A wav that
is a Broadcast Wave (EBU Tech 3285) tells the time of day of its first sample, as the csv's timecodes do of theirs: the face is
moved by the difference. Otherwise both begin together, as the app's own films do. An emotion's name among the words of a take's
name labels it (`Anna_happy_3.csv`).
"""

import re
import struct
from pathlib import Path

import numpy as np

from ...bridge.data import ARKIT_NAMES, EMOTION_NAMES, MotionClip
from ...bridge.errors import InvalidInput
from ...bridge.formats import read_livelink_csv
from ..models.channels import resampled
from ..speech.load import load_audio
from .build import Part
from .corpus import ClipLabel, CorpusClip, CorpusHeader

FPS = 60.0
_SOUNDS = (".wav", ".flac", ".mov", ".mp4", ".m4a")
_TIMECODE = re.compile(r"\s*(\d+):(\d+):(\d+):(\d+(?:\.\d+)?)\s*,")
_LARGEST_OFFSET_S = 30.0
_TIME_REFERENCE = struct.Struct("<Q")
_TIME_REFERENCE_AT = 338
"""Bytes into the bext chunk: samples since midnight (EBU Tech 3285, version 2)."""
_LARGEST_HEADER_BYTES = 1 << 20
_DAY_S = 86400.0

HEADER = CorpusHeader(FPS, ARKIT_NAMES, {"source": "Live Link Face", "licence": "the recorder's own"})


def livelink_parts(folder: Path) -> list[Part]:
    """One part for each csv that has a sound beside it. Raises InvalidInput where there is none."""
    takes = [(path, sound) for path in sorted(folder.rglob("*.csv")) if (sound := _sound_beside(path)) is not None]
    if not takes:
        raise InvalidInput(f"{folder} has no csv with a sound of the same name beside it ({', '.join(_SOUNDS)}).")
    return [
        Part(f"Live Link {path.relative_to(folder)}", lambda pair=(path, sound): [livelink_clip(*pair)]) for path, sound in takes
    ]


def _sound_beside(path: Path) -> Path | None:
    return next((path.with_suffix(suffix) for suffix in _SOUNDS if path.with_suffix(suffix).is_file()), None)


def livelink_clip(path: Path, sound: Path) -> CorpusClip:
    """The take at 60 fps on the sound's clock; where the face was not recorded yet or no more, frames are not valid."""
    clip, audio = read_livelink_csv(path), load_audio(sound)
    late_s = face_delay_s(path, sound, clip.fps)
    frame_count = max(int(np.ceil(audio.duration_s * FPS - 1e-6)), 1)
    times_s = np.arange(frame_count) / FPS - late_s
    is_valid = (times_s >= 0.0) & (times_s <= (clip.frame_count - 1) / clip.fps)
    if not is_valid.any():
        raise InvalidInput(f"{path} and {sound.name} do not overlap in time: the face begins {late_s:.1f} s after the sound.")
    label = ClipLabel(path.stem, path.parent.name or path.stem, "", "", *_emotion(path.stem))
    head = _at(times_s, clip, clip.joints(("head",))[:, 0])
    return CorpusClip(label, audio, _at(times_s, clip, clip.blend_shapes(ARKIT_NAMES)), is_valid, head_rotation=head)


def _at(times_s: np.ndarray, clip: MotionClip, values: np.ndarray) -> np.ndarray:
    """Values of a clip (F, C) at times on its own clock, (G, C) float32; ends are held."""
    fine = resampled(values, clip.fps, FPS)
    grid_s = np.arange(len(fine)) / FPS
    return np.stack([np.interp(times_s, grid_s, column) for column in fine.T], axis=1).astype(np.float32)


def _emotion(stem: str) -> tuple[str, float]:
    for word in re.split(r"[^a-z]+", stem.lower()):
        if word in EMOTION_NAMES:
            return word, float(word != "neutral")
    return "neutral", 0.0


def face_delay_s(path: Path, sound: Path, fps: float) -> float:
    """How long after the sound's first sample the face's first row was recorded; 0 where the sound does not tell its time.

    Raises InvalidInput where they lie more than 30 s apart: then the clocks were not set to each other.
    """
    starts_s = wave_start_s(sound)
    with path.open(encoding="utf-8-sig") as file:
        file.readline(_LARGEST_HEADER_BYTES)
        found = _TIMECODE.match(file.readline(_LARGEST_HEADER_BYTES))
    if starts_s is None or found is None:
        return 0.0
    hours, minutes, seconds, frames = (float(part) for part in found.groups())
    face_s = 3600.0 * hours + 60.0 * minutes + seconds + frames / np.ceil(fps - 1e-9)
    delay_s = float((face_s - starts_s + _DAY_S / 2) % _DAY_S - _DAY_S / 2)
    if abs(delay_s) > _LARGEST_OFFSET_S:
        raise InvalidInput(
            f"{path} begins {delay_s:.0f} s after {sound.name} by their timecodes: the clocks were not set to each other. "
            "Remove the time reference from the sound, or set it right."
        )
    return delay_s


def wave_start_s(sound: Path) -> float | None:
    """The time of day of a Broadcast Wave's first sample, in seconds; None for any other file."""
    with sound.open("rb") as file:
        head = file.read(12)
        if head[:4] not in (b"RIFF", b"RF64") or head[8:] != b"WAVE":
            return None
        sample_rate, reference = 0, None
        while len(chunk := file.read(8)) == 8 and not (sample_rate and reference is not None):
            name, size = chunk[:4], int.from_bytes(chunk[4:], "little")
            if name not in (b"fmt ", b"bext"):
                file.seek(size + size % 2, 1)
                continue
            body = file.read(min(size, _LARGEST_HEADER_BYTES))
            if name == b"fmt " and len(body) >= 8:
                sample_rate = int.from_bytes(body[4:8], "little")
            elif len(body) >= _TIME_REFERENCE_AT + _TIME_REFERENCE.size:
                reference = _TIME_REFERENCE.unpack_from(body, _TIME_REFERENCE_AT)[0]
            file.seek(max(size - len(body), 0) + size % 2, 1)
    return reference / sample_rate if sample_rate and reference is not None else None
