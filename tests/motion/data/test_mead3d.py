"""3DMEAD as ProbTalk3D's scripts lay it out: names tell who, what and how; coefficients become ARKit's curves."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")
pytest.importorskip("smplx")

from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.commands.motion_data import MotionData, run
from vivavoce.motion.data.corpus import ClipLabel, Corpus
from vivavoce.motion.data.face_model import FaceModel
from vivavoce.motion.data.mead3d import FPS, HEADER, mead3d_clip, mead3d_label, mead3d_parts
from vivavoce.motion.human.face_joints import FACE_JOINT_TURNS

from .conftest import check_curves, performed_weights, write_tone

FRAMES = 40


def write_recording(folder: Path, name: str, seed: int = 0) -> np.ndarray:
    """(1, F, 403) beside its sound; returns the ARKit weights that it says."""
    weights = performed_weights(FRAMES, seed)
    frames = np.zeros((1, FRAMES, 403), np.float32)
    frames[0, :, 300:352] = weights
    frames[0, :, 400:] = np.tensordot(weights, FACE_JOINT_TURNS[:, 0], axes=1)
    (folder / "param").mkdir(parents=True, exist_ok=True)
    np.save(folder / "param" / f"{name}.npy", frames)
    write_tone(folder / "wav" / f"{name}.wav", FRAMES / FPS, 48_000)
    return weights


def test_a_name_tells_who_what_and_how() -> None:
    assert mead3d_label("M003_021_5_2") == ClipLabel("M003_021_5_2", "M003", "disgusted 021", "en", "disgusted", 1.0)
    assert mead3d_label("W011_004_1_0").intensity == pytest.approx(1 / 3)
    assert mead3d_label("W011_004_0_0").intensity == 0.0
    assert mead3d_label("W011_002_1_0").sentence == mead3d_label("M003_002_6_1").sentence
    with pytest.raises(InvalidInput, match="no name"):
        mead3d_label("M003_001_9_0")


def test_coefficients_become_curves(tmp_path: Path, flame_face: FaceModel) -> None:
    weights = write_recording(tmp_path, "M003_001_6_1")
    clip = mead3d_clip(tmp_path / "param" / "M003_001_6_1.npy", flame_face)
    assert clip.curves.shape == (FRAMES, len(HEADER.curve_names))
    assert clip.audio.sample_rate == 16_000
    assert clip.label.emotion == "angry"
    check_curves(clip.curves, HEADER.curve_names, weights)


def test_fifty_coefficients_and_a_jaw_will_do(tmp_path: Path, flame_face: FaceModel) -> None:
    weights = write_recording(tmp_path, "M003_001_6_1")
    path = tmp_path / "param" / "M003_001_6_1.npy"
    whole = np.load(path)[0]
    np.save(path, np.concatenate([whole[:, 300:350], whole[:, 400:]], axis=1))
    check_curves(mead3d_clip(path, flame_face).curves, HEADER.curve_names, weights)


def test_the_command_builds_a_corpus_by_actors(tmp_path: Path, models: Path, flame_face: FaceModel) -> None:
    for name in ("M003_001_0_0", "M003_002_1_2", "W009_001_0_0"):
        write_recording(tmp_path / "mead", name)
    out = tmp_path / "mead.safetensors"
    run(MotionData("mead3d", out, tmp_path / "mead", models / "flame"))
    corpus = Corpus(out)
    assert [label.name for label in corpus.labels] == ["M003_001_0_0", "M003_002_1_2", "W009_001_0_0"]
    assert corpus.labels[1].emotion == "happy"
    assert corpus.header.fps == FPS
    assert [part.name for part in mead3d_parts(tmp_path / "mead", flame_face)] == ["3DMEAD M003", "3DMEAD W009"]


def test_what_cannot_be_read_is_refused(tmp_path: Path, models: Path, flame_face: FaceModel) -> None:
    with pytest.raises(InvalidInput, match="param"):
        mead3d_parts(tmp_path, flame_face)
    write_recording(tmp_path, "M003_001_0_0")
    with pytest.raises(ModelMissing, match="--model"):
        FaceModel(None, "flame")
    with pytest.raises(InvalidInput, match="smplx model where a flame"):
        FaceModel(models / "smplx", "flame")
    path = tmp_path / "param" / "M003_001_0_0.npy"
    write_tone(tmp_path / "wav" / "M003_001_0_0.wav", 5.0)
    with pytest.raises(InvalidInput, match="do not belong together"):
        mead3d_clip(path, flame_face)
    (tmp_path / "wav" / "M003_001_0_0.wav").unlink()
    with pytest.raises(InvalidInput, match="every recorded face needs its sound"):
        mead3d_clip(path, flame_face)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (np.zeros((1, FRAMES, 100)), "shape"),
        (np.zeros((2, FRAMES, 403)), "shape"),
        (np.zeros((0, 403)), "1 to"),
        (np.full((FRAMES, 403), np.nan), "NaN"),
        (np.zeros((FRAMES, 403), int), "decimal numbers"),
        (np.array([{"a": 1}], object), "no whole"),
    ],
    ids=["width", "two of them", "empty", "NaN", "integers", "Python objects"],
)
def test_hostile_arrays_are_refused(tmp_path: Path, flame_face: FaceModel, content: np.ndarray, message: str) -> None:
    write_recording(tmp_path, "M003_001_0_0")
    path = tmp_path / "param" / "M003_001_0_0.npy"
    np.save(path, content, allow_pickle=True)
    with pytest.raises(InvalidInput, match=message):
        mead3d_clip(path, flame_face)


def test_a_file_cut_short_is_refused(tmp_path: Path, flame_face: FaceModel) -> None:
    write_recording(tmp_path, "M003_001_0_0")
    path = tmp_path / "param" / "M003_001_0_0.npy"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(InvalidInput, match="no whole"):
        mead3d_clip(path, flame_face)
    path.write_bytes(b"not an array")
    with pytest.raises(InvalidInput, match="no whole"):
        mead3d_clip(path, flame_face)
