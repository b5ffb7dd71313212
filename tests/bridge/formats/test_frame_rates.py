import pytest

from vivavoce.bridge.formats.frame_rates import is_broadcast_rate, simplest_rate


@pytest.mark.parametrize(
    ("estimate", "slack", "rate"),
    [
        (29.999, 0.01, 30.0),
        (23.9761, 0.001, 24000 / 1001),
        (23.976, 1e-7, 23.976),
        (12.5000001, 1e-6, 12.5),
        (0.5, 0.01, 0.5),
        (30.1234567891, 0.0, 30.1234567891),
    ],
)
def test_the_plainest_rate_in_the_interval_is_meant(estimate, slack, rate):
    assert simplest_rate(estimate, estimate - slack, estimate + slack) == rate


def test_broadcast_rates_are_known():
    assert all(map(is_broadcast_rate, (24, 24000 / 1001, 24 / 1.001, 30000 / 1001, 60.0, 120000 / 1001)))
    assert not any(map(is_broadcast_rate, (23.976, 29.97, 12.5, 0.5)))
