"""The quantiser of the motion prior: one vector a step to the nearest of a codebook's, then what is left to a second's."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

_DECAY = 0.99
_DEAD_USE = 0.5
"""A code that is used less than this often a batch, on average, is moved to where it will be."""


@dataclass(frozen=True, eq=False)
class Quantised:
    """vectors: (N, C), the sum of the chosen codes. codes: (N, L), one for each level."""

    vectors: Tensor
    codes: Tensor


class Quantiser(nn.Module):
    """L levels of K codes with C dimensions (residual quantisation: Zeghidour et al. 2021, section III.C).

    Codebooks follow the means of what is assigned to them (van den Oord et al. 2017, appendix A.1), and codes that nothing is
    assigned to are put on vectors of the batch, so that all stay in use.
    """

    def __init__(self, levels: int, code_count: int, code_width: int) -> None:
        super().__init__()
        self.codebooks = nn.Buffer(torch.randn(levels, code_count, code_width))
        self.uses = nn.Buffer(torch.zeros(levels, code_count))
        self.sums = nn.Buffer(torch.zeros(levels, code_count, code_width))

    def forward(self, vectors: Tensor) -> Quantised:
        """(N, C) -> the nearest codes."""
        return self._chosen(vectors, [None] * len(self.codebooks), 0.0)

    def draw(self, vectors: Tensor, gumbel: Tensor, temperature: float) -> Quantised:
        """Codes drawn from softmax(-distance^2 / temperature) (ProbTalk3D, section 3.3), the nearest where it is 0.

        gumbel: (L, N, K) of the standard Gumbel distribution: the largest of logit + noise is such a draw (Maddison et al. 2014).
        """
        return self._chosen(vectors, list(gumbel), temperature)

    def _chosen(self, vectors: Tensor, gumbel: list[Tensor | None], temperature: float) -> Quantised:
        left, total, codes = vectors, torch.zeros_like(vectors), []
        for codebook, noise in zip(self.codebooks, gumbel, strict=True):
            scores = -squared_distances(left, codebook)
            code = (scores if noise is None else scores + temperature * noise).argmax(dim=1)
            left, total = left - codebook[code], total + codebook[code]
            codes.append(code)
        return Quantised(total, torch.stack(codes, dim=1))

    @torch.no_grad()
    def follow(self, vectors: Tensor, generator: torch.Generator) -> float:
        """Move the codebooks towards `vectors`, (N, C); returns the share of codes that the batch uses."""
        left, used = vectors, []
        for level, codebook in enumerate(self.codebooks):
            code = squared_distances(left, codebook).argmin(dim=1)
            count = torch.bincount(code, minlength=len(codebook)).to(left.dtype)
            self.uses[level].lerp_(count, 1.0 - _DECAY)
            self.sums[level].lerp_(torch.zeros_like(codebook).index_add_(0, code, left), 1.0 - _DECAY)
            left_after = left - codebook[code]
            codebook.copy_(
                torch.where(self.uses[level][:, None] > 0, self.sums[level] / self.uses[level].clamp(min=1e-6)[:, None], codebook)
            )
            self._revive(level, left, generator)
            left = left_after
            used.append((count > 0).float().mean())
        return float(torch.stack(used).mean())

    def _revive(self, level: int, vectors: Tensor, generator: torch.Generator) -> None:
        dead = torch.nonzero(self.uses[level] < _DEAD_USE)[:, 0]
        chosen = vectors[torch.randint(len(vectors), (len(dead),), generator=generator)]
        self.codebooks[level, dead], self.sums[level, dead], self.uses[level, dead] = chosen, chosen, 1.0


def squared_distances(vectors: Tensor, codebook: Tensor) -> Tensor:
    """(N, C), (K, C) -> (N, K)."""
    return vectors.square().sum(dim=1, keepdim=True) - 2.0 * vectors @ codebook.T + codebook.square().sum(dim=1)
