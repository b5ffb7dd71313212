"""Diffusion of the residual: the schedule of noise, what is learnt, and how a picture is drawn in a few steps."""

from functools import cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from .planes import blurred
from .residual import Heard, ResidualModel
from .tone import decoded

if TYPE_CHECKING:
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler

LEVELS = 1000
_PURE_SHARE = 0.7
"""Of training examples that start from noise alone, as every drawing does: with few steps this is where most is decided."""
_GRADIENT_WEIGHT, _DETAIL_WEIGHT, _GRAIN_WEIGHT = 0.5, 0.5, 2.0
_GRAIN_PX, _GRAIN_REACH_PX, _LEAST_GRAIN = 2.0, 3.0, 1e-3
"""What is finer than the first is grain, and how strong it is is a mean over the second."""
REGION_WEIGHTS = (0.05, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 0.7)
"""In the order of REGION_NAMES: what the eye goes to weighs more."""


@cache
def schedule(steps: int = LEVELS) -> "DDIMScheduler":
    """A cosine (Nichol and Dhariwal 2021), scaled so that it ends in noise alone (Lin et al. 2024), drawn in `steps` steps."""
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler

    solver = DDIMScheduler(
        num_train_timesteps=LEVELS,
        beta_schedule="squaredcos_cap_v2",
        prediction_type="sample",
        clip_sample=False,
        set_alpha_to_one=True,
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
    )
    solver.set_timesteps(steps)
    return solver


def draw(model: ResidualModel, heard: Heard, noise: Tensor, steps: int) -> Tensor:
    """The picture, (B, 3, H, W) linear light, out of the noise (B, 3, H, W), which is all that is drawn."""
    residual = clean_residual(model, heard, noise, steps)
    return decoded(heard.base + heard.deviation * residual)


def clean_residual(model: ResidualModel, heard: Heard, noise: Tensor, steps: int) -> Tensor:
    solver, values = schedule(steps), noise
    for timestep in solver.timesteps:
        level = torch.full((len(noise),), float(timestep + 1) / LEVELS, device=noise.device)
        values = solver.step(model(values, level, heard), int(timestep), values, return_dict=False)[0]
    return values


class ResidualLoss:
    """Absolute errors of the clean residual, of its gradients, of how strong its picture's grain is, and of the aligned detail,
    over the figure.

    The first two alone make strands and pores smooth wherever their place is not sure.
    """

    def __init__(self) -> None:
        self.kept = torch.as_tensor(schedule().alphas_cumprod)
        self.weights = torch.tensor(REGION_WEIGHTS)

    def __call__(
        self, model: ResidualModel, heard: Heard, truth: Tensor, true_detail: Tensor, noise: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, dict[str, float]]:
        """truth, noise: (B, 3, H, W), the truth encoded. true_detail: (B, 1, H, W). Returns the loss, the picture that was
        predicted, (B, 3, H, W) encoded, and the terms."""
        clean = (truth - heard.base) / heard.deviation
        index = torch.randint(0, LEVELS, (len(truth),), generator=generator)
        is_pure = torch.rand(len(truth), generator=generator) < _PURE_SHARE
        index = torch.where(is_pure, LEVELS - 1, index)
        kept = self.kept[index][:, None, None, None].to(truth)
        noisy = kept.sqrt() * clean + (1.0 - kept).sqrt() * noise
        made = model(noisy, (index + 1).to(truth) / LEVELS, heard)
        weight = (heard.mask * self.weights.to(truth)[:, None, None]).sum(dim=1, keepdim=True)
        error = made - clean
        terms = {"residual": _mean(_rounded(error), weight), "gradient": _GRADIENT_WEIGHT * _gradient(error, weight)}
        if model.detail is not None:
            terms["detail"] = _DETAIL_WEIGHT * _mean((heard.detail - true_detail).abs(), weight)
        picture = heard.base + heard.deviation * made
        strengths = (grain_strength(picture) - grain_strength(truth)) / heard.deviation
        terms["grain"] = _GRAIN_WEIGHT * _mean(strengths.abs(), weight)
        total = torch.stack(list(terms.values())).sum()
        return total, picture, {name: float(value.detach()) for name, value in terms.items()}


def grain_strength(picture: Tensor) -> Tensor:
    """How strong what is fine in a picture is around each pixel: (B, 3, H, W) -> (B, 3, H, W), a local deviation."""
    # Half precision would add grain of its own.
    with torch.autocast(picture.device.type, enabled=False):
        grain = picture.float() - blurred(picture.float(), _GRAIN_PX)
        return (blurred(grain.square(), _GRAIN_REACH_PX) + _LEAST_GRAIN**2).sqrt()


def temporal_loss(
    now: Tensor, before: Tensor, true_now: Tensor, true_before: Tensor, motion_px: Tensor, weight: Tensor
) -> Tensor:
    """How else the picture changes along the surface than the truth does. Pictures: (B, 3, H, W). motion_px: (B, 2, H, W), column
    and row, where a point is now less where it was. weight: (B, 1, H, W), 0 where a point was not seen before."""
    change = now - warped(before, motion_px)
    true_change = true_now - warped(true_before, motion_px)
    return _mean((change - true_change).abs(), weight)


def warped(before: Tensor, motion_px: Tensor) -> Tensor:
    """The frame before, (B, C, H, W), carried along the motion (B, 2, H, W) to where its points are now."""
    height, width = before.shape[-2:]
    rows, columns = torch.meshgrid(
        torch.arange(height, device=before.device), torch.arange(width, device=before.device), indexing="ij"
    )
    place = torch.stack([columns, rows]).to(before)[None] - motion_px
    scale = before.new_tensor([2.0 / width, 2.0 / height])[:, None, None]
    grid = ((place + 0.5) * scale - 1.0).movedim(1, -1)
    return functional.grid_sample(before, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _rounded(error: Tensor) -> Tensor:
    """An absolute error whose tip is round: near the truth it asks for the mean and not for the median."""
    return functional.smooth_l1_loss(error, torch.zeros_like(error), beta=1.0, reduction="none")


def _gradient(error: Tensor, weight: Tensor) -> Tensor:
    down = _mean(error.diff(dim=-2).abs(), weight[..., 1:, :])
    across = _mean(error.diff(dim=-1).abs(), weight[..., :, 1:])
    return down + across


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / (weight.sum() * values.shape[1]).clamp(min=1.0)
