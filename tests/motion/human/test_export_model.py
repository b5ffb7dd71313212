"""The open human in SMPL-X's and FLAME's layouts, loaded and posed by the smplx package's own classes."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, OpenHuman
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.human.expression import open_human_basis
from vivavoce.motion.human.face_joints import FACE_JOINT_TURNS

torch = pytest.importorskip("torch", reason="torch is not installed")
smplx = pytest.importorskip("smplx", reason="smplx is not installed")

from vivavoce.motion.human.export_model import joint_regressor, write_flame_model, write_smplx_model  # noqa: E402
from vivavoce.motion.human.landmarks import extra_vertices, landmark_vertices  # noqa: E402
from vivavoce.motion.human.model_parts import smplx_joint_positions  # noqa: E402


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


@pytest.fixture(scope="module")
def faces() -> dict[str, "torch.Tensor"]:
    """Two frames: an open mouth that looks aside, and a closed one with the jaw down."""
    weights = np.zeros((2, len(ARKIT_NAMES)))
    weights[0, [ARKIT_INDEX["jawOpen"], ARKIT_INDEX["eyeLookOutLeft"]]] = 0.4, 0.7
    weights[1, [ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]]] = 0.3
    turns = np.tensordot(weights, FACE_JOINT_TURNS, axes=1)
    arrays = {"expression": weights, "jaw_pose": turns[:, 0], "leye_pose": turns[:, 1], "reye_pose": turns[:, 2]}
    return {name: torch.tensor(array, dtype=torch.float32) for name, array in arrays.items()}


def posed_by_basis(human: OpenHuman, faces: dict[str, "torch.Tensor"]) -> np.ndarray:
    turns = np.stack([faces[name].numpy() for name in ("jaw_pose", "leye_pose", "reye_pose")], axis=1)
    return open_human_basis(human).posed(faces["expression"].numpy(), turns)


def as_sets_agree(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether every point of `first` is one of `second`, to a hundredth of a millimetre: files may order vertices anew."""
    from scipy.spatial import KDTree

    return bool(KDTree(second).query(first)[0].max() < 1e-5)


def test_smplx_poses_the_face_as_the_basis_does(human: OpenHuman, faces: dict[str, "torch.Tensor"], tmp_path: Path) -> None:
    path = write_smplx_model(human, tmp_path)
    model = smplx.SMPLX(str(path), num_expression_coeffs=52, use_pca=False, ext="npz", batch_size=2)
    output = model(**faces)
    for mine, theirs in zip(posed_by_basis(human, faces), output.vertices.detach().numpy(), strict=True):
        assert as_sets_agree(theirs, mine)
    joints = output.joints.detach().numpy()
    np.testing.assert_allclose(joints[:, :55], np.broadcast_to(smplx_joint_positions(human), (2, 55, 3)), atol=2e-5)
    np.testing.assert_allclose(joints[0, 55], human.vertices[extra_vertices(human)["nose"]], atol=2e-3)
    assert joints.shape == (2, 127, 3)


def test_flame_poses_the_head_as_the_basis_does(human: OpenHuman, faces: dict[str, "torch.Tensor"], tmp_path: Path) -> None:
    write_flame_model(human, tmp_path)
    model = smplx.FLAME(str(tmp_path), num_expression_coeffs=52, ext="npz", batch_size=2)
    output = model(**faces)
    for mine, theirs in zip(posed_by_basis(human, faces), output.vertices.detach().numpy(), strict=True):
        assert as_sets_agree(theirs, mine)
    assert output.joints.shape == (2, 5 + 51, 3)


def test_regressed_joints_do_not_move_with_what_is_left_out() -> None:
    generator = np.random.default_rng(0)
    vertices, still = generator.normal(size=(300, 3)), np.arange(300) < 200
    positions = generator.normal(size=(4, 3))
    regressor = joint_regressor(vertices, still, positions)
    np.testing.assert_allclose(regressor @ vertices, positions, atol=1e-9)
    np.testing.assert_allclose(regressor.sum(axis=1), 1.0, atol=1e-9)
    assert not regressor[:, ~still].any()


def test_landmarks_lie_where_faces_have_them(human: OpenHuman) -> None:
    points = human.vertices[landmark_vertices(human)]
    brows, nose, eyes, lips = points[:10], points[10:19], points[19:31], points[31:]
    assert np.all(np.diff(brows[:, 0]) > 0.0)
    assert brows[:, 1].min() > eyes[:, 1].max() > nose[:, 1].min() > lips[:, 1].max()
    np.testing.assert_allclose(points[13, 0], 0.0, atol=1e-3)
    assert np.ptp(lips[:12, 0]) > np.ptp(lips[12:, 0]) > 0.03
