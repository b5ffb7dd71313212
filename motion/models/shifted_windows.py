"""Sampling of a line of any length: one latent, denoised in windows whose grid shifts at every step (Sonic, section 3.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .denoiser import Denoiser
from .diffusion import CONTEXT_FRAMES, LEVELS, WINDOW_FRAMES, schedule

SHIFT_FRAMES = 38
"""Of the grid at each step: the golden section of a window, so that borders of few steps never lie close together."""
_WINDOWS_AT_ONCE = 8


@dataclass(frozen=True, eq=False)
class Branch:
    """What one forward pass is told, (F, W) conditions of every frame, and the weight of what it predicts in the sum."""

    condition: Tensor
    weight: float


def denoised(denoiser: Denoiser, branches: Sequence[Branch], noise: Tensor, before: Tensor, step_count: int) -> Tensor:
    """Motion of F frames out of noise, (F, C), as the weighted sum of what the branches predict (classifier-free guidance).

    before: (P, C) motion that goes before and is not changed, P at most CONTEXT_FRAMES; conditions hold its frames too,
    (P + F, W). Deterministic: noise is all that is drawn.
    """
    solver = schedule()
    solver.set_timesteps(step_count)
    latent = noise
    for step, timestep in enumerate(solver.timesteps):
        line = torch.cat([before, latent])
        grid = Grid.at(step * SHIFT_FRAMES % WINDOW_FRAMES, len(before), len(line))
        total, weight = torch.zeros_like(line), torch.zeros(len(line), 1)
        for first in range(0, len(grid.frames), _WINDOWS_AT_ONCE):
            part = slice(first, first + _WINDOWS_AT_ONCE)
            made = _guided(denoiser, branches, line, grid.frames[part], len(before), float(timestep) / LEVELS)
            counts = grid.weight[part] > 0.0
            rows, share = grid.frames[part][counts], grid.weight[part][counts][:, None]
            total.index_add_(0, rows, made[counts] * share)
            weight.index_add_(0, rows, share)
        clean = total[len(before) :] / weight[len(before) :]
        latent = solver.step(clean, timestep, latent, return_dict=False)[0]
    return latent


@dataclass(frozen=True, eq=False)
class Grid:
    """frames: (N, CONTEXT_FRAMES + WINDOW_FRAMES) of each window, some before or after the line. weight: (N, ...) of what it says
    about them: a window's context is the end of the one before, and the two fade into each other there."""

    frames: Tensor
    weight: Tensor

    @classmethod
    def at(cls, shift: int, first: int, last: int) -> "Grid":
        """Windows over the frames first..last with borders `shift` frames after the first of them, and WINDOW_FRAMES apart.

        As in training, none reaches over the end while the line is long enough, and none begins before the line.
        """
        starts = torch.tensor([first, *range(first + (shift or WINDOW_FRAMES), last, WINDOW_FRAMES)])
        starts = starts.clamp(max=max(last - WINDOW_FRAMES, first))
        frames = starts[:, None] + torch.arange(-CONTEXT_FRAMES, WINDOW_FRAMES)
        rise = torch.linspace(0.0, 1.0, CONTEXT_FRAMES + 2)[1:-1]
        fade = torch.cat([rise, torch.ones(WINDOW_FRAMES - CONTEXT_FRAMES), rise.flip(0)])
        return cls(frames, fade * ((frames >= first) & (frames < last)))


def _guided(
    denoiser: Denoiser, branches: Sequence[Branch], line: Tensor, frames: Tensor, clean_count: int, level: float
) -> Tensor:
    """The prediction for some windows, (N, F, C): all branches in one batch. frames: (N, F) rows of the line, (L, C)."""
    is_there = (frames >= 0) & (frames < len(line))
    rows = frames.clamp(0, len(line) - 1)
    count = len(branches)
    made = denoiser(
        line[rows].repeat(count, 1, 1),
        torch.cat([branch.condition[rows] for branch in branches]),
        torch.full((count * len(rows),), level),
        ((rows < clean_count) & is_there).repeat(count, 1),
        is_there.repeat(count, 1),
    )
    weights = torch.tensor([branch.weight for branch in branches])
    return torch.einsum("b,b...->...", weights, made.unflatten(0, (count, len(rows))))
