"""Reduced keys: the bound holds at every sample, straight lines need two keys, captured faces a tenth of their samples."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from vivavoce.addon.core.key_reduction import curve_values, reduced_keys

FACEGOOD = Path(__file__).resolve().parents[4] / "shared" / "data" / "facegood"


def moving_curves(seed: int, sample_count: int = 400) -> np.ndarray:
    """(F, 4): a smooth curve, a noisy one, one of steps, and one that rests but for a moment."""
    rng = np.random.default_rng(seed)
    time = np.arange(sample_count) / 30.0
    smooth = 0.5 + 0.4 * np.sin(3.0 * time + seed) * np.cos(0.7 * time)
    noisy = smooth + rng.normal(0.0, 0.05, sample_count)
    steps = (np.sin(5.0 * time + seed) > 0.3).astype(float)
    moment = np.exp(-(((time - 6.0) / 0.1) ** 2))
    return np.stack([smooth, noisy, steps, moment], axis=1)


@pytest.mark.parametrize("bound", [0.002, 0.01, 0.1])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_bound_holds_at_every_sample(seed: int, bound: float) -> None:
    samples = moving_curves(seed)
    for column, keys in zip(samples.T, reduced_keys(samples, [bound] * 4), strict=True):
        assert np.abs(curve_values(keys, len(column)) - column).max() <= bound
        assert (keys.indices[0], keys.indices[-1]) == (0, len(column) - 1)
        np.testing.assert_array_equal(keys.values, column[keys.indices])


def test_without_a_bound_every_sample_is_kept() -> None:
    samples = moving_curves(3)[:, 1:2]
    (keys,) = reduced_keys(samples, [0.0])
    np.testing.assert_allclose(curve_values(keys, len(samples)), samples[:, 0], atol=1e-6)


def test_smooth_keys_have_handles_in_line() -> None:
    (keys,) = reduced_keys(moving_curves(0)[:, :1], [0.01])
    spans = np.diff(keys.indices)
    inner = np.flatnonzero(keys.is_smooth)
    assert len(inner) > 0.1 * len(keys.indices)
    before = (keys.values - keys.left)[inner] / spans[inner - 1]
    after = (keys.right - keys.values)[inner] / spans[inner]
    np.testing.assert_allclose(before, after, atol=1e-9)
    assert not keys.is_smooth[[0, -1]].any()


def test_straight_lines_and_stills_need_two_keys() -> None:
    time = np.arange(1000)
    samples = np.stack([0.2 + 0.0005 * time, np.full(1000, 0.3)], axis=1)
    line, still = reduced_keys(samples, [1e-4, 1e-4])
    assert line.indices.tolist() == still.indices.tolist() == [0, 999]
    np.testing.assert_allclose(curve_values(line, 1000), samples[:, 0], atol=1e-9)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_the_shortest_clips(count: int) -> None:
    samples = np.array([0.3, 0.9, 0.1])[:count, None]
    (keys,) = reduced_keys(samples, [1e-6])
    np.testing.assert_allclose(curve_values(keys, count), samples[:, 0], atol=1e-6)


def test_a_looser_bound_never_needs_more_keys() -> None:
    samples = moving_curves(4)
    counts = [[len(keys.indices) for keys in reduced_keys(samples, [bound] * 4)] for bound in (0.001, 0.01, 0.05, 0.2)]
    assert all(fewer <= more for tight, loose in pairwise(counts) for more, fewer in zip(tight, loose, strict=True))


@pytest.mark.parametrize("take", ["facegood_3_15", "facegood_3_16"])
def test_a_captured_face_needs_a_tenth_of_its_keys_at_one_percent(take: str) -> None:
    if not FACEGOOD.is_dir():
        pytest.skip(f"no captured faces at {FACEGOOD}")
    with np.load(FACEGOOD / f"{take}.npz") as arrays:
        weights = arrays["weights"]
    weights = weights[:, np.ptp(weights, axis=0) > 0.02]
    reduced = reduced_keys(weights, np.full(weights.shape[1], 0.01))
    assert weights.size > 10 * sum(len(keys.indices) for keys in reduced)
    for column, keys in zip(weights.T, reduced, strict=True):
        assert np.abs(curve_values(keys, len(column)) - column).max() <= 0.01
