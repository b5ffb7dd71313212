"""Temporally-sensitive detail (TSD): what of a picture flickers when it is wrong, and a network that aligns it with the truth."""

import torch
from einops import rearrange
from torch import Tensor, nn

from .layers import Film

_RADIUS_PX = 10.0
_GREY = (0.299, 0.587, 0.114)
_GAIN = 4.0
_WIDTH = 24


def detail_map(picture: Tensor) -> Tensor:
    """What is fine in a picture, near variance 1. picture: (..., 3, H, W), encoded -> (..., 1, H, W).

    ConsistentAvatar's high-pass, 1 - exp(-d^2 / (2 D^2)) with D = 10 cycles a picture. Its stretching to 0..1 is left out: the
    brightest spot of a frame would then decide over all others, and a crop would differ from the whole.
    """
    grey = (picture * picture.new_tensor(_GREY)[:, None, None]).sum(dim=-3, keepdim=True)
    height, width = grey.shape[-2:]
    down = torch.fft.fftfreq(height, 1.0 / height, device=grey.device)[:, None]
    across = torch.fft.rfftfreq(width, 1.0 / width, device=grey.device)[None, :]
    kept = 1.0 - torch.exp(-(down.square() + across.square()) / (2.0 * _RADIUS_PX**2))
    return _GAIN * torch.fft.irfft2(torch.fft.rfft2(grey) * kept, s=(height, width))


class DetailAlignment(nn.Module):
    """The detail of the rough picture -> the detail of the true one, told the surface and the tokens. At half size."""

    def __init__(self, image_channels: int, token_width: int) -> None:
        super().__init__()
        self.into = nn.Conv2d(4 * (1 + image_channels), _WIDTH, 1)
        self.film = Film(token_width, _WIDTH)
        self.middle = nn.Sequential(
            nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1), nn.SiLU(), nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1), nn.SiLU()
        )
        self.out = nn.Conv2d(_WIDTH, 4, 3, padding=1)
        nn.init.zeros_(self.out.weight)

    def forward(self, rough: Tensor, image: Tensor, told: Tensor) -> Tensor:
        """rough: (B, 1, H, W). image: (B, C, H, W). told: (B, T) -> (B, 1, H, W). Height and width are even."""
        values = rearrange(torch.cat([rough, image], dim=1), "b c (h y) (w x) -> b (c y x) h w", y=2, x=2)
        values = self.film(self.into(values), told)
        change = self.out(self.middle(torch.nn.functional.silu(values)))
        return rough + rearrange(change, "b (c y x) h w -> b c (h y) (w x)", y=2, x=2)
