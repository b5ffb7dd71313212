"""3DMEAD: 47 actors who speak in eight emotions at three intensities, reconstructed as FLAME (EMOTE, Danecek et al. 2023).

In the layout that ProbTalk3D's scripts make of the published files (datasets/3DMEAD_preprocess of
github.com/uuembodiedsocialai/ProbTalk3D): `param/M003_001_5_2.npy` beside `wav/M003_001_5_2.wav`, named by subject, sentence,
emotion 0..7 and intensity 0..2. An array is (1, F, 403) at 25 fps: shape 300, expression 100, jaw 3; or (F, 53): expression 50,
jaw 3. Non-commercial licence of the Max Planck Society; MEAD itself: Wang et al. 2020.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from ...bridge.data import ARKIT_INDEX, EMOTION_NAMES, LIPS_NAMES, UPPER_FACE_NAMES
from ...bridge.errors import InvalidInput
from .build import Part
from .captured_files import audio_beside, frames_of_npy
from .corpus import ClipLabel, CorpusClip, CorpusHeader
from .face_model import FaceModel

FPS = 25.0
_LEVELS = 3
_NAME = re.compile(r"([MW]\d{3})_(\d{3})_([0-7])_([0-2])")
_EXPRESSION_OF_WIDTH = {403: slice(300, 400), 53: slice(0, 50)}
_COMMON_SENTENCES = 3
"""The first three are the same in every emotion; the others belong to one."""

HEADER = CorpusHeader(
    FPS,
    tuple(name for name in (*LIPS_NAMES, *UPPER_FACE_NAMES) if name != "tongueOut"),
    {"source": "3DMEAD (MEAD; EMOTE's reconstruction)", "licence": "Max Planck Society, non-commercial"},
)
"""The reconstruction has neither lids nor gaze, and FLAME no tongue."""
_COLUMNS = [ARKIT_INDEX[name] for name in HEADER.curve_names]


def mead3d_parts(folder: Path, face: FaceModel) -> list[Part]:
    """One part for each actor. Raises InvalidInput where the folder has no such files. face: the FLAME model of the corpus."""
    stems = sorted(path for path in folder.glob("param/*.npy") if _NAME.fullmatch(path.stem))
    if not stems:
        raise InvalidInput(f"{folder} has no param/M003_001_0_0.npy or the like. Give the folder that holds `param` and `wav`.")
    actors = [(actor, list(paths)) for actor, paths in groupby(stems, lambda path: path.stem[:4])]
    return [Part(f"3DMEAD {actor}", lambda paths=paths: _clips(paths, face)) for actor, paths in actors]


def _clips(paths: Sequence[Path], face: FaceModel) -> Iterator[CorpusClip]:
    for path in paths:
        yield mead3d_clip(path, face)


def mead3d_clip(path: Path, face: FaceModel) -> CorpusClip:
    frames = frames_of_npy(path, tuple(_EXPRESSION_OF_WIDTH))
    audio = audio_beside(path.parents[1] / "wav" / f"{path.stem}.wav", len(frames), FPS)
    turns = np.zeros((len(frames), 3, 3))
    turns[:, 0] = frames[:, -3:]
    curves = face.arkit_of_expression(frames[:, _EXPRESSION_OF_WIDTH[frames.shape[1]]], turns)[:, _COLUMNS]
    return CorpusClip(mead3d_label(path.stem), audio, curves, np.ones(len(curves), bool))


def mead3d_label(stem: str) -> ClipLabel:
    """Who, what and how, by the name of a file: `M003_001_5_2` is M003's first sentence, disgusted at full intensity."""
    match = _NAME.fullmatch(stem)
    if match is None:
        raise InvalidInput(f"{stem!r} is no name of 3DMEAD's, such as M003_001_5_2.")
    actor, sentence, emotion, level = match.groups()
    label = EMOTION_NAMES[int(emotion)]
    intensity = (int(level) + 1) / _LEVELS if label != "neutral" else 0.0
    said = f"common {sentence}" if int(sentence) <= _COMMON_SENTENCES else f"{label} {sentence}"
    return ClipLabel(stem, actor, said, "en", label, intensity)
