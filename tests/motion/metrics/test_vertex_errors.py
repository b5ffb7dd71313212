"""Vertex errors, measures over draws and the opening, on the open human: identities, and cases made by hand."""

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, LIPS_NAMES, UPPER_FACE_NAMES, OpenHuman
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.metrics import (
    FaceMesh,
    coverage_error_mm,
    diversity_mm,
    face_mesh,
    lip_vertex_error_mm,
    mean_estimate_error_mm,
    mean_vertex_error_mm,
    mouth_opening_difference_mm,
    mouth_opening_mm,
    upper_face_dynamics_deviation_mm2,
)


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


@pytest.fixture(scope="module")
def mesh(human: OpenHuman) -> FaceMesh:
    return face_mesh(human)


@pytest.fixture
def hand_made() -> FaceMesh:
    """Two lip vertices and two of the brow: jawOpen moves the lips by 3 and 4 mm, browInnerUp the brows by 1 and 2 mm."""
    offsets_mm = np.zeros((52, 4, 3), np.float32)
    offsets_mm[ARKIT_INDEX["jawOpen"], :2, 1] = (-3.0, -4.0)
    offsets_mm[ARKIT_INDEX["browInnerUp"], 2:, 1] = (1.0, 2.0)
    is_lip = np.array([True, True, False, False])
    return FaceMesh(offsets_mm, is_lip, ~is_lip)


def curves(frames: int = 1, **weights: float | list[float]) -> np.ndarray:
    values = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    for name, weight in weights.items():
        values[:, ARKIT_INDEX[name]] = weight
    return values


def drawn(seed: int, frames: int = 300) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.0, 0.5, (frames, len(ARKIT_NAMES))).astype(np.float32)


def test_the_face_moves_as_the_open_human_does(human: OpenHuman, mesh: FaceMesh) -> None:
    weights = drawn(0, 260)
    displaced = np.concatenate(list(mesh.displacement_blocks_mm(weights)))
    moved_mm = 1000.0 * (human.deformed(weights[:2]) - human.vertices)
    lips = moved_mm[:, human.vertex_region == human.region_names.index("lips")]
    assert displaced.shape == (260, len(mesh.is_lip), 3)
    np.testing.assert_allclose(displaced[:2, mesh.is_lip], lips, atol=1e-3)


def test_upper_face_and_lips_are_apart(mesh: FaceMesh) -> None:
    assert mesh.is_lip.sum() > 100
    assert mesh.is_upper_face.sum() > 500
    assert not (mesh.is_lip & mesh.is_upper_face).any()
    reach_mm = np.linalg.norm(mesh.offsets_mm, axis=2)
    assert reach_mm[[ARKIT_INDEX[name] for name in UPPER_FACE_NAMES]][:, mesh.is_upper_face].max() > 3.0
    assert reach_mm[ARKIT_INDEX["jawOpen"], mesh.is_upper_face].max() < reach_mm[ARKIT_INDEX["jawOpen"]].max() / 3.0


def test_equal_faces_have_no_error(mesh: FaceMesh) -> None:
    truth = drawn(1)
    draws = np.stack([truth] * 4)
    assert lip_vertex_error_mm(mesh, truth, truth) == 0.0
    assert mean_vertex_error_mm(mesh, truth, truth) == 0.0
    assert upper_face_dynamics_deviation_mm2(mesh, truth, truth) == 0.0
    assert mean_estimate_error_mm(mesh, truth, draws) == pytest.approx(0.0, abs=1e-5)
    assert coverage_error_mm(mesh, truth, draws) == 0.0
    assert diversity_mm(mesh, draws) == 0.0


def test_errors_by_hand(hand_made: FaceMesh) -> None:
    truth, predicted = curves(2), curves(2, jawOpen=[1.0, 0.5])
    assert lip_vertex_error_mm(hand_made, truth, predicted) == pytest.approx((4.0 + 2.0) / 2)
    assert mean_vertex_error_mm(hand_made, truth, predicted) == pytest.approx((7.0 + 3.5) / 8)
    brows = curves(2, browInnerUp=[0.0, 1.0])
    assert upper_face_dynamics_deviation_mm2(hand_made, truth, brows) == pytest.approx((0.5 + 2.0) / 2)
    assert upper_face_dynamics_deviation_mm2(hand_made, brows, truth) == pytest.approx((0.5 + 2.0) / 2)


def test_frames_count_alike_whatever_the_block(mesh: FaceMesh) -> None:
    truth, predicted = drawn(2, 600), drawn(3, 600)
    halves = [lip_vertex_error_mm(mesh, truth[part], predicted[part]) for part in (slice(0, 300), slice(300, 600))]
    assert lip_vertex_error_mm(mesh, truth, predicted) == pytest.approx(np.mean(halves))


def test_measures_over_draws_by_hand(hand_made: FaceMesh) -> None:
    truth = curves(1, jawOpen=0.5)
    draws = np.stack([curves(1, jawOpen=weight) for weight in (0.0, 1.0, 0.25, 0.75)])
    assert mean_estimate_error_mm(hand_made, truth, draws) == pytest.approx(0.0)
    assert coverage_error_mm(hand_made, truth, draws) == pytest.approx(1.0)
    assert diversity_mm(hand_made, draws) == pytest.approx(0.25 * 7.0 / 4)


def test_the_best_draw_is_no_worse_than_any(mesh: FaceMesh) -> None:
    truth, draws = drawn(4), np.stack([drawn(seed) for seed in range(5, 9)])
    errors = [lip_vertex_error_mm(mesh, truth, draw) for draw in draws]
    assert coverage_error_mm(mesh, truth, draws) == min(errors)
    assert mean_estimate_error_mm(mesh, truth, draws) <= np.mean(errors)


def test_the_opening_in_millimetres(human: OpenHuman) -> None:
    opening_mm = mouth_opening_mm(human, curves(3, jawOpen=[0.0, 0.5, 1.0]))
    assert opening_mm[0] == 0.0
    assert 30.0 < opening_mm[2] < 40.0
    assert mouth_opening_difference_mm(opening_mm, opening_mm) == 0.0
    assert mouth_opening_difference_mm(np.array([1.0, 2.0]), np.array([2.0, 0.0])) == pytest.approx(1.5)
    assert (mouth_opening_mm(human, curves(1, jawOpen=0.5, mouthClose=0.5)) < 1.0).all()


def test_what_cannot_be_compared_is_refused(hand_made: FaceMesh) -> None:
    with pytest.raises(InvalidInput, match="one by one"):
        lip_vertex_error_mm(hand_made, curves(2), curves(3))
    with pytest.raises(InvalidInput, match="one by one"):
        mean_vertex_error_mm(hand_made, curves(0), curves(0))
    with pytest.raises(InvalidInput, match="even number"):
        diversity_mm(hand_made, np.stack([curves(2)] * 3))


def test_lips_alone_leave_the_upper_face_still(mesh: FaceMesh) -> None:
    mouth = drawn(10)
    mouth[:, [index for name, index in ARKIT_INDEX.items() if name not in LIPS_NAMES]] = 0.0
    brows = drawn(10)
    brows[:, [index for name, index in ARKIT_INDEX.items() if name in LIPS_NAMES]] = 0.0
    still = np.zeros_like(mouth)
    assert upper_face_dynamics_deviation_mm2(mesh, still, mouth) < 0.2 * upper_face_dynamics_deviation_mm2(mesh, still, brows)
