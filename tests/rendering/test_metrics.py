"""Metrics of pictures: their limits, and known cases."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.rendering.flip import flip
from vivavoce.rendering.metrics import flicker_ratio, mask_overlap, psnr, ssim, temporal_error, view_error

from .toy_sets import ball, camera_at

EVERYWHERE = np.ones((32, 32), bool)


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).uniform(0.2, 0.8, (32, 32, 3))


def test_a_picture_equals_itself(picture: np.ndarray) -> None:
    assert psnr(picture, picture, EVERYWHERE) == np.inf
    assert ssim(picture, picture, EVERYWHERE) == pytest.approx(1.0)
    assert flip(picture, picture, EVERYWHERE) == pytest.approx(0.0, abs=1e-6)


def test_a_known_error_has_a_known_psnr_and_other_pixels_do_not_count(picture: np.ndarray) -> None:
    wrong, mask = picture.copy(), np.zeros((32, 32), bool)
    mask[:8] = True
    wrong[:8] += 0.1
    wrong[8:] = 0.0
    assert psnr(wrong, picture, mask) == pytest.approx(20.0)


def test_more_error_is_worse_by_every_measure(picture: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(size=picture.shape)
    little, much = (np.clip(picture + spread * noise, 0.0, 1.0) for spread in (0.02, 0.2))
    assert psnr(little, picture, EVERYWHERE) > psnr(much, picture, EVERYWHERE)
    assert ssim(little, picture, EVERYWHERE) > ssim(much, picture, EVERYWHERE)
    assert 0.0 < flip(little, picture, EVERYWHERE) < flip(much, picture, EVERYWHERE) < 1.0


def test_black_and_white_are_as_far_apart_as_flip_goes() -> None:
    black, white = np.zeros((32, 32, 3)), np.ones((32, 32, 3))
    assert 0.9 < flip(black, white, EVERYWHERE) <= 1.0


def test_the_truth_is_as_steady_as_the_truth(picture: np.ndarray) -> None:
    truth = [picture, np.roll(picture, 1, axis=1), np.roll(picture, 2, axis=1)]
    assert temporal_error(truth, truth) == 0.0
    assert flicker_ratio(truth, truth) == pytest.approx(1.0)
    assert flicker_ratio([picture] * 3, truth) == 0.0
    assert temporal_error([picture] * 3, truth) > 0.0


def test_a_still_matt_ball_agrees_in_two_views() -> None:
    near = ball(camera_at(0.0, 64), 0), ball(camera_at(10.0, 64), 0)
    same = view_error(near[0].albedo, near[1].albedo, near)
    other = view_error(near[0].albedo, 1.0 - near[1].albedo, near)
    assert same < 0.3 * other
    away = ball(camera_at(0.0, 64), 0), ball(camera_at(179.0, 64), 0)
    assert np.isnan(view_error(away[0].albedo, away[1].albedo, away))


def test_masks_overlap_by_intersection_over_union() -> None:
    truth = np.repeat([[1, 2]], 4, axis=0)
    assert mask_overlap(truth, truth, range(4)) == 1.0
    assert mask_overlap(np.ones_like(truth), truth, range(4)) == pytest.approx(0.25)
