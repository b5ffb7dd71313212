"""LightBuffers: what falls on every pixel of a frame, and what it mirrors, under a light that is known or was fitted."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...bridge.data import GBuffer, SceneLight, environment_directions
from .bounce import thrown_light
from .harmonics import irradiance_at, light_coefficients
from .horizon import Horizon, horizon_of
from .reflection import Reflections, mirrored, reflections_of
from .sources import FAR_COUNT, LightSources, even_directions, solid_angles, sources_of

_GLOSS_POWER = 12.0
"""Sharpness of the lobe by which a shadow is taken off a reflection."""
_LEAST_SHARE = 0.02


@dataclass(frozen=True, eq=False)
class LightBuffers:
    """(H, W, ...) float32, zero where nothing is. irradiance (3): on the surface, in the shadow of what the picture shows,
    linear. unshadowed (3): the same without shadows. reflection (levels, 3): radiance from the mirrored direction, blurred for
    each of ROUGHNESS_LEVELS, shadowed. bounced (3): irradiance that comes by way of what the picture shows beside it.
    ambient_occlusion: share of an even sky that is seen, by cosine; 1 in the open.
    """

    irradiance: np.ndarray
    unshadowed: np.ndarray
    bounced: np.ndarray
    reflection: np.ndarray
    ambient_occlusion: np.ndarray


@dataclass(frozen=True, eq=False)
class PreparedLight:
    """A SceneLight made ready once for many frames. focus_m (3,): where the head is, from where lamps are mirrored."""

    light: SceneLight
    focus_m: np.ndarray

    @cached_property
    def sources(self) -> LightSources:
        return sources_of(self.light)

    @cached_property
    def reflections(self) -> Reflections:
        return reflections_of(self.light, self.focus_m)

    @cached_property
    def coefficients(self) -> np.ndarray:
        """(16, 3): spherical harmonics of the surroundings without lamps."""
        size = self.light.environment.shape[:2]
        return light_coefficients(self.light.environment, environment_directions(*size), solid_angles(*size))


def light_buffers(gbuffer: GBuffer, light: PreparedLight, horizon: Horizon | None = None) -> LightBuffers:
    """Of one whole frame; cut crops from the result. horizon: `horizon_of(gbuffer)`, where the caller has it already."""
    rows, columns = np.nonzero((gbuffer.alpha > 0.0) & np.isfinite(gbuffer.depth_z_m))
    horizon = horizon or horizon_of(gbuffer)
    normals, positions = gbuffer.normal[rows, columns], gbuffer.positions()[rows, columns].astype(np.float32)
    view = gbuffer.camera.position_m.astype(np.float32) - positions
    mirror = mirrored(view / np.linalg.norm(view, axis=1, keepdims=True), normals)
    shares = _shares(horizon, light.sources)
    local_albedo = gbuffer.albedo[horizon.stride // 2 :: horizon.stride, horizon.stride // 2 :: horizon.stride]
    local_albedo = local_albedo[horizon.rows, horizon.columns]
    local_irradiance = _unshadowed(horizon.positions, horizon.normals, light) * shares[:, :3]
    bounced = thrown_light(horizon, local_albedo * local_irradiance / np.pi)
    spread = horizon.spread(np.concatenate([shares, bounced], axis=1), rows, columns)
    shares, bounced = spread[:, :7], spread[:, 7:]
    unshadowed = _unshadowed(positions, normals, light)
    reflection = light.reflections.at(mirror) * shares[:, None, 3:6]
    size = gbuffer.depth_z_m.shape

    def framed(values: np.ndarray) -> np.ndarray:
        picture = np.zeros((*size, *values.shape[1:]), np.float32)
        picture[rows, columns] = values
        return picture

    return LightBuffers(
        irradiance=framed(unshadowed * shares[:, :3]),
        unshadowed=framed(unshadowed),
        bounced=framed(bounced),
        reflection=framed(reflection),
        ambient_occlusion=framed(shares[:, 6]),
    )


def _unshadowed(positions: np.ndarray, normals: np.ndarray, light: PreparedLight) -> np.ndarray:
    """(P, 3): the surroundings by their harmonics, the suns and lamps one by one."""
    irradiance = irradiance_at(normals, light.coefficients)
    sources = light.sources
    suns = slice(FAR_COUNT, None)
    irradiance += np.maximum(normals @ sources.far_directions[suns].T, 0.0) @ sources.far_irradiance[suns]
    if sources.near_count:
        direction, strength = sources.near_at(positions)
        irradiance += (np.maximum((normals[:, None] * direction).sum(axis=-1), 0.0)[..., None] * strength).sum(axis=1)
    return irradiance


def _shares(horizon: Horizon, sources: LightSources) -> np.ndarray:
    """At each point of the horizon, (P, 7): what shadows leave of irradiance (3), reflection (3) and an even sky."""
    normals, positions = horizon.normals, horizon.positions
    visible = horizon.visibility(sources.far_directions)
    view = horizon.camera.position_m.astype(np.float32) - positions
    mirror = mirrored(view / np.linalg.norm(view, axis=1, keepdims=True), normals)
    matt = np.maximum(normals @ sources.far_directions.T.astype(np.float32), 0.0)
    gloss = np.maximum(mirror @ sources.far_directions.T.astype(np.float32), 0.0) ** _GLOSS_POWER
    colour = sources.far_irradiance.astype(np.float32)
    lit = [matt @ colour, (matt * visible) @ colour, gloss @ colour, (gloss * visible) @ colour]
    if sources.near_count:
        direction, strength = sources.near_at(positions)
        visible = horizon.visibility(direction)[..., None]
        matt = np.maximum((normals[:, None] * direction).sum(axis=-1), 0.0)[..., None] * strength
        gloss = (np.maximum((mirror[:, None] * direction).sum(axis=-1), 0.0) ** _GLOSS_POWER)[..., None] * strength
        near = [matt, matt * visible, gloss, gloss * visible]
        lit = [far + part.sum(axis=1) for far, part in zip(lit, near, strict=True)]
    sky = even_directions(FAR_COUNT).astype(np.float32)
    cosine = np.maximum(normals @ sky.T, 0.0)
    occlusion = (cosine * horizon.visibility(sky)).sum(axis=1) / np.maximum(cosine.sum(axis=1), 1e-6)
    return np.concatenate([_ratio(lit[1], lit[0]), _ratio(lit[3], lit[2]), occlusion[:, None]], axis=1)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    floor = _LEAST_SHARE * float(whole.sum()) / max(whole.size, 1) + 1e-6
    return (part + floor) / (whole + floor)
