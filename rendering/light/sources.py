"""A scene's light as a few dozen points: far ones that stand for a patch of the surroundings, near ones on the lamps."""

from dataclasses import dataclass

import numpy as np

from ...bridge.data import Lamp, SceneLight, environment_directions

FAR_COUNT = 64
_AREA_GRID = 2


@dataclass(frozen=True, eq=False)
class LightSources:
    """far_directions (S, 3): unit, towards the light; far_irradiance (S, 3): on a surface that faces it.

    near_positions_m (N, 3) with near_strength (N, 3): irradiance at 1 m on a surface that faces it, in the lamp's middle;
    near_toward (N, 3): its direction, zero where the lamp shines alike to all sides; near_cone (N,): cosine of a spot's half
    angle, else -1.
    """

    far_directions: np.ndarray
    far_irradiance: np.ndarray
    near_positions_m: np.ndarray
    near_strength: np.ndarray
    near_toward: np.ndarray
    near_cone: np.ndarray

    @property
    def near_count(self) -> int:
        return len(self.near_strength)

    def near_at(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points (P, 3) metres -> unit directions towards the near sources (P, N, 3), irradiance facing them (P, N, 3)."""
        offset = self.near_positions_m - positions[:, None]
        distance_m = np.maximum(np.linalg.norm(offset, axis=-1, keepdims=True), 1e-3)
        direction = offset / distance_m
        cosine = -(direction * self.near_toward).sum(axis=-1)
        is_even = ~self.near_toward.any(axis=-1)
        falloff = np.where(is_even | (self.near_cone > -1.0), cosine > self.near_cone, np.maximum(cosine, 0.0))
        falloff = np.where(is_even, 1.0, falloff)
        return direction, (falloff[..., None] * self.near_strength / distance_m**2).astype(positions.dtype)


def sources_of(light: SceneLight) -> LightSources:
    """The surroundings in FAR_COUNT patches, each where its light comes from on average; the suns; points on the other lamps."""
    height, width = light.environment.shape[:2]
    texels = environment_directions(height, width).reshape(-1, 3)
    irradiance = light.environment.reshape(-1, 3) * solid_angles(height, width).reshape(-1, 1)
    middles = even_directions(FAR_COUNT)
    patch = np.argmax(texels @ middles.T, axis=1)
    weight = irradiance.sum(axis=1)
    centre = np.stack([np.bincount(patch, weight * texels[:, axis], FAR_COUNT) for axis in range(3)], axis=1)
    centre += 1e-9 * middles  # where no light comes from
    colour = np.stack([np.bincount(patch, irradiance[:, channel], FAR_COUNT) for channel in range(3)], axis=1)
    suns = [lamp for lamp in light.lamps if lamp.kind == "sun"]
    near = [_near(lamp) for lamp in light.lamps if lamp.kind != "sun"]
    columns = [np.concatenate(items) for items in zip(*near, strict=True)] if near else [np.zeros((0, 3))] * 3 + [np.zeros(0)]
    return LightSources(
        np.concatenate([centre / np.linalg.norm(centre, axis=1, keepdims=True), *[-lamp.toward[None] for lamp in suns]]),
        np.concatenate([colour, *[lamp.strength[None] for lamp in suns]]),
        *columns,
    )


def _near(lamp: Lamp) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Positions, strengths, middle directions and cones of the points that stand for a lamp."""
    if lamp.kind == "area":
        steps = (np.arange(_AREA_GRID) + 0.5) / _AREA_GRID - 0.5
        across, up = (axis.ravel()[:, None] for axis in np.meshgrid(steps * lamp.size[0], steps * lamp.size[1]))
        positions = lamp.position_m + across * lamp.lamp_to_world[:3, 0] + up * lamp.lamp_to_world[:3, 1]
        strength, toward, cone = lamp.strength / np.pi, lamp.toward, -1.0
    else:
        positions, strength = lamp.position_m[None], lamp.strength / (4.0 * np.pi)
        toward = lamp.toward if lamp.kind == "spot" else np.zeros(3)
        cone = np.cos(0.5 * lamp.cone_rad) if lamp.kind == "spot" else -1.0
    count = len(positions)
    return positions, np.tile(strength / count, (count, 1)), np.tile(toward, (count, 1)), np.full(count, cone)


def solid_angles(height: int, width: int) -> np.ndarray:
    """(H, W) sr of each texel of an environment."""
    edges = np.sin(np.pi * (0.5 - np.arange(height + 1) / height))
    return np.broadcast_to((edges[:-1] - edges[1:])[:, None] * (2.0 * np.pi / width), (height, width))


def even_directions(count: int) -> np.ndarray:
    """(count, 3) unit, spread evenly over the sphere on a Fibonacci spiral."""
    index = np.arange(count) + 0.5
    height = 1.0 - 2.0 * index / count
    angle = np.pi * (1.0 + 5.0**0.5) * index
    across = np.sqrt(1.0 - height**2)
    return np.stack([across * np.cos(angle), height, across * np.sin(angle)], axis=-1)
