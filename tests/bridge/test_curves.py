import numpy as np
import pytest

from vivavoce.bridge.curves import bumps, eased, moves, wander
from vivavoce.bridge.randomness import PARTS, part_rng

TIMES_S = np.arange(0.0, 20.0, 0.01)


def test_easing_starts_and_ends_at_rest():
    share = np.linspace(-0.5, 1.5, 2001)
    value = eased(share)
    assert value[0] == 0.0
    assert value[-1] == 1.0
    assert eased(np.array(0.5)) == pytest.approx(0.5)
    assert np.all(np.diff(value) >= 0.0)
    assert np.abs(np.diff(value, 2)).max() < 1e-5


def test_wandering_has_unit_deviation_and_no_drift():
    times_s = np.arange(0.0, 3000.0, 0.1)
    curve = wander(np.random.default_rng(0), 3000.0, 0.8, times_s)
    assert curve.std() == pytest.approx(1.0, abs=0.05)
    assert abs(curve[:10000].mean() - curve[-10000:].mean()) < 0.1


def test_wandering_is_the_same_at_every_rate():
    curves = [wander(np.random.default_rng(3), 20.0, 0.7, np.arange(0.0, 20.0, step)) for step in (0.01, 0.05)]
    np.testing.assert_allclose(curves[0][::5], curves[1], atol=1e-9)


def test_moves_arrive_and_stay():
    curve = moves(TIMES_S, np.array([-1.0, 2.0, 5.0]), np.array([0.5, 1.0, 0.1]), np.array([3.0, -1.0, 4.0]))
    assert np.all(curve[TIMES_S <= 2.0] == 3.0)
    np.testing.assert_allclose(curve[(TIMES_S >= 3.0) & (TIMES_S <= 5.0)], -1.0)
    np.testing.assert_allclose(curve[TIMES_S >= 5.1], 4.0)


def test_bumps_add_up_and_end():
    peaks_s, ones = np.array([1.0, 1.3, 19.9]), np.ones(3)
    curve = bumps(TIMES_S, peaks_s, 0.4 * ones, 0.6 * ones, np.array([1.0, 0.5, 2.0]))
    assert curve[100] == pytest.approx(1.0 + 0.5 * float(eased(np.array(0.25))))
    assert not curve[(TIMES_S > 1.91) & (TIMES_S < 19.4)].any()


def test_no_bumps_are_a_flat_line():
    nothing = np.zeros(0)
    assert not bumps(TIMES_S, nothing, nothing, nothing, nothing).any()


def test_every_part_draws_its_own_numbers_from_a_seed():
    draws = {part: part_rng(7, part).random(4).tobytes() for part in PARTS}
    assert len(set(draws.values())) == len(PARTS)
    assert draws == {part: part_rng(7, part).random(4).tobytes() for part in reversed(PARTS)}
    assert part_rng(8, "head").random(4).tobytes() != draws["head"]
