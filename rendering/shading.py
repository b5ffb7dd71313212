"""How the regions of a character take light: a matt part, softened under skin, light that neighbours throw back, and a gloss."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ..bridge.data import GBuffer
from .light import ROUGHNESS_LEVELS, LightBuffers, reflected_share
from .light.finishes import BOUNCE, CAVITY, COAT_ROUGHNESS, GLOSS, IS_COATED, IS_SKIN, MATT, SPECULAR

_SUBSURFACE_SHARE = 0.35
_SUBSURFACE_RADIUS_M = (0.0045, 0.0016, 0.0009)


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
    roughness = np.where(IS_COATED[gbuffer.region], COAT_ROUGHNESS[gbuffer.region], gbuffer.roughness)
    share = reflected_share(SPECULAR[gbuffer.region], roughness, _facing(gbuffer))
    level = np.interp(roughness, ROUGHNESS_LEVELS, np.arange(len(ROUGHNESS_LEVELS)))
    weights = np.maximum(1.0 - np.abs(level[..., None] - np.arange(len(ROUGHNESS_LEVELS))), 0.0)
    mirrored = np.einsum("hwl,hwlc->hwc", weights.astype(np.float32), buffers.reflection)
    hollow = np.maximum(buffers.ambient_occlusion, 1e-3) ** CAVITY[gbuffer.region] * MATT[gbuffer.region]
    matt = _under_skin(buffers.irradiance, gbuffer.region, pixels_per_m) * hollow[..., None]
    matt += buffers.bounced * BOUNCE[gbuffer.region][..., None]
    matt *= ((1.0 - share) / np.pi * present)[..., None]
    return Shading(matt.astype(np.float32), mirrored * (share * GLOSS[gbuffer.region] * present)[..., None])


def _facing(gbuffer: GBuffer) -> np.ndarray:
    """(H, W): cosine between the normal and the direction to the eye."""
    directions = gbuffer.camera.directions().astype(np.float32)
    cosine = -(directions * gbuffer.normal).sum(axis=-1) / np.linalg.norm(directions, axis=-1)
    return np.clip(cosine, 0.0, 1.0)


def _under_skin(irradiance: np.ndarray, region: np.ndarray, pixels_per_m: float) -> np.ndarray:
    """Irradiance as it comes out of skin again, each colour spread as far as it wanders; elsewhere untouched."""
    is_skin = IS_SKIN[region]
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
