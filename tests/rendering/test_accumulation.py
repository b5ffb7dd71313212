"""Consecutive frames share their samples: noise falls, and only the same spot of the surface is asked."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.bridge.data import GBuffer
from vivavoce.rendering.accumulation import with_shared_samples

from .toy_sets import ball, camera_at


def film(still: GBuffer, count: int) -> list[GBuffer]:
    """The same frame over and over, each time with noise of its own."""
    rng = np.random.default_rng(0)
    return [replace(still, radiance=still.albedo * rng.gamma(1.0, 1.0, (*still.alpha.shape, 1))) for _ in range(count)]


def test_noise_falls_and_the_mean_stays() -> None:
    frames = film(ball(camera_at(0.0, 48), 0), 8)
    seen = np.isfinite(frames[0].depth_z_m)
    shared = with_shared_samples(frames)
    for index in (0, 4, 7):
        light = [each[index].radiance[seen] / (frames[index].albedo[seen] + 0.02) for each in (frames, shared)]
        assert light[1].std() < 0.6 * light[0].std()
        assert light[1].mean() == pytest.approx(light[0].mean(), rel=0.05)
    assert np.array_equal(shared[0].albedo, frames[0].albedo)


def test_only_the_same_spot_is_asked_where_motion_says_that_it_was() -> None:
    still = ball(camera_at(0.0, 48), 0)
    moved = {
        name: np.roll(getattr(still, name), 5, axis=1) for name in ("albedo", "normal", "depth_z_m", "region", "anchor", "alpha")
    }
    seen = np.isfinite(moved["depth_z_m"])
    motion = replace(still, **moved, motion_px=np.where(seen[..., None], [5.0, 0.0], 0.0), radiance=0.5 * moved["albedo"])
    stated = with_shared_samples([replace(still, radiance=still.albedo), motion])
    assert (stated[1].radiance[seen] > 0.55 * moved["albedo"][seen]).mean() > 0.9
    silent = with_shared_samples([replace(still, radiance=still.albedo), replace(motion, motion_px=0.0 * motion.motion_px)])
    assert (silent[1].radiance[seen] > 0.55 * moved["albedo"][seen]).mean() < 0.1


def test_a_frame_alone_or_without_a_sample_stays_as_it_is() -> None:
    still = ball(camera_at(0.0, 16), 0)
    assert with_shared_samples([still]) == [still]
    without = replace(still, radiance=None)
    assert with_shared_samples([without, without]) == [without, without]
