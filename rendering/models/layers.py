"""The bricks of the networks: blocks steered by tokens, experts blended by view, experts blended by region."""

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional

HEADS = 4
"""Of the attention to tokens."""


class Film(nn.Module):
    """Scales and shifts every channel as a vector says; at first it changes nothing."""

    def __init__(self, told_width: int, width: int) -> None:
        super().__init__()
        self.turn = nn.Linear(told_width, 2 * width)
        nn.init.zeros_(self.turn.weight)
        nn.init.zeros_(self.turn.bias)

    def forward(self, values: Tensor, told: Tensor) -> Tensor:
        """values: (B, C, H, W). told: (B, T)."""
        gain, shift = self.turn(told)[:, :, None, None].chunk(2, dim=1)
        return values * (1.0 + gain) + shift


class ViewExperts(nn.Module):
    """A 3 x 3 convolution with kernels of several experts, blended by the view (Stereo-Talker's view-guided mixture).

    A convolution is linear in its kernel: blending kernels gives what blending the experts' pictures would, at the price of one.
    """

    def __init__(self, width: int, experts: int) -> None:
        super().__init__()
        kernels = torch.empty(experts, width, width, 3, 3)
        for kernel in kernels:
            nn.init.kaiming_uniform_(kernel, a=2.24)
        self.kernels = nn.Parameter(kernels)
        self.bias = nn.Parameter(torch.zeros(experts, width))

    def forward(self, values: Tensor, share: Tensor) -> Tensor:
        """values: (B, C, H, W). share: (B, E), of sum 1."""
        kernel = torch.einsum("be,eoikl->boikl", share, self.kernels).to(values.dtype)
        bias = (share @ self.bias).to(values.dtype)
        row = rearrange(values, "b c h w -> 1 (b c) h w")
        made = functional.conv2d(row, kernel.flatten(0, 1), bias.flatten(), padding=1, groups=len(values))
        return made.view_as(values)


class ViewGate(nn.Module):
    """The share of each expert at a view: experts stand around the figure, and the nearest speak."""

    def __init__(self, experts: int) -> None:
        super().__init__()
        azimuth = torch.linspace(-1.0, 1.0, experts + 2)[1:-1]
        self.place = nn.Parameter(torch.stack([azimuth, torch.zeros(experts)], dim=1))
        self.log_reach = nn.Parameter(torch.full((experts,), -0.7))

    def forward(self, view: Tensor) -> Tensor:
        """view: (B, 2), azimuth and elevation in radians -> (B, E)."""
        distance = (view[:, None] - self.place).square().sum(dim=-1)
        return torch.softmax(-distance / (2.0 * torch.exp(2.0 * self.log_reach)), dim=1)


class RegionExperts(nn.Module):
    """An expert for each region of the figure, heard where the mask shows its region; at first they add nothing."""

    def __init__(self, width: int, regions: int) -> None:
        super().__init__()
        self.into = nn.Conv2d(width, width, 1)
        self.out = nn.Parameter(torch.zeros(regions, width, width))

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """values: (B, C, H, W). mask: (B, R, H, W), of sum 1 over R. Each expert works only where it is heard."""
        heard = rearrange(functional.silu(self.into(values)), "b c h w -> (b h w) c")
        shares = rearrange(mask, "b r h w -> r (b h w) 1")
        said = torch.zeros_like(heard)
        for share, kernel in zip(shares, self.out, strict=True):
            where = share[:, 0].nonzero()[:, 0]
            said = said.index_add(0, where, (share[where] * (heard[where] @ kernel.T)).to(said.dtype))
        return values + rearrange(said, "(b h w) c -> b c h w", b=len(values), h=values.shape[2])


class Block(nn.Module):
    """A residual pair of convolutions, steered by a vector; the second may be experts of the view."""

    def __init__(self, width: int, told_width: int, view_experts: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.film = Film(told_width, width)
        self.second = ViewExperts(width, view_experts) if view_experts else nn.Conv2d(width, width, 3, padding=1)
        self.gain = nn.Parameter(torch.full((width, 1, 1), 0.1))

    def forward(self, values: Tensor, told: Tensor, share: Tensor) -> Tensor:
        """values: (B, C, H, W). told: (B, T). share: (B, E)."""
        inner = functional.silu(self.film(self.first(functional.silu(values)), told))
        made = self.second(inner, share) if isinstance(self.second, ViewExperts) else self.second(inner)
        return values + self.gain * made


class TokenAttention(nn.Module):
    """Every place of a picture asks the tokens (cross-attention, HEADS heads)."""

    def __init__(self, width: int, token_width: int) -> None:
        super().__init__()
        self.ask = nn.Conv2d(width, width, 1)
        self.answer = nn.Linear(token_width, 2 * width)
        self.out = nn.Conv2d(width, width, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, values: Tensor, tokens: Tensor, is_there: Tensor) -> Tensor:
        """values: (B, C, H, W). tokens: (B, N, T), those of which count where is_there (B, N) bool."""
        height = values.shape[2]
        asked = rearrange(self.ask(values), "b (n c) h w -> b n (h w) c", n=HEADS)
        key, value = rearrange(self.answer(tokens), "b t (k n c) -> k b n t c", k=2, n=HEADS)
        heard = functional.scaled_dot_product_attention(asked, key, value, attn_mask=is_there[:, None, None, :])
        return values + self.out(rearrange(heard, "b n (h w) c -> b (n c) h w", h=height))
