"""One path-traced sample a pixel becomes several where frames follow one another: each spot gathers those of its neighbours."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..bridge.data import GBuffer

_FADE = 0.7
"""What a sample weighs in the frame before and after its own, for light changes on a face that moves."""
_SAME_SPOT_PX = 1.5
_LEAST_ALBEDO = 0.02

_Pixels = tuple[np.ndarray, np.ndarray]


def with_shared_samples(gbuffers: Sequence[GBuffer]) -> list[GBuffer]:
    """Consecutive frames, whose `motion_px` tells of the frame before -> the same, with radiance of all of them.

    What a sample says of the light is carried, not its colour: each frame has its own albedo.
    """
    if len(gbuffers) < 2 or any(gbuffer.radiance is None for gbuffer in gbuffers):
        return list(gbuffers)
    own = [np.dstack([gbuffer.radiance / _colour(gbuffer), np.ones_like(gbuffer.alpha)]) for gbuffer in gbuffers]
    pairs = [_same_spots(now, before) for before, now in pairwise(gbuffers)]
    forward, backward = [*own], [*own]
    for index, (now, before) in enumerate(pairs):
        forward[index + 1] = own[index + 1] + _carried(forward[index], before, now)
    for index, (now, before) in reversed(list(enumerate(pairs))):
        backward[index] = own[index] + _carried(backward[index + 1], now, before)
    shared = [first + second - once for first, second, once in zip(forward, backward, own, strict=True)]
    return [
        replace(gbuffer, radiance=values[..., :3] / values[..., 3:] * _colour(gbuffer))
        for gbuffer, values in zip(gbuffers, shared, strict=True)
    ]


def _colour(gbuffer: GBuffer) -> np.ndarray:
    return gbuffer.albedo + _LEAST_ALBEDO


def _same_spots(now: GBuffer, before: GBuffer) -> tuple[_Pixels, _Pixels]:
    """Rows and columns of a frame's pixels, and of those of the frame before that show the same spots."""
    rows, columns = np.nonzero((now.alpha > 0.0) & np.isfinite(now.depth_z_m))
    was = np.rint(np.stack([rows, columns]) - now.motion_px[rows, columns, ::-1].T).astype(int)
    is_inside = ((was >= 0) & (was < np.array(now.alpha.shape)[:, None])).all(axis=0)
    rows, columns, was = rows[is_inside], columns[is_inside], was[:, is_inside]
    apart_m = np.linalg.norm(now.anchor[rows, columns] - before.anchor[was[0], was[1]], axis=1)
    is_same = apart_m < _SAME_SPOT_PX * now.depth_z_m[rows, columns] / now.camera.focal_px
    is_same &= now.region[rows, columns] == before.region[was[0], was[1]]
    return (rows[is_same], columns[is_same]), (was[0, is_same], was[1, is_same])


def _carried(values: np.ndarray, source: _Pixels, target: _Pixels) -> np.ndarray:
    """(H, W, 4) light and its weight, from pixels of one frame to those of the next, faded."""
    carried = np.zeros_like(values)
    carried[target] = _FADE * values[source]
    return carried
