import numpy as np
import pytest

from vivavoce.addon.core.retiming import last_frame, scene_frames, scene_rate


@pytest.mark.parametrize(
    ("fps", "expected"),
    [(23.976, (24, 1.001)), (24000 / 1001, (24, 1.001)), (29.97, (30, 1.001)), (59.94, (60, 1.001)), (24.0, (24, 1.0)),
     (25.0, (25, 1.0)), (12.5, (13, 1.04)), (0.5, (1, 2.0)), (120.0, (120, 1.0))],
)  # fmt: skip
def test_rates_as_blender_holds_them(fps: float, expected: tuple[int, float]) -> None:
    assert scene_rate(fps) == pytest.approx(expected)


@pytest.mark.parametrize("fps", [23.976, 24.0, 29.97, 47.3, 1000.0])
def test_a_scene_at_the_clips_own_rate_has_whole_frames(fps: float) -> None:
    whole, base = scene_rate(fps)
    assert whole / base == pytest.approx(fps, rel=1e-4)
    np.testing.assert_array_equal(scene_frames(10_000, fps, whole / base), 1.0 + np.arange(10_000))


def test_time_is_kept_between_rates() -> None:
    frames = scene_frames(600, 60.0, 24000 / 1001, start_frame=10.0)
    np.testing.assert_allclose((frames - 10.0) * 1001 / 24000, np.arange(600) / 60.0)


def test_the_last_frame_covers_the_clip() -> None:
    assert last_frame(75, 25.0, 25.0) == 75
    assert last_frame(24, 23.976, 24000 / 1001) == 24
    assert last_frame(60, 60.0, 24.0, start_frame=100) == 123
    assert last_frame(1, 60.0, 24.0) == 1
