"""Random light: Blender's studio pictures and painted skies, with and without lamps, near a level that suits a face."""

import numpy as np

from ...bridge.data.render_plan import Colour, LampPlan, LightPlan

PICTURES = ("city", "courtyard", "forest", "interior", "night", "studio", "sunrise", "sunset")
"""Blender's studio lights."""
_PICTURE_SHARE = 0.6
_LEVEL = (0.4, 1.2)
"""Mean radiance of surroundings that light a face alone; beside lamps they are dimmer."""
_KEY_IRRADIANCE = (2.5, 7.0)
"""On a face turned to the lamp, W/m2."""


def drawn_light(centre: np.ndarray, rng: np.random.Generator) -> LightPlan:
    """centre: (3,) of the face, metres, around which lamps stand."""
    is_picture = rng.random() < _PICTURE_SHARE
    has_lamps = rng.random() < (0.3 if is_picture else 0.85)
    lamps = _lamps(centre, rng) if has_lamps else ()
    level = float(np.exp(rng.uniform(*np.log(_LEVEL)))) * (rng.uniform(0.1, 0.5) if has_lamps else 1.0)
    zenith, horizon, ground = (_colour(rng, 0.35) for _ in range(3))
    return LightPlan(
        picture=str(rng.choice(PICTURES)) if is_picture else "",
        turn=float(rng.random()),
        level=float(level),
        ground=_times(ground, float(rng.uniform(0.1, 0.6))),
        horizon=_times(horizon, float(rng.uniform(0.3, 1.2))),
        zenith=_times(zenith, float(rng.uniform(0.4, 1.6))),
        lamps=lamps,
    )


def _lamps(centre: np.ndarray, rng: np.random.Generator) -> tuple[LampPlan, ...]:
    """A sun, or one to three areas of which the first is the brightest."""
    if rng.random() < 0.3:
        return (_sun(centre, float(rng.uniform(*_KEY_IRRADIANCE)), rng),)
    key = float(rng.uniform(*_KEY_IRRADIANCE))
    shares = (1.0, *rng.uniform(0.1, 0.6, int(rng.integers(0, 3))).tolist())
    return tuple(_area(centre, key * share, rng) for share in shares)


def _sun(centre: np.ndarray, irradiance: float, rng: np.random.Generator) -> LampPlan:
    pose = posed_towards(centre + 5.0 * _side(rng), centre)
    angle = float(np.radians(rng.uniform(0.5, 8.0)))
    return LampPlan("sun", _rows(pose), _times(_colour(rng, 0.2), irradiance), (angle, angle))


def _area(centre: np.ndarray, irradiance: float, rng: np.random.Generator) -> LampPlan:
    distance_m = float(rng.uniform(0.8, 2.5))
    pose = posed_towards(centre + distance_m * _side(rng), centre)
    size = rng.uniform(0.15, 1.2, 2).tolist()
    # An area of power P shines P / pi along its axis: this power gives the irradiance at this distance.
    power = irradiance * np.pi * distance_m**2
    return LampPlan("area", _rows(pose), _times(_colour(rng, 0.3), float(power)), (size[0], size[1]))


def _side(rng: np.random.Generator) -> np.ndarray:
    """(3,) unit: anywhere around, mostly before and above a face."""
    azimuth, elevation = np.radians(rng.normal(0.0, 55.0)), np.radians(rng.uniform(-15.0, 60.0))
    return np.array([np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)])


def posed_towards(position: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(4, 4): at `position`, looking along its own -Z at `target`, +Y as far up as can be."""
    back = position - target
    back = back / np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right = right / np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3] = np.stack([right, np.cross(back, right), back, position], axis=1)
    return pose


def _rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)


def _colour(rng: np.random.Generator, most: float) -> Colour:
    """A tint of mean 1, warm or cold more often than green."""
    warmth, green = rng.uniform(-most, most), 0.3 * rng.uniform(-most, most)
    tint = np.array([1.0 + warmth, 1.0 + green, 1.0 - warmth])
    tint = tint / tint.mean()
    return (float(tint[0]), float(tint[1]), float(tint[2]))


def _times(colour: Colour, factor: float) -> Colour:
    return (colour[0] * factor, colour[1] * factor, colour[2] * factor)
