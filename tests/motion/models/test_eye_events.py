"""Slow curves of lids and gaze become the events that they were made of."""

import numpy as np
import pytest
import torch

from vivavoce.motion.models.channels import BLINK, CHANNEL_NAMES, GAZE
from vivavoce.motion.models.eye_events import blink_peaks, held_gaze, smeared, with_events


def eyes(blinks: list[int], frames: int = 500) -> np.ndarray:
    """Channels with full blinks that begin at these frames, and a gaze that jumps every two seconds."""
    channels = np.zeros((frames, len(CHANNEL_NAMES)), np.float32)
    for start in blinks:
        channels[start : start + 7, BLINK.start] = [0.4, 0.9, 1.0, 0.7, 0.4, 0.2, 0.05]
    draw = np.random.default_rng(0)
    channels[:, GAZE] = np.repeat(draw.normal(0.0, 0.2, (frames // 50, 2)), 50, axis=0)
    return channels


def slow(channels: np.ndarray) -> np.ndarray:
    return smeared(torch.from_numpy(channels)[None])[0].numpy()


def test_blinks_come_back_where_they_were_and_shut_fully():
    starts = [40, 52, 200, 340, 420]
    curve = slow(eyes(starts))
    made = with_events(curve, 1.0, np.random.default_rng(0))[:, BLINK.start]
    assert np.abs(blink_peaks(curve[:, BLINK.start]) - (np.array(starts) + 2)).max() <= 1
    is_shut = made > 0.999
    assert np.count_nonzero(is_shut[1:] & ~is_shut[:-1]) == len(starts)
    assert np.percentile(made, 80) < 0.01


def test_the_gaze_holds_and_jumps_at_once():
    channels = eyes([])
    held = held_gaze(slow(channels)[:, GAZE])
    assert np.abs(held - channels[:, GAZE]).mean() < 0.02
    assert np.mean(np.abs(np.diff(held, axis=0)).max(axis=1) < 1e-6) > 0.95


@pytest.mark.parametrize(("rate", "expected"), [(0.0, 0), (1.0, 20), (2.0, 40)])
def test_the_rate_of_blinks_is_the_artists(rate: float, expected: int):
    curve = slow(eyes(list(range(20, 1980, 99)), 2000))
    made = with_events(curve, rate, np.random.default_rng(0))[:, BLINK.start]
    is_shut = made > 0.999
    assert np.count_nonzero(is_shut[1:] & ~is_shut[:-1]) == expected


def test_where_too_few_were_drawn_blinks_come_at_the_natural_rate():
    made = with_events(slow(eyes([100], 3000)), 1.0, np.random.default_rng(0))[:, BLINK.start]
    is_shut = made > 0.999
    assert abs(np.count_nonzero(is_shut[1:] & ~is_shut[:-1]) - 30) <= 1


def test_other_channels_stay_and_the_shortest_clips_work():
    channels = np.random.default_rng(0).normal(size=(1, 4, len(CHANNEL_NAMES))).astype(np.float32)
    same = smeared(torch.from_numpy(channels))[0].numpy()
    np.testing.assert_array_equal(same[:, : BLINK.start], channels[0, :, : BLINK.start])
    np.testing.assert_array_equal(same[:, GAZE.stop :], channels[0, :, GAZE.stop :])
    for count in (1, 2, 3):
        assert with_events(same[:count], 3.0, np.random.default_rng(0)).shape == (count, len(CHANNEL_NAMES))
