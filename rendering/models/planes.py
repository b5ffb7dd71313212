"""What a network sees of every pixel: named planes in one picture of many channels, linear light until they are encoded."""

from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional

from ...bridge.data.gbuffer import REGION_NAMES
from .tone import encoded

MODES: tuple[str, ...] = ("look", "scene", "boost")

_WIDTHS = {
    "normal": 3, "facing": 1, "depth": 1, "roughness": 1, "alpha": 1, "region": 1, "albedo": 3, "base": 3, "irradiance": 3,
    "reflection": 9, "occlusion": 1, "seen": 1, "carried": 3, "near": 1, "detail": 1, "radiance": 3, "denoised": 6,
}  # fmt: skip
_ENDS = tuple(accumulate(_WIDTHS.values()))
PLANES: Mapping[str, slice] = MappingProxyType(
    {name: slice(end - width, end) for (name, width), end in zip(_WIDTHS.items(), _ENDS, strict=True)}
)
"""Where each plane lies among the PLANE_CHANNELS.

normal: in the reference camera's frame. facing: cosine of normal and view. depth: behind the figure's middle, in .1 m. region:
index into REGION_NAMES. albedo: linear, as far as heroes corrected it. base: the analytic picture, linear, weighted by alpha.
irradiance / pi, reflection (three roughnesses), occlusion (1 is open): of the light that is known or fitted. seen: how well a
hero frame shows this spot's colour, 0..1. carried: what the base of the hero frames lacked here, encoded; near: how surely they
show this spot, 0..1. detail: the base's temporally-sensitive detail. radiance: of one sample, else 0. denoised: that
by OpenImageDenoise, guided by albedo, and guided by the base. What a mode does not know is 0.
"""
PLANE_CHANNELS = _ENDS[-1]
LIGHT_PLANES = ("base", "irradiance", "reflection", "radiance", "denoised")
"""Those that grow with the light."""

_BLUR_PX = 12.0
_LEAST_LIGHT = 1e-3
_SEEN_AS_IT_IS = ("normal", "facing", "depth", "roughness", "alpha", "occlusion", "seen", "carried", "near", "detail")
_SEEN_ENCODED = ("albedo", "base", "irradiance", "reflection", "radiance")
IMAGE_CHANNELS = sum(_WIDTHS[name] for name in (*_SEEN_AS_IT_IS, *_SEEN_ENCODED)) + len(REGION_NAMES)
CANDIDATES = 4


def region_mask(planes: Tensor) -> Tensor:
    """(B, PLANE_CHANNELS, H, W) -> (B, R, H, W), 1 where a pixel shows the region."""
    index = planes[:, PLANES["region"]][:, 0].long()
    return functional.one_hot(index, len(REGION_NAMES)).movedim(-1, 1).to(planes.dtype)


def image_of(planes: Tensor, mask: Tensor) -> Tensor:
    """(B, PLANE_CHANNELS, H, W), linear -> (B, IMAGE_CHANNELS, H, W), all near -1..1."""
    bright = torch.cat([planes[:, PLANES[name]] for name in _SEEN_ENCODED], dim=1)
    return torch.cat([*(planes[:, PLANES[name]] for name in _SEEN_AS_IT_IS), encoded(bright), mask], dim=1)


def candidates(planes: Tensor) -> Tensor:
    """What hero frames and the one sample make of the picture: (B, PLANE_CHANNELS, H, W) -> (B, CANDIDATES, 3, H, W), encoded.

    The base with what heroes carry; of the sample, both denoised ones, and base * blurred radiance / blurred base (the ratio
    estimator of Heitz et al. 2018), which averages the noise and keeps the base's detail. Without radiance these are the base.
    """
    base, radiance, alpha = (planes[:, PLANES[name]] for name in ("base", "radiance", "alpha"))
    by_heroes = encoded(base) + planes[:, PLANES["carried"]]
    has_sample = (radiance.amax(dim=(1, 2, 3)) > 0.0)[:, None, None, None, None]
    if not has_sample.any():
        return torch.stack([by_heroes, *[encoded(base)] * (CANDIDATES - 1)], dim=1)
    first, second = planes[:, PLANES["denoised"]].chunk(2, dim=1)
    rough = torch.cat([radiance * alpha, (base + _LEAST_LIGHT) * alpha], dim=1)
    above, below = blurred(rough, _BLUR_PX).chunk(2, dim=1)
    made = torch.stack([first, second, (base + _LEAST_LIGHT) * above / (below + 0.1 * _LEAST_LIGHT)], dim=1)
    by_sample = encoded(torch.where(has_sample, made, base[:, None]))
    return torch.cat([by_heroes[:, None], by_sample], dim=1)


def blurred(picture: Tensor, deviation_px: float) -> Tensor:
    """A Gaussian over a picture, (B, C, H, W), that reaches three deviations."""
    reach = int(3.0 * deviation_px + 0.5)
    place = torch.arange(-reach, reach + 1, dtype=picture.dtype, device=picture.device)
    kernel = torch.softmax(-place.square() / (2.0 * deviation_px**2), dim=0)
    channels = picture.shape[1]
    rows = functional.conv2d(picture, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), padding=(reach, 0), groups=channels)
    return functional.conv2d(rows, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), padding=(0, reach), groups=channels)
