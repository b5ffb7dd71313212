"""FLIP: how much a picture differs from its truth to an eye that goes back and forth between them (Andersson et al. 2020)."""

import numpy as np
from scipy import ndimage

_PIXELS_PER_DEGREE = 67.0
_POWER, _SHARE, _LIMIT = 0.7, 0.95, 0.4
_FEATURE_POWER, _FEATURE_WIDTH_DEG = 0.5, 0.082
_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
_WHITE = _XYZ.sum(axis=1)
_CONTRAST = (((1.0, 0.0047),), ((1.0, 0.0053),), ((34.1, 0.04), (13.5, 0.025)))
"""Weight and width of each Gaussian by which an opponent channel's contrast is seen (table 1)."""


def flip(made: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """0..1, the mean over the mask, at 67 pixels a degree: a difference of colour counts more at edges and points."""
    return float((_colour_difference(made, truth) ** (1.0 - _feature_difference(made, truth)))[mask].mean())


def _colour_difference(made: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(H, W): filtered in an opponent space as the eye does, compared in CIELAB by HyAB, 0..1."""
    difference = _hyab(_seen_lab(made), _seen_lab(truth)) ** _POWER
    green, blue = (_hunt(_lab(np.array([[colour]], float))) for colour in ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
    most = float(_hyab(green, blue)[0, 0]) ** _POWER
    bound = _LIMIT * most
    low = _SHARE * difference / bound
    high = _SHARE + (difference - bound) / (most - bound) * (1.0 - _SHARE)
    return np.where(difference < bound, low, high)


def _feature_difference(made: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(H, W): how much more edge or point one of them shows, 0..1."""
    deviation_px = 0.5 * _FEATURE_WIDTH_DEG * _PIXELS_PER_DEGREE
    place = np.arange(-np.ceil(3.0 * deviation_px), np.ceil(3.0 * deviation_px) + 1.0)
    bell = np.exp(-(place**2) / (2.0 * deviation_px**2))
    lightness = [(_opponent(_linear(picture))[0] + 16.0) / 116.0 for picture in (made, truth)]
    found = []
    for across in (-place * bell, (place**2 / deviation_px**2 - 1.0) * bell):
        strengths = [_strength(values, across, bell) for values in lightness]
        found.append(np.abs(strengths[0] - strengths[1]))
    return np.clip(np.maximum(*found) / np.sqrt(2.0), 0.0, 1.0) ** _FEATURE_POWER


def _strength(values: np.ndarray, across: np.ndarray, along: np.ndarray) -> np.ndarray:
    """(H, W): length of what a detector (the product of two rows of weights) finds in both directions.

    Its positive weights add up to 1 and its negative ones to -1.
    """
    total = along.sum()
    across = np.where(across < 0.0, across / -(across[across < 0.0].sum() * total), across / (across[across > 0.0].sum() * total))
    parts = [
        ndimage.correlate1d(ndimage.correlate1d(values, across, axis, mode="nearest"), along, 1 - axis, mode="nearest")
        for axis in (0, 1)
    ]
    return np.hypot(*parts)


def _linear(screen: np.ndarray) -> np.ndarray:
    return np.where(screen <= 0.04045, screen / 12.92, ((np.maximum(screen, 0.04045) + 0.055) / 1.055) ** 2.4)


def _opponent(linear: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(H, W) each: light against dark, red against green, blue against yellow (YCxCz)."""
    x, y, z = np.moveaxis((linear @ _XYZ.T) / _WHITE, -1, 0)
    return 116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)


def _seen_lab(screen: np.ndarray) -> np.ndarray:
    """A picture as the eye filters it, in Hunt-adjusted CIELAB."""
    light, red, blue = (_as_seen(channel, bells) for channel, bells in zip(_opponent(_linear(screen)), _CONTRAST, strict=True))
    y = (light + 16.0) / 116.0
    back = np.stack([red / 500.0 + y, y, y - blue / 200.0], axis=-1) * _WHITE
    return _hunt(_lab(np.clip(back @ np.linalg.inv(_XYZ).T, 0.0, 1.0)))


def _as_seen(channel: np.ndarray, bells: tuple[tuple[float, float], ...]) -> np.ndarray:
    """A channel through its contrast sensitivity; widths are those of its transform."""
    # A bell's part of the whole is its weight times its area.
    parts = np.array([weight * np.sqrt(width) for weight, width in bells])
    widths_px = [np.sqrt(width / 2.0) / np.pi * _PIXELS_PER_DEGREE for _, width in bells]
    seen = [ndimage.gaussian_filter(channel, width_px, mode="nearest", truncate=3.0) for width_px in widths_px]
    return np.tensordot(parts / parts.sum(), seen, axes=1)


def _lab(linear: np.ndarray) -> np.ndarray:
    relative = (linear @ _XYZ.T) / _WHITE
    root = np.where(relative > 0.008856, np.cbrt(np.maximum(relative, 0.008856)), 7.787 * relative + 16.0 / 116.0)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], axis=-1)


def _hunt(lab: np.ndarray) -> np.ndarray:
    return np.concatenate([lab[..., :1], 0.01 * lab[..., :1] * lab[..., 1:]], axis=-1)


def _hyab(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    difference = first - second
    return np.abs(difference[..., 0]) + np.linalg.norm(difference[..., 1:], axis=-1)
