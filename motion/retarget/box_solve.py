"""Box-constrained least squares over all samples of a clip at once, smooth in time.

Minimise over X (F, N): sum_f 1/2 x_f' G x_f - c_f' x_f + s/2 |second difference of X|^2, lower <= x_f <= upper, A x_f <= b_f.
By ADMM (Boyd et al. 2011; OSQP, Stellato et al. 2020): the step without bounds is one division, as eigenvectors of the matrix
part the controls and a cosine transform parts the samples; bounds are clips. Nothing grows with the number of vertices.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import dct, idct
from scipy.linalg import eigh

_RELAXATION = 1.6
_ROW_STIFFNESS = 10.0
_ITERATIONS, _CHECK_EVERY = 1000, 20
_TOLERANCE = 3e-4
_LOPSIDED = 3.0


@dataclass(frozen=True, eq=False)
class BoxProblem:
    """gram (N, N); linear (F, N); lower, upper (N,); rows (R, N) with row_bounds (F, R), inf where a row is free."""

    gram: np.ndarray
    linear: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    rows: np.ndarray
    row_bounds: np.ndarray
    smoothness: float = 0.0
    """Weight of the squared second differences, where the diagonal of the matrix is scaled to 1."""


def box_least_squares(problem: BoxProblem) -> np.ndarray:
    """X (F, N), within the bounds exactly; rows hold to about a thousandth of their reach."""
    scale = 1.0 / np.sqrt(np.maximum(np.diag(problem.gram), 1e-12 * max(np.diag(problem.gram).max(), 1e-30)))
    row_scale = 1.0 / np.maximum(np.linalg.norm(problem.rows * scale, axis=1), 1e-12)
    admm = _Admm(
        problem.gram * np.outer(scale, scale),
        problem.linear * scale,
        problem.rows * scale * row_scale[:, None],
        (problem.lower / scale, problem.upper / scale, problem.row_bounds * row_scale),
        problem.smoothness * _second_difference_gains(len(problem.linear)),
    )
    return np.clip(admm.solution() * scale, problem.lower, problem.upper)


def _second_difference_gains(count: int) -> np.ndarray:
    """(F,): what squared second differences weigh in each cosine of a signal that is mirrored at its ends."""
    return (2.0 - 2.0 * np.cos(np.pi * np.arange(count) / count)) ** 2


@dataclass(eq=False)
class _Admm:
    """A problem whose matrix has a diagonal of ones. sway (F,): what smoothness adds in each cosine."""

    gram: np.ndarray
    linear: np.ndarray
    rows: np.ndarray
    bounds: tuple[np.ndarray, np.ndarray, np.ndarray]
    sway: np.ndarray

    def solution(self) -> np.ndarray:
        lower, upper, row_bounds = self.bounds
        step = 0.1
        self._set_step(step)
        inside = np.clip(self._unbounded(self.linear), lower, upper)
        rows_inside = np.minimum(inside @ self.rows.T, row_bounds)
        pull, row_pull = np.zeros_like(inside), np.zeros_like(rows_inside)
        for iteration in range(1, _ITERATIONS + 1):
            x = self._unbounded(
                self.linear + step * (inside - pull) + _ROW_STIFFNESS * step * (rows_inside - row_pull) @ self.rows
            )
            rows = x @ self.rows.T
            moved = _RELAXATION * x + (1.0 - _RELAXATION) * inside + pull
            rows_moved = _RELAXATION * rows + (1.0 - _RELAXATION) * rows_inside + row_pull
            before, inside = inside, np.clip(moved, lower, upper)
            rows_inside = np.minimum(rows_moved, row_bounds)
            pull, row_pull = moved - inside, rows_moved - rows_inside
            if iteration % _CHECK_EVERY == 0:
                apart = max(np.abs(x - inside).max(), np.abs(rows - rows_inside).max(initial=0.0))
                change = np.abs(inside - before).max()
                if max(apart, change) < _TOLERANCE * max(np.abs(inside).max(), 1e-12):
                    break
                if not 1.0 / _LOPSIDED < apart / max(change, 1e-300) < _LOPSIDED:
                    ratio = float(np.clip(np.sqrt(apart / max(change, 1e-300)), 0.2, 5.0))
                    step, pull, row_pull = step * ratio, pull / ratio, row_pull / ratio
                    self._set_step(step)
        return inside

    def _set_step(self, step: float) -> None:
        matrix = self.gram + step * (np.eye(len(self.gram)) + _ROW_STIFFNESS * self.rows.T @ self.rows)
        values, self._vectors = eigh(matrix)
        self._gains = 1.0 / (values + self.sway[:, None])

    def _unbounded(self, aim: np.ndarray) -> np.ndarray:
        turned = dct(aim @ self._vectors, axis=0, norm="ortho", type=2)
        return idct(turned * self._gains, axis=0, norm="ortho", type=2) @ self._vectors.T
