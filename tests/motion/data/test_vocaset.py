"""VOCASET as FaceFormer's script lays it out: registered meshes beside each speaker's neutral face become ARKit's curves."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")
pytest.importorskip("smplx")

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.data.face_model import FaceModel
from vivavoce.motion.data.vocaset import FPS, HEADER, TEMPLATES, vocaset_parts
from vivavoce.motion.human.export_model import exported_vertices

from .conftest import check_curves, performed_weights, write_tone

FRAMES = 24
SPEAKER = "FaceTalk_170725_00137_TA"
OTHER = "FaceTalk_170728_03272_TA"
SHIFT_M = np.array([0.01, -0.02, 0.03])


@pytest.fixture
def vocaset(tmp_path: Path) -> Path:
    """Two speakers; the one's head is larger than the model's and stands elsewhere."""
    human = load_open_human()
    rows = exported_vertices(human, "flame")
    neutral = human.vertices[rows].astype(np.float64) * 1.02 + SHIFT_M
    moved = human.deformed(performed_weights(FRAMES))[:, rows] - human.vertices[rows]
    (tmp_path / "vertices_npy").mkdir()
    for name in (f"{SPEAKER}_sentence01", f"{SPEAKER}_sentence02", f"{OTHER}_sentence01"):
        np.save(tmp_path / "vertices_npy" / f"{name}.npy", (neutral + moved).reshape(FRAMES, -1))
        write_tone(tmp_path / "wav" / f"{name}.wav", FRAMES / FPS, 22_000)
    (tmp_path / TEMPLATES).write_bytes(pickle.dumps({SPEAKER: neutral, OTHER: neutral}))
    return tmp_path


def test_meshes_become_curves(vocaset: Path, flame_face: FaceModel) -> None:
    parts = vocaset_parts(vocaset, flame_face)
    assert [part.name for part in parts] == [f"VOCASET {SPEAKER}", f"VOCASET {OTHER}"]
    first, second = parts[0].clips()
    assert first.label.name == f"{SPEAKER}_sentence01"
    assert first.label.speaker == second.label.speaker == SPEAKER
    check_curves(first.curves, HEADER.curve_names, performed_weights(FRAMES))


def test_what_is_missing_is_told(vocaset: Path, flame_face: FaceModel) -> None:
    (vocaset / TEMPLATES).write_bytes(pickle.dumps({SPEAKER: np.zeros((10, 3))}))
    with pytest.raises(InvalidInput, match="no neutral face"):
        vocaset_parts(vocaset, flame_face)
    (vocaset / TEMPLATES).unlink()
    with pytest.raises(InvalidInput, match="process_voca_data"):
        vocaset_parts(vocaset, flame_face)


class Runs:
    def __reduce__(self) -> tuple:
        return os.system, ("echo this must not run",)


def test_a_pickle_that_runs_code_does_not_run(vocaset: Path, flame_face: FaceModel) -> None:
    (vocaset / TEMPLATES).write_bytes(pickle.dumps({SPEAKER: Runs()}))
    with pytest.raises(InvalidInput, match="more than arrays"):
        vocaset_parts(vocaset, flame_face)


def test_meshes_of_another_topology_are_refused(vocaset: Path, flame_face: FaceModel) -> None:
    np.save(vocaset / "vertices_npy" / f"{SPEAKER}_sentence01.npy", np.zeros((FRAMES, 5023 * 3)))
    parts = vocaset_parts(vocaset, flame_face)
    with pytest.raises(InvalidInput, match="shape"):
        list(parts[0].clips())
