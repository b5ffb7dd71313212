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
        clean = torch.zeros_like(line)
        for first in range(0, len(grid.frames), _WINDOWS_AT_ONCE):
            part = slice(first, first + _WINDOWS_AT_ONCE)
            made = _guided(denoiser, branches, line, grid.frames[part], len(before), float(timestep) / LEVELS)
            is_own = grid.is_own[part]
            clean[grid.frames[part][is_own]] = made[is_own]
        latent = solver.step(clean[len(before) :], timestep, latent, return_dict=False)[0]
    return latent


@dataclass(frozen=True, eq=False)
class Grid:
    """frames: (N, CONTEXT_FRAMES + WINDOW_FRAMES) of each window, some before or after the line. is_own: those it decides."""

    frames: Tensor
    is_own: Tensor

    @classmethod
    def at(cls, shift: int, first: int, last: int) -> "Grid":
        """Windows over the frames first..last with borders `shift` frames after the first of them, and WINDOW_FRAMES apart.

        A window at either end decides on fewer frames than it sees: as in training, none reaches over an end while the line
        is long enough.
        """
        own = torch.tensor([first, *range(first + (shift or WINDOW_FRAMES), last, WINDOW_FRAMES)])
        own_end = torch.cat([own[1:], torch.tensor([last])])
        starts = own.clamp(max=max(last - WINDOW_FRAMES, first))
        frames = starts[:, None] + torch.arange(-CONTEXT_FRAMES, WINDOW_FRAMES)
        return cls(frames, (frames >= own[:, None]) & (frames < own_end[:, None]))


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
