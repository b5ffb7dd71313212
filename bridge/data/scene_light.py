"""SceneLight: all the light of a scene, as far as a distant or a nearby lamp and the surroundings can say it."""

from dataclasses import dataclass

import numpy as np

from ..errors import InvalidInput

LAMP_KINDS: tuple[str, ...] = ("sun", "area", "point", "spot")


@dataclass(frozen=True, eq=False)
class Lamp:
    """A lamp that shines along its own -Z, as Blender's do.

    lamp_to_world: (4, 4), SMPL-X's axes, metres, without scale. strength (3): linear colour; W, or W/m2 for a sun. size:
    width and height of an area in metres (a disk or an ellipse: of the rectangle of its area), (2 radius, 2 radius) of a point
    or a spot, (angle, angle) of a sun in radians. cone_rad: a spot's full angle. Raises InvalidInput where it is no lamp.
    """

    kind: str
    lamp_to_world: np.ndarray
    strength: np.ndarray
    size: tuple[float, float] = (0.0, 0.0)
    cone_rad: float = np.pi

    def __post_init__(self) -> None:
        if self.kind not in LAMP_KINDS:
            raise InvalidInput(f"A lamp is one of {', '.join(LAMP_KINDS)}, not {self.kind!r}.")
        for name, shape in (("lamp_to_world", (4, 4)), ("strength", (3,))):
            values = np.array(getattr(self, name), np.float64)
            if values.shape != shape or not np.isfinite(values).all():
                raise InvalidInput(f"A lamp's {name} is {shape} finite numbers.")
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @property
    def position_m(self) -> np.ndarray:
        return self.lamp_to_world[:3, 3]

    @property
    def toward(self) -> np.ndarray:
        """(3,) unit: where it shines."""
        return -self.lamp_to_world[:3, 2]


@dataclass(frozen=True, eq=False)
class SceneLight:
    """Surroundings and lamps. environment (H, W, 3): linear radiance from every side, in SMPL-X's axes; `environment_directions`
    says where each texel lies. Raises InvalidInput where it is no picture of radiance.
    """

    environment: np.ndarray
    lamps: tuple[Lamp, ...] = ()

    def __post_init__(self) -> None:
        environment = np.array(self.environment, np.float32)
        if environment.ndim != 3 or environment.shape[2] != 3 or not environment.size:
            raise InvalidInput(f"An environment is (H, W, 3) linear radiance, not {environment.shape}.")
        if not np.isfinite(environment).all() or environment.min() < 0.0:
            raise InvalidInput("An environment's radiance is finite and not negative.")
        environment.setflags(write=False)
        object.__setattr__(self, "environment", environment)


def environment_directions(height: int, width: int) -> np.ndarray:
    """(H, W, 3) unit, SMPL-X's axes: row 0 is up, the middle column +Z (ahead of the face), columns go on to +X (its left)."""
    elevation = np.pi * (0.5 - (np.arange(height) + 0.5) / height)[:, None]
    azimuth = 2.0 * np.pi * ((np.arange(width) + 0.5) / width - 0.5)[None, :]
    across = np.cos(elevation)
    return np.stack(
        [np.sin(azimuth) * across, np.broadcast_to(np.sin(elevation), (height, width)), np.cos(azimuth) * across], axis=-1
    )
