"""GRID: British speakers who read word lists, their mouths tracked with MediaPipe (CC BY 4.0)."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from scipy.spatial.transform import Rotation

from ...bridge.data import AudioClip
from ...bridge.errors import InvalidInput
from .build import Part
from .corpus import OPENING, WIDTH, ClipLabel, CorpusClip, CorpusHeader

FPS = 25.0
_OPENING_PER_EYE_DISTANCE = 2.6
"""jawOpen at 1 parts the open human's lips by 34.5 mm; its outer eye corners are 90 mm apart."""
_TRACKED = ("jawOpen", "mouthPucker", "eyeBlinkLeft", "eyeBlinkRight")
"""The tracker's scores that follow a face closely enough to learn from."""
_CLIPS_PER_PART = 50

HEADER = CorpusHeader(
    FPS, (*_TRACKED, OPENING, WIDTH), {"source": "GRID (Cooke, Barker, Cunningham, Shao 2006), tracked", "licence": "CC BY 4.0"}
)


def grid_parts(folder: Path) -> list[Part]:
    """The clips that `clips.json` in the folder lists. Raises InvalidInput where it is not there."""
    listing = folder / "clips.json"
    if not listing.is_file():
        raise InvalidInput(f"{folder} has no clips.json. Give the folder of recordings (flac) and tracked mouths (npz).")
    clips = sorted(json.loads(listing.read_text(encoding="utf-8")).items())
    groups = [clips[start : start + _CLIPS_PER_PART] for start in range(0, len(clips), _CLIPS_PER_PART)]
    return [Part(f"grid {group[0][0]}", lambda group=group: _clips(folder, group)) for group in groups]


def _clips(folder: Path, clips: list[tuple[str, dict[str, str]]]) -> Iterator[CorpusClip]:
    for name, clip in clips:
        yield grid_clip(folder / name, ClipLabel(name, clip["speaker"], clip["sentence"], "en"))


def grid_clip(stem: Path, label: ClipLabel) -> CorpusClip:
    samples, sample_rate = soundfile.read(stem.with_suffix(".flac"), dtype="float32")
    with np.load(stem.with_suffix(".npz"), allow_pickle=False) as tracked:
        if not np.allclose(tracked["t"], np.arange(len(tracked["t"])) / FPS, atol=1e-3):
            raise InvalidInput(f"{stem}: the tracked mouth is not at {FPS} frames per second from 0 on.")
        scores = dict(zip(tracked["blendshape_names"].tolist(), tracked["blendshapes"].T, strict=True))
        columns = [
            *(scores[name] for name in _TRACKED),
            _OPENING_PER_EYE_DISTANCE * tracked["lip_open"],
            _relative_width(tracked),
        ]
        is_valid = tracked["valid"] & np.isfinite(tracked["lip_open"])
        head = Rotation.from_euler("xyz", np.nan_to_num(tracked["head_euler"]), degrees=True).as_rotvec()
    curves = np.where(is_valid[:, None], np.stack(columns, axis=1), np.nan)
    return CorpusClip(label, AudioClip(samples, sample_rate, label.name), curves, is_valid, head_rotation=head.astype(np.float32))


def _relative_width(tracked: np.lib.npyio.NpzFile) -> np.ndarray:
    """Width of the mouth over its width in the clip's silences, (F,)."""
    return tracked["lip_width"] / np.nanmedian(tracked["lip_width"][~tracked["speech"]])
