"""The mask predictor reads a face's points alike in any window, and its training keeps what it learnt."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vivavoce.bridge.data import ARKIT_INDEX, Camera, OpenHuman  # noqa: E402
from vivavoce.bridge.errors import InvalidInput  # noqa: E402
from vivavoce.bridge.formats.open_human import load_open_human  # noqa: E402
from vivavoce.learning import run as runs  # noqa: E402
from vivavoce.learning.run import Schedule  # noqa: E402
from vivavoce.rendering.mask_points import FacePoints, PeoplePoints, point_vertices, projected_points  # noqa: E402
from vivavoce.rendering.models.masks import MASK_JOINTS, MASK_POINTS, MaskConfig, MaskPredictor, pixel_places  # noqa: E402
from vivavoce.rendering.training.masks import MaskExamples, mask_examples, read_masks, train_masks, write_masks  # noqa: E402

from .. import toy_sets  # noqa: E402

TINY = MaskConfig(width=24, told_width=8, layers=2, dropout=0.0)


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    torch.set_num_threads(1)
    return load_open_human()


@pytest.fixture(scope="module")
def examples(human: OpenHuman) -> MaskExamples:
    """The open human from two sides, with a disc for a region about its face."""
    face = FacePoints(human, point_vertices(human)).at(np.zeros(52), {})
    joints = human.joint_positions[[human.joint_names.index(name) for name in MASK_JOINTS]]
    points, regions = [], []
    for azimuth_deg in (0.0, 40.0):
        camera = toy_sets.camera_at(azimuth_deg, 32)
        pose = camera.camera_to_world.copy()
        pose[:3, 3] += face.mean(axis=0)
        points.append(projected_points(np.concatenate([joints, face]), Camera(pose, 0.45, 32, 32)))
        rows, columns = np.indices((32, 32)) + 0.5
        regions.append((np.hypot(rows - 16.0, columns - 16.0) < 8.0).astype(np.uint8))
    return MaskExamples(np.stack(regions), torch.tensor(np.stack(points)).float(), torch.zeros(2, 52))


def trained(examples: MaskExamples, folder: Path, steps: int) -> runs.TrainingRun:
    schedule = Schedule(steps=steps, batch_size=2, learning_rate=1e-2, ema_decay=0.9)
    return train_masks(examples, folder, TINY, schedule, lambda share, stage: None)


def test_points_move_with_joints_and_expression(human: OpenHuman) -> None:
    vertices = point_vertices(human)
    weights = np.zeros(52)
    weights[ARKIT_INDEX["jawOpen"]] = 0.7
    turns = {"neck": np.array([0.1, 0.2, 0.0]), "head": np.array([0.0, 0.3, 0.1])}
    order = [ARKIT_INDEX[name] for name in human.blend_shape_names]
    wanted = human.posed(weights[order], turns)[vertices]
    np.testing.assert_allclose(FacePoints(human, vertices).at(weights, turns), wanted, atol=1e-6)


def test_the_window_of_the_picture_does_not_matter(examples: MaskExamples) -> None:
    predictor = MaskPredictor(TINY).eval()
    places = torch.rand(2, 50, 2)
    zoomed = examples.points * torch.tensor([1.7, 1.7, 1.0]) + torch.tensor([0.3, -0.2, 0.0])
    told = torch.rand(2, 52)
    moved = predictor(zoomed, told, 1.7 * places + torch.tensor([0.3, -0.2]))
    torch.testing.assert_close(predictor(examples.points, told, places), moved, atol=1e-4, rtol=1e-4)
    assert pixel_places((2, 4))[1, 3].tolist() == [1.75, 0.75]


def test_it_learns_two_frames_by_heart_and_is_kept(examples: MaskExamples, tmp_path: Path) -> None:
    run = trained(examples, tmp_path, 120)
    write_masks(run, tmp_path, {"command": "test"})
    made = read_masks(tmp_path).mask(examples.points, examples.expression, (32, 32)).numpy()
    assert (made == examples.region).mean() > 0.97


def test_a_stopped_run_goes_on_as_if_it_had_not_been(
    examples: MaskExamples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_SAVE_EVERY", 2)
    whole = trained(examples, tmp_path / "whole", 4)

    def stop(share: float, stage: str) -> None:
        if share >= 0.5:
            raise KeyboardInterrupt

    schedule = Schedule(steps=4, batch_size=2, learning_rate=1e-2, ema_decay=0.9)
    with pytest.raises(KeyboardInterrupt):
        train_masks(examples, tmp_path / "parts", TINY, schedule, stop)
    again = trained(examples, tmp_path / "parts", 4)
    for name, tensor in whole.averaged.items():
        torch.testing.assert_close(again.averaged[name], tensor, rtol=0.0, atol=0.0)


def test_examples_need_people_and_joints(tmp_path: Path) -> None:
    toy_sets.write_toy_sets(tmp_path, "train", 1, side_px=32, roles=("hero", "view"))
    with pytest.raises(InvalidInput, match="landmarks"):
        mask_examples(tmp_path, "train")
    toy_sets.write_person(tmp_path)
    assert mask_examples(tmp_path, "train").points.shape == (2, MASK_POINTS, 3)
    frames = toy_sets.toy_set(0, "train", 32)
    fewer = type(frames)(**{**vars(frames), "joint_names": ("neck", *frames.joint_names[1:])})
    with pytest.raises(InvalidInput, match="spine3"):
        list(PeoplePoints(tmp_path / "people").of(fewer))
