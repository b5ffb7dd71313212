"""How the regions of a character take light: a matt part, softened under skin, light that neighbours throw back, and a gloss."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ..bridge.data import REGION_NAMES, GBuffer
from .light import ROUGHNESS_LEVELS, LightBuffers, reflected_share


@dataclass(frozen=True)
class _Finish:
    """Of one region. matt, bounce: shares of what falls on it, directly and from neighbours, that come back (cavities too fine
    for a picture's horizon are dark). gloss: share of its reflection; specular: what it reflects head-on; roughness: in place of
    the G-buffer's, where a clear coat lies over the surface.
    """

    matt: float = 1.0
    bounce: float = 1.0
    gloss: float = 1.0
    specular: float = 0.04
    roughness: float | None = None


_FINISHES: dict[str, _Finish] = {
    "background": _Finish(),
    "skin": _Finish(1.03, 0.66, 1.1, 0.028),
    "lips": _Finish(0.9, 0.0, 0.4, 0.028),
    "eyes": _Finish(0.73, 0.0, 0.3, 0.077, 0.25),
    "mouth": _Finish(0.53, 0.0, 0.15),
    "hair": _Finish(0.7, 2.0, 0.3, 0.0064),
    "hands": _Finish(1.03, 0.66, 1.1, 0.028),
    "clothes": _Finish(1.04, 1.0, 0.2, 0.016),
}
"""Of `REGION_NAMES`; the shares are least squares over path-traced frames of the open human."""

_SUBSURFACE_SHARE = 0.35
_SUBSURFACE_RADIUS_M = (0.0045, 0.0016, 0.0009)
_BOUNCE_RADIUS_M = 0.03


@dataclass(frozen=True, eq=False)
class Shading:
    """What a frame's light makes of it but for its colour, (H, W, 3), zero where nothing is: picture = albedo x matt + gloss."""

    matt: np.ndarray
    gloss: np.ndarray


def shading_of(gbuffer: GBuffer, buffers: LightBuffers, albedo: np.ndarray) -> Shading:
    """albedo (H, W, 3): what neighbours throw back."""
    present = gbuffer.alpha > 0.0
    if not present.any():
        return Shading(np.zeros_like(gbuffer.albedo), np.zeros_like(gbuffer.albedo))
    pixels_per_m = gbuffer.camera.focal_px / float(np.median(gbuffer.depth_z_m[present & np.isfinite(gbuffer.depth_z_m)]))
    roughness = np.where(_is_coated[gbuffer.region], _coat_roughness[gbuffer.region], gbuffer.roughness)
    share = reflected_share(_specular[gbuffer.region], roughness, _facing(gbuffer))
    level = np.interp(roughness, ROUGHNESS_LEVELS, np.arange(len(ROUGHNESS_LEVELS)))
    weights = np.maximum(1.0 - np.abs(level[..., None] - np.arange(len(ROUGHNESS_LEVELS))), 0.0)
    mirrored = np.einsum("hwl,hwlc->hwc", weights.astype(np.float32), buffers.reflection)
    thrown_back = _local_mean(albedo * buffers.irradiance, present, _BOUNCE_RADIUS_M * pixels_per_m)
    bounced = (1.0 - buffers.ambient_occlusion)[..., None] * thrown_back * _bounce[gbuffer.region][..., None]
    matt = _under_skin(buffers.irradiance, gbuffer.region, pixels_per_m) * _matt[gbuffer.region][..., None] + bounced
    matt *= ((1.0 - share) / np.pi * present)[..., None]
    return Shading(matt.astype(np.float32), mirrored * (share * _gloss[gbuffer.region] * present)[..., None])


def _facing(gbuffer: GBuffer) -> np.ndarray:
    """(H, W): cosine between the normal and the direction to the eye."""
    directions = gbuffer.camera.directions().astype(np.float32)
    cosine = -(directions * gbuffer.normal).sum(axis=-1) / np.linalg.norm(directions, axis=-1)
    return np.clip(cosine, 0.0, 1.0)


def _under_skin(irradiance: np.ndarray, region: np.ndarray, pixels_per_m: float) -> np.ndarray:
    """Irradiance as it comes out of skin again, each colour spread as far as it wanders; elsewhere untouched."""
    is_skin = _is_skin[region]
    softened = irradiance.copy()
    for channel, radius_m in enumerate(_SUBSURFACE_RADIUS_M):
        if radius_m * pixels_per_m > 0.4:
            spread = _local_mean(irradiance[..., channel], is_skin, radius_m * pixels_per_m)
            softened[..., channel] += _SUBSURFACE_SHARE * is_skin * (spread - irradiance[..., channel])
    return softened


def _local_mean(values: np.ndarray, mask: np.ndarray, sigma_px: float) -> np.ndarray:
    """Gaussian mean over the pixels of `mask`: (H, W) or (H, W, C)."""
    sigma = (sigma_px, sigma_px, 0.0)[: values.ndim]
    weight = np.maximum(ndimage.gaussian_filter(mask.astype(np.float32), sigma_px, truncate=2.5), 1e-3)
    shaped = mask if values.ndim == 2 else mask[..., None]
    return ndimage.gaussian_filter(values * shaped, sigma, truncate=2.5) / (weight if values.ndim == 2 else weight[..., None])


def _column(name: str) -> np.ndarray:
    return np.array([getattr(_FINISHES[region], name) or 0.0 for region in REGION_NAMES], np.float32)


_matt, _bounce, _gloss, _specular, _coat_roughness = map(_column, ("matt", "bounce", "gloss", "specular", "roughness"))
_is_coated = np.array([_FINISHES[region].roughness is not None for region in REGION_NAMES])
_is_skin = np.isin(REGION_NAMES, ("skin", "lips", "hands"))
