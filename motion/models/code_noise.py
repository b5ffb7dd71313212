"""Noise to draw codes with: Gumbel's at every step, but slow, so that a draw lasts as long as a movement and nothing jitters."""

import numpy as np
import torch
from scipy.signal import lfilter
from torch import Tensor

_LASTS_S = 0.4
"""After this long what was drawn is half forgotten; about two syllables."""
_CERTAIN = 1e-6


class CodeNoise:
    """A stream of noise for L codebooks of K codes.

    Each code's noise is a Gaussian process with exponential memory (Uhlenbeck and Ornstein 1930), bent into the standard Gumbel
    distribution: at every step alone, the largest of logit + noise is an exact draw from the softmax.
    """

    def __init__(self, levels: int, code_count: int, seed: list[int], steps_per_second: float = 50.0) -> None:
        self._rng = np.random.default_rng(seed)
        self._memory = 0.5 ** (1.0 / (_LASTS_S * steps_per_second))
        self._last = self._rng.standard_normal((1, levels * code_count), np.float32)
        self._levels = levels

    def next(self, step_count: int) -> Tensor:
        """The noise of the following steps, (L, N, K); equal however a stretch is cut into pieces."""
        fresh = np.float32((1.0 - self._memory**2) ** 0.5) * self._rng.standard_normal(
            (step_count, self._last.shape[1]), np.float32
        )
        memory = np.float32(self._memory)
        normal, _ = lfilter(np.ones(1, np.float32), np.array([1.0, -memory], np.float32), fresh, axis=0, zi=memory * self._last)
        self._last = normal[-1:]
        share = torch.special.ndtr(torch.from_numpy(np.ascontiguousarray(normal))).clamp(_CERTAIN, 1.0 - _CERTAIN)
        return -torch.log(-torch.log(share)).unflatten(1, (self._levels, -1)).movedim(1, 0)
