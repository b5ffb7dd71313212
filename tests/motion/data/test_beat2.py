"""BEAT2 as it is published: SMPL-X files beside sounds; names tell language, text and emotion."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")
pytest.importorskip("smplx")

from vivavoce.bridge.data import FACE_JOINT_NAMES, SMPLX_JOINT_INDEX
from vivavoce.bridge.errors import InvalidInput
from vivavoce.motion.data.beat2 import FPS, HEADER, beat2_clip, beat2_label, beat2_parts
from vivavoce.motion.data.face_model import FaceModel
from vivavoce.motion.human.face_joints import FACE_JOINT_TURNS

from .conftest import check_curves, performed_weights, write_tone

FRAMES = 45
NAME = "1_wayne_0_65_65"


@pytest.fixture(scope="module")
def face(models: Path) -> FaceModel:
    return FaceModel(models / "smplx", "smplx")


def recording(**changes: np.ndarray) -> dict[str, np.ndarray]:
    weights = performed_weights(FRAMES)
    poses = np.zeros((FRAMES, 55, 3))
    turns = np.tensordot(weights, FACE_JOINT_TURNS, axes=1)
    poses[:, [SMPLX_JOINT_INDEX[name] for name in FACE_JOINT_NAMES]] = turns
    poses[:, SMPLX_JOINT_INDEX["neck"], 1] = 0.1
    poses[:, SMPLX_JOINT_INDEX["head"], 1] = 0.2
    expressions = np.zeros((FRAMES, 100))
    expressions[:, :52] = weights
    arrays = {
        "betas": np.zeros(300), "poses": poses.reshape(FRAMES, 165), "expressions": expressions, "trans": np.zeros((FRAMES, 3)),
        "model": np.array("smplx2020"), "gender": np.array("neutral"), "mocap_frame_rate": np.array(30),
    }  # fmt: skip
    return arrays | changes


@pytest.fixture
def beat2(tmp_path: Path) -> Path:
    folder = tmp_path / "beat_english_v2.0.0"
    (folder / "smplxflame_30").mkdir(parents=True)
    np.savez(folder / "smplxflame_30" / f"{NAME}.npz", **recording())
    write_tone(folder / "wave16k" / f"{NAME}.wav", FRAMES / FPS)
    return tmp_path


def test_a_name_tells_language_text_and_emotion() -> None:
    happy = beat2_label("1_wayne_0_65_65")
    assert (happy.speaker, happy.language, happy.emotion, happy.intensity) == ("1_wayne", "en", "happy", 1.0)
    assert beat2_label("12_zhao_2_111_111").language == "zh"
    assert beat2_label("12_zhao_2_111_111").emotion == "disgusted"
    assert beat2_label("2_scott_0_1_8").emotion == "neutral"
    assert beat2_label("2_scott_0_1_1").sentence == beat2_label("1_wayne_0_1_1").sentence
    assert beat2_label("2_scott_1_3_3").sentence == ""
    assert [beat2_label(f"2_scott_0_{n}_{n}").emotion for n in (73, 86, 87, 102, 103)] == [
        "angry", "sad", "contempt", "surprised", "fear",
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="no name"):
        beat2_label("wayne_0_1_1")


def test_coefficients_become_curves(beat2: Path, face: FaceModel) -> None:
    (part,) = beat2_parts(beat2, face)
    (clip,) = part.clips()
    check_curves(clip.curves, HEADER.curve_names, performed_weights(FRAMES))
    assert clip.label.emotion == "happy"
    assert clip.head_rotation is not None
    np.testing.assert_allclose(clip.head_rotation, np.tile([0.0, 0.3, 0.0], (FRAMES, 1)), atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"expressions": np.zeros((FRAMES, 50))}, "expressions"),
        ({"poses": np.zeros((FRAMES, 66))}, "poses"),
        ({"poses": np.full((FRAMES, 165), np.nan)}, "NaN"),
        ({"poses": np.array([{}], object)}, "Python objects"),
        ({"mocap_frame_rate": np.array(120)}, "30 frames per second"),
    ],
    ids=["few coefficients", "body alone", "NaN", "Python objects", "frame rate"],
)
def test_other_files_are_refused(beat2: Path, face: FaceModel, changes: dict[str, np.ndarray], message: str) -> None:
    path = beat2 / "beat_english_v2.0.0" / "smplxflame_30" / f"{NAME}.npz"
    np.savez(path, **recording(**changes))
    with pytest.raises(InvalidInput, match=message):
        beat2_clip(path, face)


def test_a_folder_without_recordings_is_refused(tmp_path: Path, face: FaceModel) -> None:
    with pytest.raises(InvalidInput, match="smplxflame_30"):
        beat2_parts(tmp_path, face)
