"""How near a picture or a sequence is to its truth: PSNR, SSIM, FLIP, TDE, flicker, agreement of views, overlap of masks.

Pictures are (H, W, 3), as a screen shows them, 0..1. mask: (H, W) bool, the pixels that count.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from scipy import ndimage
from scipy.spatial import KDTree

from ..bridge.data import GBuffer

_SSIM_SIGMA_PX, _SSIM_REACH = 1.5, 3.5
_SSIM_CONSTANTS = (0.01**2, 0.03**2)
_FLICKER_SIGMA_PX = 2.0
_SAME_SPOT_M = 0.002
_FLIP_PIXELS_PER_DEGREE = 67.0
_FLIP_POWER, _FLIP_SHARE, _FLIP_LIMIT = 0.7, 0.95, 0.4


def psnr(made: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """dB over the mask; infinite where nothing differs."""
    error = float(np.square(made[mask] - truth[mask]).mean())
    return float("inf") if error == 0.0 else -10.0 * np.log10(error)


def ssim(made: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """Wang et al. 2004, with a Gaussian window of 1.5 pixels; the mean over the mask and the colours."""

    def local(values: np.ndarray) -> np.ndarray:
        return ndimage.gaussian_filter(values, (_SSIM_SIGMA_PX, _SSIM_SIGMA_PX, 0.0), truncate=_SSIM_REACH)

    first, second = local(made), local(truth)
    variances = local(made**2) - first**2, local(truth**2) - second**2
    shared = local(made * truth) - first * second
    light, contrast = _SSIM_CONSTANTS
    similar = (2.0 * first * second + light) * (2.0 * shared + contrast)
    similar /= (first**2 + second**2 + light) * (variances[0] + variances[1] + contrast)
    return float(similar[mask].mean())


def flip(made: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """The colour part of FLIP (Andersson et al. 2020), 0..1, the mean over the mask, at 67 pixels a degree.

    Filtered in an opponent space as the eye does, compared in CIELAB by HyAB. Its weighting of edges and points is left out.
    """
    difference = np.maximum(_hyab(_seen_lab(made), _seen_lab(truth)), 0.0) ** _FLIP_POWER
    green, blue = (_lab(np.array([[colour]], float)) for colour in ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    most = float(_hyab(_hunt(green), _hunt(blue))[0, 0]) ** _FLIP_POWER
    bound = _FLIP_LIMIT * most
    low = _FLIP_SHARE * difference / bound
    high = _FLIP_SHARE + (difference - bound) / (most - bound) * (1.0 - _FLIP_SHARE)
    return float(np.where(difference < bound, low, high)[mask].mean())


MEASURES: Mapping[str, Callable[[np.ndarray, np.ndarray, np.ndarray], float]] = MappingProxyType(
    {"psnr": psnr, "ssim": ssim, "flip": flip}
)


def temporal_error(made: Sequence[np.ndarray], truth: Sequence[np.ndarray]) -> float:
    """TDE: the mean difference between the changes from frame to frame, 0 to 255."""
    return 255.0 * float(np.abs(np.diff(np.stack(made), axis=0) - np.diff(np.stack(truth), axis=0)).mean())


def flicker_ratio(made: Sequence[np.ndarray], truth: Sequence[np.ndarray]) -> float:
    """How much fine detail changes from frame to frame, over how much the truth's does; 1 is as steady as the truth."""
    return _flicker(made) / max(_flicker(truth), 1e-9)


def view_error(first: np.ndarray, second: np.ndarray, gbuffers: tuple[GBuffer, GBuffer]) -> float:
    """The mean difference, 0 to 255, of the same spots of the character in two views; gloss makes the truth differ too.

    NaN where the views share nothing.
    """
    covered = [gbuffer.alpha > 0.99 for gbuffer in gbuffers]
    if not (covered[0].any() and covered[1].any()):
        return float("nan")
    anchors = [gbuffer.anchor[mask] for gbuffer, mask in zip(gbuffers, covered, strict=True)]
    distance_m, nearest = KDTree(anchors[0]).query(anchors[1], distance_upper_bound=_SAME_SPOT_M)
    same = np.isfinite(distance_m)
    if not same.any():
        return float("nan")
    return 255.0 * float(np.abs(first[covered[0]][np.asarray(nearest)[same]] - second[covered[1]][same]).mean())


