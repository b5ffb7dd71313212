"""ViewPath: a camera around the face, keyed in seconds: "0s:az=-40,el=5 2s:az=40,dist=1.2,fov=16"."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator

from ..bridge.data import Camera
from ..bridge.errors import InvalidInput

TRAINED_AZIMUTH_DEG, TRAINED_ELEVATION_DEG = (-75.0, 75.0), (-25.0, 35.0)
"""Where the bundled weights have seen faces from."""

_logger = logging.getLogger(__name__)
_KEY = re.compile(r"(?P<time_s>[0-9]*\.?[0-9]+)s:(?P<settings>\S+)")
_UNITS = {"az": "degrees to the character's left", "el": "degrees up", "dist": "metres", "fov": "degrees", "lens": "millimetres"}
_DEFAULTS = {"az": 20.0, "el": 3.0, "dist": 1.5, "fov": 16.0}
_RANGES = {"az": (-360.0, 360.0), "el": (-85.0, 85.0), "dist": (0.1, 50.0), "fov": (1.0, 120.0)}
_SENSOR_HEIGHT_MM = 24.0


@dataclass(frozen=True)
class ViewPath:
    """times_s: of the keys, rising. azimuth_deg, elevation_deg: around what is looked at, 0 in front of the face, positive to the
    character's left and up; distance_m: from it; fov_deg: vertical angle of view; one of each a key.
    """

    times_s: tuple[float, ...]
    azimuth_deg: tuple[float, ...]
    elevation_deg: tuple[float, ...]
    distance_m: tuple[float, ...]
    fov_deg: tuple[float, ...]

    @classmethod
    def parse(cls, text: str) -> "ViewPath":
        """Keys apart by spaces; what a key leaves out stays as it was. lens=85 says the angle of view as a focal length on a
        24 mm high sensor. Warns beyond what the bundled weights were trained on. Raises InvalidInput, which says what may stand.
        """
        keys = [_KEY.fullmatch(part) for part in text.split()]
        if not keys or None in keys:
            raise InvalidInput(f"A view is keys like 0s:az=-40,el=5 apart by spaces, not {text!r}.")
        times_s = tuple(float(key["time_s"]) for key in keys if key)
        if any(later <= earlier for earlier, later in pairwise(times_s)):
            raise InvalidInput(
                f"A view's keys follow each other in time; these are at {', '.join(f'{time:g}s' for time in times_s)}."
            )
        settings = _filled([_settings(key["settings"]) for key in keys if key])
        path = cls(times_s, *(tuple(setting[name] for setting in settings) for name in _DEFAULTS))
        path._warn_beyond_training()
        return path

    def camera_at(self, time_s: float, target: np.ndarray, width: int, height: int) -> Camera:
        """The camera at a moment, looking at `target` (3,) metres. Between keys everything goes smoothly and never beyond them;
        before the first and after the last it rests.
        """
        azimuth, elevation, distance, fov = (
            self._at(values, time_s)
            for values in (self.azimuth_deg, self.elevation_deg, np.log(self.distance_m), _log_tangent(np.array(self.fov_deg)))
        )
        pose = looking_at(np.asarray(target), np.radians(azimuth), np.radians(elevation), float(np.exp(distance)))
        return Camera(pose, 2.0 * float(np.arctan(np.exp(fov))), width, height)

    def _at(self, values: Sequence[float] | np.ndarray, time_s: float) -> float:
        """Monotone cubic curves between keys; through a single turn of direction they ease in and out."""
        if len(self.times_s) == 1:
            return float(values[0])
        # Still keys before and after let the path start and end at rest.
        span = self.times_s[-1] - self.times_s[0]
        times = [self.times_s[0] - span, *self.times_s, self.times_s[-1] + span]
        moment = float(np.clip(time_s, self.times_s[0], self.times_s[-1]))
        return float(PchipInterpolator(times, [values[0], *values, values[-1]])(moment))

    def _warn_beyond_training(self) -> None:
        for name, values, (low, high) in (
            ("azimuth", self.azimuth_deg, TRAINED_AZIMUTH_DEG), ("elevation", self.elevation_deg, TRAINED_ELEVATION_DEG)
        ):  # fmt: skip
            if min(values) < low or max(values) > high:
                _logger.warning(
                    "The view's %s goes from %g to %g degrees; the bundled weights have seen %g to %g, and get worse beyond.",
                    name, min(values), max(values), low, high,
                )  # fmt: skip


def looking_at(target: np.ndarray, azimuth_rad: float, elevation_rad: float, distance_m: float) -> np.ndarray:
    """(4, 4) camera_to_world of what looks at `target` (3,) from an azimuth (0 in front, positive to the left) and elevation."""
    across = np.cos(elevation_rad)
    back = np.array([np.sin(azimuth_rad) * across, np.sin(elevation_rad), np.cos(azimuth_rad) * across])
    right = np.array([np.cos(azimuth_rad), 0.0, -np.sin(azimuth_rad)])
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(back, right), back], axis=1)
    pose[:3, 3] = target + distance_m * back
    return pose


def _settings(text: str) -> dict[str, float]:
    """One key's settings, checked."""
    settings = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = np.nan
        if name not in _UNITS or not np.isfinite(value):
            known = ", ".join(f"{name} ({unit})" for name, unit in _UNITS.items())
            raise InvalidInput(f"A view's key sets {known}, each as name=number, not {part!r}.")
        if name == "lens":
            if value <= 0.0:
                raise InvalidInput(f"A lens has a focal length above 0 mm, not {value:g}.")
            name, value = "fov", float(np.degrees(2.0 * np.arctan(0.5 * _SENSOR_HEIGHT_MM / value)))
        low, high = _RANGES[name]
        if not low <= value <= high:
            raise InvalidInput(f"A view's {name} lies between {low:g} and {high:g} {_UNITS[name]}, not at {value:g}.")
        settings[name] = value
    return settings


def _filled(settings: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    """Every key with every setting: as at the key before, at first as at the first key that says it, else the default."""
    filled = []
    last = {name: next((key[name] for key in settings if name in key), default) for name, default in _DEFAULTS.items()}
    for key in settings:
        last = last | key
        filled.append(last)
    return filled


def _log_tangent(fov_deg: np.ndarray) -> np.ndarray:
    """In which equal steps of zoom look equal."""
    return np.log(np.tan(np.radians(0.5 * fov_deg)))
