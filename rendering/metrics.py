"""How near a picture or a sequence is to its truth: PSNR, SSIM, FLIP, TDE, flicker, agreement of views, overlap of masks.

Pictures are (H, W, 3), as a screen shows them, 0..1. mask: (H, W) bool, the pixels that count.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from scipy import ndimage
from scipy.spatial import KDTree

from ..bridge.data import GBuffer
from .flip import flip

_SSIM_SIGMA_PX, _SSIM_REACH = 1.5, 3.5
_SSIM_CONSTANTS = (0.01**2, 0.03**2)
_FLICKER_SIGMA_PX = 2.0
_SAME_SPOT_M = 0.002


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
