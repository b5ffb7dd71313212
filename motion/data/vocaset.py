"""VOCASET: twelve speakers' faces registered as FLAME meshes at 60 fps (Cudeiro et al. 2019).

The published pickles run code when they are read by pickle, so this reads what FaceFormer's script makes of them
(vocaset/process_voca_data.py of github.com/EvelynFan/FaceFormer): `vertices_npy/FaceTalk_170725_00137_TA_sentence01.npy`,
(F, 15069) metres, beside `wav` with the same name, and VOCASET's own `templates.pkl`, which holds each speaker's neutral face and
is read by a reader that runs nothing. Non-commercial licence of the Max Planck Society.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from ...bridge.data import ARKIT_INDEX, BLINK_NAMES, LIPS_NAMES, UPPER_FACE_NAMES
from ...bridge.errors import InvalidInput
from ...bridge.formats.safe_npz import SizeLimits
from ..human.array_pickle import read_pickled_arrays
from .build import Part
from .captured_files import audio_beside, frames_of_npy
from .corpus import ClipLabel, CorpusClip, CorpusHeader
from .face_model import FaceModel

FPS = 60.0
TEMPLATES = "templates.pkl"
_NAME = re.compile(r"(FaceTalk_\d+_\d+_TA)_sentence(\d+)")
_LIMITS = SizeLimits(array_bytes=4 << 20, total_bytes=64 << 20)

HEADER = CorpusHeader(
    FPS,
    tuple(name for name in (*LIPS_NAMES, *UPPER_FACE_NAMES, *BLINK_NAMES) if name != "tongueOut"),
    {"source": "VOCASET (Cudeiro et al. 2019)", "licence": "Max Planck Society, non-commercial"},
)
_COLUMNS = [ARKIT_INDEX[name] for name in HEADER.curve_names]


def vocaset_parts(folder: Path, face: FaceModel) -> list[Part]:
    """One part for each speaker. Raises InvalidInput where files are missing. face: the FLAME model of the corpus."""
    paths = sorted(path for path in folder.glob("vertices_npy/*.npy") if _NAME.fullmatch(path.stem))
    if not paths or not (folder / TEMPLATES).is_file():
        raise InvalidInput(
            f"{folder} must hold vertices_npy/FaceTalk_*_sentence*.npy and {TEMPLATES}: "
            "run FaceFormer's process_voca_data.py on VOCASET first."
        )
    speakers = [(speaker, list(own)) for speaker, own in groupby(paths, lambda path: path.stem.rpartition("_")[0])]
    neutrals = read_pickled_arrays(folder / TEMPLATES, _LIMITS, [speaker for speaker, _ in speakers])
    _check_neutrals(neutrals, [speaker for speaker, _ in speakers], face.vertex_count, folder / TEMPLATES)
    return [
        Part(f"VOCASET {speaker}", lambda own=own, neutral=neutrals[speaker]: _clips(own, neutral, face))
        for speaker, own in speakers
    ]


def _check_neutrals(neutrals: Mapping[str, np.ndarray], speakers: Sequence[str], vertex_count: int, path: Path) -> None:
    for speaker in speakers:
        if speaker not in neutrals or neutrals[speaker].shape != (vertex_count, 3):
            raise InvalidInput(f"{path} has no neutral face of {speaker} with the {vertex_count} vertices of the model.")


def _clips(paths: Sequence[Path], neutral: np.ndarray, face: FaceModel) -> Iterator[CorpusClip]:
    for path in paths:
        yield vocaset_clip(path, neutral, face)


def vocaset_clip(path: Path, neutral: np.ndarray, face: FaceModel) -> CorpusClip:
    """neutral: the speaker's face at rest, (V, 3) metres. Sentences of one number differ from speaker to speaker."""
    frames = frames_of_npy(path, 3 * face.vertex_count)
    audio = audio_beside(path.parents[1] / "wav" / f"{path.stem}.wav", len(frames), FPS)
    curves = face.arkit_of_vertices(frames.reshape(len(frames), -1, 3), neutral)[:, _COLUMNS]
    label = ClipLabel(path.stem, path.stem.rpartition("_")[0], "", "en")
    return CorpusClip(label, audio, curves, np.ones(len(curves), bool))
