"""Captured faces that the mouth is calibrated on: real speech with tracked or hand-cleaned curves, and its phonemes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ...bridge.data import AudioClip, Phoneme
from ...bridge.errors import InvalidInput
from ..speech.alignment import aligned_phonemes
from ..speech.prosody import Prosody, prosody
from ..speech.recognition import recognised_phonemes

_OPENING_PER_EYE_DISTANCE = 3.2
"""2.6 by measure: jawOpen at 1 parts the open human's lips by 34.5 mm, its outer eye corners are 90 mm apart; and a quarter more,
because who performs opens wider than GRID's readers of word lists."""
_FACEGOOD_FPS = 30.0
_FACEGOOD_LAG_S = 1.0 / 30.0
_FACEGOOD_CURVES: dict[str, tuple[str, ...]] = {
    "mouthLowerDown": ("mouth_lowerLipDepress_l", "mouth_lowerLipDepress_r"),
    "mouthUpperUp": ("mouth_upperLipRaise_l", "mouth_upperLipRaise_r"),
    "mouthFunnel": ("mouth_funnel_dl", "mouth_funnel_dr", "mouth_funnel_ul", "mouth_funnel_ur", "mouth_oh_c"),
    "mouthPucker": ("mouth_pucker_l", "mouth_pucker_r", "mouth_oo_c", "mouth_oh_c"),
}
_FACEGOOD_HELD_OUT = ("facegood_3_15", "facegood_3_16")


@dataclass(frozen=True, eq=False)
class CapturedClip:
    """One clip at F times. phonemes: one sequence for each way they were found.

    curves: (F,) each, by name: `opening` of the lips, `width` of the mouth, or a channel of the mouth shapes.
    is_valid: (F,) bool, tracked and between first and last speech.
    """

    name: str
    heard: Prosody
    phonemes: tuple[tuple[Phoneme, ...], ...]
    times_s: np.ndarray
    is_valid: np.ndarray
    curves: dict[str, np.ndarray]


def captured_clips(folder: Path, report: Callable[[float], None] = lambda share: None) -> Iterator[CapturedClip]:
    """All clips for calibration under the folder of shared data; never its `grid`, nor FACEGOOD's takes for validation."""
    if not (folder / "grid_train" / "clips.json").is_file():
        raise InvalidInput(f"{folder} has no grid_train/clips.json. Give the folder that holds the captured faces.")
    sentences = json.loads((folder / "grid_train" / "clips.json").read_text(encoding="utf-8"))
    takes = sorted(path.with_suffix("") for path in (folder / "facegood").glob("*.npz") if path.stem not in _FACEGOOD_HELD_OUT)
    for number, (name, clip) in enumerate(sorted(sentences.items())):
        yield _grid_clip(folder / "grid_train" / name, clip["sentence"])
        report(0.7 * number / len(sentences))
    for number, stem in enumerate(takes):
        yield _facegood_clip(stem)
        report(0.7 + 0.3 * (number + 1) / len(takes))


def _audio(path: Path) -> AudioClip:
    samples, sample_rate = soundfile.read(path, dtype="float32")
    return AudioClip(samples, sample_rate, path.name)


def _grid_clip(stem: Path, sentence: str) -> CapturedClip:
    audio = _audio(stem.with_suffix(".flac"))
    heard = prosody(audio)
    phonemes = [recognised_phonemes(audio, heard)]
    if sentence:
        phonemes.append(aligned_phonemes(audio, sentence))
    with np.load(stem.with_suffix(".npz"), allow_pickle=False) as truth:
        scores = dict(zip(truth["blendshape_names"].tolist(), truth["blendshapes"].T.astype(np.float64), strict=True))
        opening = truth["lip_open"].astype(np.float64)
        spoken = np.flatnonzero(truth["speech"])
        is_valid = truth["valid"] & np.isfinite(opening)
        is_valid[: spoken[0]] = is_valid[spoken[-1] + 1 :] = False
        curves = {
            "opening": _OPENING_PER_EYE_DISTANCE * opening,
            "width": truth["lip_width"].astype(np.float64),
            "jawOpen": scores["jawOpen"],
            "mouthPucker": scores["mouthPucker"],
        }
        return CapturedClip(stem.name, heard, tuple(phonemes), truth["t"], is_valid, curves)


def _facegood_clip(stem: Path) -> CapturedClip:
    audio = _audio(stem.with_suffix(".flac"))
    heard = prosody(audio)
    with np.load(stem.with_suffix(".npz"), allow_pickle=False) as truth:
        weights = dict(zip(truth["names"].tolist(), truth["weights"].T.astype(np.float64), strict=True))
    curves = {channel: np.mean([weights[name] for name in names], axis=0) for channel, names in _FACEGOOD_CURVES.items()}
    times_s = np.arange(len(curves["mouthPucker"])) / _FACEGOOD_FPS - _FACEGOOD_LAG_S
    is_valid = np.interp(times_s, heard.times_s, heard.is_speech) > 0.5
    return CapturedClip(stem.name, heard, (recognised_phonemes(audio, heard),), times_s, is_valid, curves)
