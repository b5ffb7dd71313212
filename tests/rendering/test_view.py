import logging

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.rendering.view import ViewPath, looking_at

TARGET = np.array([0.1, 1.6, 0.05])


def _azimuth_deg(path: ViewPath, time_s: float) -> float:
    offset = path.camera_at(time_s, TARGET, 64, 48).position_m - TARGET
    return float(np.degrees(np.arctan2(offset[0], offset[2])))


def test_keys_are_met_and_what_they_leave_out_stays():
    path = ViewPath.parse("0s:az=-40,el=5 2s:az=40 3s:dist=1,fov=20")
    assert path.elevation_deg == (5.0, 5.0, 5.0)
    assert path.azimuth_deg == (-40.0, 40.0, 40.0)
    assert path.distance_m == (1.0, 1.0, 1.0)
    for time_s, azimuth_deg in ((0.0, -40.0), (2.0, 40.0), (3.0, 40.0), (9.0, 40.0)):
        assert _azimuth_deg(path, time_s) == pytest.approx(azimuth_deg)
    last = path.camera_at(3.0, TARGET, 64, 48)
    assert np.linalg.norm(last.position_m - TARGET) == pytest.approx(1.0)
    assert np.degrees(last.fov_y_rad) == pytest.approx(20.0)


def test_the_camera_looks_at_its_target_upright():
    camera = ViewPath.parse("0s:az=30,el=-20").camera_at(0.0, TARGET, 64, 48)
    place, depth_m = camera.projected(TARGET)
    np.testing.assert_allclose(place, [32.0, 24.0])
    assert depth_m == pytest.approx(1.5)
    above, _ = camera.projected(TARGET + np.array([0.0, 0.1, 0.0]))
    assert above[0] == pytest.approx(32.0)
    assert above[1] < 24.0


def test_a_path_goes_smoothly_and_not_beyond_its_keys():
    path = ViewPath.parse("0s:az=-40 1s:az=40 1.5s:az=45 4s:az=0")
    azimuth_deg = np.array([_azimuth_deg(path, time_s) for time_s in np.linspace(0.0, 4.0, 401)])
    speed = np.diff(azimuth_deg)
    assert azimuth_deg.max() <= 45.0 + 1e-6
    assert abs(speed[0]) < 0.02 * np.abs(speed).max()  # from rest
    assert np.abs(np.diff(speed)).max() < 0.05 * np.abs(speed).max()


def test_a_lens_is_an_angle_of_view():
    assert ViewPath.parse("0s:lens=85").fov_deg[0] == pytest.approx(np.degrees(2.0 * np.arctan(12.0 / 85.0)))


def test_beyond_the_trained_range_there_is_a_warning(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        ViewPath.parse("0s:az=-60,el=10")
    assert not caplog.records
    ViewPath.parse("0s:az=-60 2s:az=100")
    assert "75" in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "az=40",
        "0s:",
        "0s:az",
        "0s:az=left",
        "0s:roll=3",
        "0s:el=89",
        "0s:dist=0",
        "2s:az=1 1s:az=2",
        "0s:az=nan",
        "0s:lens=0",
    ],
)
def test_what_is_no_view_is_refused(text: str):
    with pytest.raises(InvalidInput, match=r"view|lens"):
        ViewPath.parse(text)


def test_looking_at_is_a_rotation():
    turn = looking_at(TARGET, 1.0, -0.4, 2.0)[:3, :3]
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)
