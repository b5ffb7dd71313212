"""Denoising of long lines: every frame once a step, and the same whatever the windows."""

import pytest
import torch
from torch import Tensor, nn

pytest.importorskip("diffusers")

from vivavoce.motion.models.denoiser import Denoiser, DenoiserSize
from vivavoce.motion.models.shifted_windows import Branch, Grid, denoised


class Knowing(nn.Module):
    """A denoiser that knows the answer: the condition's first channels."""

    def forward(self, noisy: Tensor, condition: Tensor, level: Tensor, is_clean: Tensor, is_there: Tensor) -> Tensor:
        return condition[..., : noisy.shape[-1]]


@pytest.mark.parametrize("frames", [1, 30, 99, 100, 101, 250, 725])
@pytest.mark.parametrize("first", [0, 25])
@pytest.mark.parametrize("shift", [0, 1, 38, 76, 99])
def test_every_frame_is_decided_and_windows_fade_into_each_other(frames: int, first: int, shift: int):
    grid = Grid.at(shift, first, first + frames)
    said = torch.zeros(first + frames)
    said.index_add_(0, grid.frames[grid.weight > 0.0], grid.weight[grid.weight > 0.0])
    assert (said[first:] > 0.0).all()
    assert not said[:first].any()
    assert grid.frames.max() < max(first + frames, first + 100)
    inside = grid.weight[(grid.frames[:, 0] >= first) & (grid.frames[:, -1] < first + frames)]
    torch.testing.assert_close(inside[:, :25] + inside[:, -25:], torch.ones_like(inside[:, :25]))


def test_what_is_known_is_found_exactly_and_branches_add_up():
    target = torch.randn(310, 3, generator=torch.Generator().manual_seed(0))
    noise = torch.randn(310, 3, generator=torch.Generator().manual_seed(1))
    nothing = torch.zeros(0, 3)
    found = denoised(Knowing(), [Branch(target, 1.0)], noise, nothing, 6)
    torch.testing.assert_close(found, target, atol=1e-4, rtol=1e-4)
    guided = denoised(Knowing(), [Branch(target, 2.0), Branch(0.5 * target, -1.0)], noise, nothing, 6)
    torch.testing.assert_close(guided, 1.5 * target, atol=1e-4, rtol=1e-4)


def test_far_ends_of_a_line_do_not_know_each_other():
    torch.manual_seed(0)
    denoiser = Denoiser(DenoiserSize(3, 32, 1, 2), 16).eval().requires_grad_(False)
    condition, noise = torch.randn(2500, 32), torch.randn(2500, 3)
    long = denoised(denoiser, [Branch(condition, 1.0)], noise, torch.zeros(0, 3), 3)
    short = denoised(denoiser, [Branch(condition[:1500], 1.0)], noise[:1500], torch.zeros(0, 3), 3)
    torch.testing.assert_close(long[:1000], short[:1000], atol=1e-4, rtol=1e-4)