def mask_overlap(made: np.ndarray, truth: np.ndarray, regions: Sequence[int]) -> float:
    """The mean over those regions that the truth shows of intersection over union. made, truth: (H, W) indices of regions."""
    shares = []
    for region in regions:
        wanted, found = truth == region, made == region
        if wanted.any():
            shares.append((wanted & found).sum() / (wanted | found).sum())
    return float(np.mean(shares)) if shares else float("nan")


def _flicker(frames: Sequence[np.ndarray]) -> float:
    sigma = (_FLICKER_SIGMA_PX, _FLICKER_SIGMA_PX, 0.0)
    fine = np.stack([frame - ndimage.gaussian_filter(frame, sigma) for frame in frames])
    return float(np.abs(np.diff(fine, axis=0)).mean())


_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
_WHITE = _XYZ.sum(axis=1)
_OPPONENT_SIGMAS_DEG = ((1.0, 0.0047, 0.0, 1e-5), (1.0, 0.0053, 0.0, 1e-5), (34.1, 0.04, 13.5, 0.025))
"""Weights and widths of the two Gaussians of each opponent channel's contrast sensitivity (FLIP's table 1)."""


def _linear(screen: np.ndarray) -> np.ndarray:
    return np.where(screen <= 0.04045, screen / 12.92, ((np.maximum(screen, 0.04045) + 0.055) / 1.055) ** 2.4)


def _seen_lab(screen: np.ndarray) -> np.ndarray:
    """A picture as the eye filters it, in Hunt-adjusted CIELAB."""
    relative = (_linear(screen) @ _XYZ.T) / _WHITE
    x, y, z = np.moveaxis(relative, -1, 0)
    opponent = [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    filtered = [_as_seen(*pair) for pair in zip(opponent, _OPPONENT_SIGMAS_DEG, strict=True)]
    y = (filtered[0] + 16.0) / 116.0
    back = np.stack([filtered[1] / 500.0 + y, y, y - filtered[2] / 200.0], axis=-1) * _WHITE
    linear = np.clip(back @ np.linalg.inv(_XYZ).T, 0.0, 1.0)
    return _hunt(_lab_of_linear(linear))


def _as_seen(channel: np.ndarray, widths: tuple[float, float, float, float]) -> np.ndarray:
    """Both Gaussians of a channel; their widths are those of the contrast sensitivity's transform."""
    weight, width, other_weight, other_width = widths
    total = weight * np.sqrt(np.pi / width) + other_weight * np.sqrt(np.pi / other_width)
    made = np.zeros_like(channel)
    for share, spread in ((weight, width), (other_weight, other_width)):
        if share:
            sigma_px = np.sqrt(spread / (2.0 * np.pi**2)) * _FLIP_PIXELS_PER_DEGREE
            made += share * np.sqrt(np.pi / spread) / total * ndimage.gaussian_filter(channel, sigma_px)
    return made


def _lab(screen: np.ndarray) -> np.ndarray:
    return _lab_of_linear(_linear(screen))


def _lab_of_linear(linear: np.ndarray) -> np.ndarray:
    relative = (linear @ _XYZ.T) / _WHITE
    root = np.where(relative > 0.008856, np.cbrt(np.maximum(relative, 0.008856)), 7.787 * relative + 16.0 / 116.0)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], axis=-1)


def _hunt(lab: np.ndarray) -> np.ndarray:
    return np.concatenate([lab[..., :1], 0.01 * lab[..., :1] * lab[..., 1:]], axis=-1)


def _hyab(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    difference = first - second
    return np.abs(difference[..., 0]) + np.linalg.norm(difference[..., 1:], axis=-1)
