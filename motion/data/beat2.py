"""BEAT2: 25 speakers' monologues and conversations in four languages, as SMPL-X with FLAME's face (EMAGE, Liu et al. 2024).

As published (huggingface.co/datasets/H-Liu1997/BEAT2): `beat_english_v2.0.0/smplxflame_30/1_wayne_0_1_1.npz` at 30 fps with
`poses` (F, 165), `expressions` (F, 100) and `mocap_frame_rate`, beside `wave16k/1_wayne_0_1_1.wav`. A name tells speaker, kind of
recording (even: monologue; 0 1 English, 2 3 Chinese, 4 5 Spanish, 6 7 Japanese) and the first and last number of its text; in
monologues the number tells the emotion (its author in PantoMatrix/PantoMatrix, issue 20). Apache 2.0.
"""

import re
from pathlib import Path

import numpy as np

from ...bridge.data import ARKIT_INDEX, ARKIT_NAMES, FACE_JOINT_NAMES, SMPLX_JOINT_INDEX
from ...bridge.data.rotation import composed_rotations
from ...bridge.errors import InvalidInput
from ...bridge.formats.limits import MAX_ARRAY_BYTES, check_frame_count
from ...bridge.formats.safe_npz import SizeLimits, read_arrays
from ..models.channels import HEAD_JOINT_SHARES
from .build import Part
from .captured_files import audio_beside
from .corpus import ClipLabel, CorpusClip, CorpusHeader
from .face_model import FaceModel

FPS = 30.0
_NAME = re.compile(r"(\d+_[a-z]+)_([0-7])_(\d{1,3})_(\d{1,3})")
_LANGUAGES = ("en", "zh", "es", "ja")
_LAST_TEXT_OF = {
    "neutral": 64, "happy": 72, "angry": 80, "sad": 86, "contempt": 94, "surprised": 102, "fear": 110, "disgusted": 118,
}  # fmt: skip
"""Texts of monologues up to this number are performed in this emotion."""
_LIMITS = SizeLimits(array_bytes=MAX_ARRAY_BYTES, total_bytes=2 * MAX_ARRAY_BYTES)
_SHAPES = {"poses": 3 * len(SMPLX_JOINT_INDEX), "expressions": 100}

HEADER = CorpusHeader(
    FPS,
    tuple(name for name in ARKIT_NAMES if name != "tongueOut"),
    {"source": "BEAT2 (Liu et al. 2024)", "licence": "Apache 2.0"},
)
_COLUMNS = [ARKIT_INDEX[name] for name in HEADER.curve_names]


def beat2_parts(folder: Path, face: FaceModel) -> list[Part]:
    """One part for each recording. Raises InvalidInput where there are none. face: the SMPL-X model of the corpus."""
    paths = sorted(path for path in folder.rglob("smplxflame_30/*.npz") if _NAME.fullmatch(path.stem))
    if not paths:
        raise InvalidInput(f"{folder} has no smplxflame_30/1_wayne_0_1_1.npz or the like. Give the folder of BEAT2.")
    return [Part(f"BEAT2 {path.stem}", lambda path=path: [beat2_clip(path, face)]) for path in paths]


def beat2_clip(path: Path, face: FaceModel) -> CorpusClip:
    arrays = read_arrays(path, _LIMITS, (*_SHAPES, "mocap_frame_rate"))
    frame_count = len(arrays["poses"]) if "poses" in arrays and arrays["poses"].ndim else 0
    check_frame_count(frame_count, path)
    for name, width in _SHAPES.items():
        if name not in arrays or arrays[name].shape != (frame_count, width):
            raise InvalidInput(f"{path}: {name} of shape ({frame_count}, {width}) is meant. This is no file of BEAT2's.")
    if arrays.get("mocap_frame_rate", np.array(FPS)).tolist() != FPS:
        raise InvalidInput(f"{path} is not at {FPS:g} frames per second, as BEAT2 is.")
    audio = audio_beside(path.parents[1] / "wave16k" / f"{path.stem}.wav", frame_count, FPS)
    joints = arrays["poses"].reshape(frame_count, -1, 3).astype(np.float64)
    turns = joints[:, [SMPLX_JOINT_INDEX[name] for name in FACE_JOINT_NAMES]]
    curves = face.arkit_of_expression(arrays["expressions"], turns)[:, _COLUMNS]
    return CorpusClip(
        beat2_label(path.stem), audio, curves, np.ones(frame_count, bool), head_rotation=_head_rotation(joints).astype(np.float32)
    )  # fmt: skip


def beat2_label(stem: str) -> ClipLabel:
    """Who, what and how, by the name of a file: in `1_wayne_0_65_65` speaker 1 says text 65, which is a happy one, in English."""
    match = _NAME.fullmatch(stem)
    if match is None:
        raise InvalidInput(f"{stem!r} is no name of BEAT2's, such as 1_wayne_0_1_1.")
    speaker, kind, first, last = match.groups()
    is_monologue = int(kind) % 2 == 0
    emotion = next((label for label, end in _LAST_TEXT_OF.items() if int(first) <= end), "neutral") if is_monologue else "neutral"
    said = f"text {first} to {last}" if is_monologue else ""
    return ClipLabel(stem, speaker, said, _LANGUAGES[int(kind) // 2], emotion, float(emotion != "neutral"))


def _head_rotation(joints: np.ndarray) -> np.ndarray:
    """Of chest, neck and head together, (F, 55, 3) -> (F, 3)."""
    turn = np.zeros((len(joints), 3))
    for name in HEAD_JOINT_SHARES:
        turn = composed_rotations(turn, joints[:, SMPLX_JOINT_INDEX[name]])
    return turn
