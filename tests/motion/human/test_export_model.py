"""The open human as a SMPL-X and a FLAME file, loaded and posed by the smplx package's own classes."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, OpenHuman
from vivavoce.bridge.data.landmarks import extra_vertices, landmark_vertices
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.commands.export_model import ExportModel, run
from vivavoce.motion.human.export_model import exported_vertices, joint_regressor
from vivavoce.motion.human.face_joints import FACE_JOINT_TURNS
from vivavoce.motion.human.load_model import load_model
from vivavoce.motion.human.model_parts import smplx_joint_positions

torch = pytest.importorskip("torch", reason="torch is not installed")
smplx = pytest.importorskip("smplx", reason="smplx is not installed")

FACES = (
    {"jawOpen": 1.0},
    {"jawLeft": 1.0},
    {"mouthSmileLeft": 1.0, "browInnerUp": 1.0},
    {"eyeLookOutLeft": 1.0, "eyeLookUpRight": 1.0},
    {"mouthClose": 1.0},
    {},
)
"""Each turns a joint to its full or not at all, where joints and blend shapes agree."""


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models")
    run(ExportModel(out))
    return out


@pytest.fixture(scope="module")
def weights() -> np.ndarray:
    weights = np.zeros((len(FACES), len(ARKIT_NAMES)), np.float32)
    for row, face in zip(weights, FACES, strict=True):
        row[[ARKIT_INDEX[name] for name in face]] = list(face.values())
    return weights


@pytest.fixture(scope="module")
def pose(weights: np.ndarray) -> dict[str, "torch.Tensor"]:
    turns = np.tensordot(weights, FACE_JOINT_TURNS, axes=1)
    arrays = {"expression": weights, "jaw_pose": turns[:, 0], "leye_pose": turns[:, 1], "reye_pose": turns[:, 2]}
    return {name: torch.tensor(array, dtype=torch.float32) for name, array in arrays.items()}


def test_smplx_makes_the_faces_of_the_blend_shapes(human: OpenHuman, folder: Path, weights: np.ndarray, pose: dict):
    model = smplx.SMPLX(
        str(folder / "smplx" / "SMPLX_NEUTRAL.npz"), num_expression_coeffs=52, use_pca=False, batch_size=len(FACES)
    )
    output = model(**pose)
    wanted = human.deformed(weights)[:, exported_vertices(human, "smplx")]
    np.testing.assert_allclose(output.vertices.detach().numpy(), wanted, atol=2e-5)
    joints = output.joints.detach().numpy()
    assert joints.shape == (len(FACES), 55 + 21 + 51, 3)
    np.testing.assert_allclose(joints[:, :55], np.broadcast_to(smplx_joint_positions(human), (len(FACES), 55, 3)), atol=2e-5)
    np.testing.assert_allclose(joints[-1, 55], human.vertices[extra_vertices(human)["nose"]], atol=2e-5)
    np.testing.assert_allclose(joints[-1, 76:], human.vertices[landmark_vertices(human)], atol=2e-5)


def test_flame_makes_the_faces_of_the_blend_shapes(human: OpenHuman, folder: Path, weights: np.ndarray, pose: dict):
    model = smplx.FLAME(str(folder / "flame"), ext="npz", num_expression_coeffs=52, batch_size=len(FACES))
    output = model(**pose)
    wanted = human.deformed(weights)[:, exported_vertices(human, "flame")]
    np.testing.assert_allclose(output.vertices.detach().numpy(), wanted, atol=2e-5)
    assert output.joints.shape == (len(FACES), 5 + 51, 3)


def test_turning_the_body_turns_it_as_the_open_human(human: OpenHuman, folder: Path):
    model = smplx.SMPLX(str(folder / "smplx" / "SMPLX_NEUTRAL.npz"), num_expression_coeffs=52, use_pca=False)
    body_pose = np.zeros((1, 21, 3), np.float32)
    body_pose[0, 14], body_pose[0, 17] = [0.2, 0.4, 0.0], [0.0, -0.7, 0.0]
    output = model(body_pose=torch.tensor(body_pose.reshape(1, 63)))
    wanted = human.posed(np.zeros(52), {"head": body_pose[0, 14], "left_elbow": body_pose[0, 17]})
    np.testing.assert_allclose(output.vertices.detach().numpy()[0], wanted[exported_vertices(human, "smplx")], atol=2e-5)


def test_our_own_reader_reads_them(human: OpenHuman, folder: Path):
    for kind in ("smplx", "flame"):
        model = load_model(folder / kind)
        assert model.kind == kind
        np.testing.assert_array_equal(model.v_template, human.vertices[exported_vertices(human, kind)])
        assert len(model.lmk_faces_idx) == 51


def test_the_same_bytes_are_written_again(folder: Path, tmp_path: Path):
    run(ExportModel(tmp_path, ("flame",)))
    written = sorted(path.name for path in (tmp_path / "flame").iterdir())
    assert written == ["FLAME_NEUTRAL.npz", "flame_static_embedding.pkl"]
    for name in written:
        assert (tmp_path / "flame" / name).read_bytes() == (folder / "flame" / name).read_bytes()


def test_a_file_in_the_way_is_told(tmp_path: Path):
    (tmp_path / "out").write_text("")
    with pytest.raises(InvalidInput, match="in the way"):
        run(ExportModel(tmp_path / "out"))


def test_regressed_joints_do_not_move_with_what_is_left_out():
    generator = np.random.default_rng(0)
    vertices, still = generator.normal(size=(300, 3)), np.arange(300) < 200
    positions = generator.normal(size=(4, 3))
    regressor = joint_regressor(vertices, still, positions)
    np.testing.assert_allclose(regressor @ vertices, positions, atol=1e-9)
    np.testing.assert_allclose(regressor.sum(axis=1), 1.0, atol=1e-9)
    assert not regressor[:, ~still].any()


def test_landmarks_lie_where_faces_have_them(human: OpenHuman):
    points = human.vertices[landmark_vertices(human)]
    brows, nose, eyes, lips = points[:10], points[10:19], points[19:31], points[31:]
    assert np.all(np.diff(brows[:, 0]) > 0.0)
    assert brows[:, 1].min() > eyes[:, 1].max() > nose[:, 1].min() > lips[:, 1].max()
    np.testing.assert_allclose(points[13, 0], 0.0, atol=1e-3)
    assert np.ptp(lips[:12, 0]) > np.ptp(lips[12:, 0]) > 0.03


def test_landmarks_lie_on_the_outside_and_alike_on_both_sides(human: OpenHuman):
    points = human.vertices[landmark_vertices(human)]
    right, left = points[[19, 20, 21, 22, 23, 24]], points[[28, 27, 26, 25, 30, 29]]
    np.testing.assert_allclose(right * [-1.0, 1.0, 1.0], left, atol=1.5e-3)
    assert points[31:, 2].min() > points[19:31, 2].max() - 0.003
