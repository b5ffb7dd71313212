"""The solver of whole clips, against scipy's on problems small enough for both."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear, minimize

from vivavoce.motion.retarget.box_solve import BoxProblem, box_least_squares


def problem(samples: int, smoothness: float, share_closed: float) -> BoxProblem:
    draw = np.random.default_rng(3)
    columns = draw.normal(size=(5, 40))
    columns[1] = columns[0] + 0.3 * columns[1]
    rows = draw.normal(size=(2, 5))
    bounds = np.where(draw.random((samples, 1)) < share_closed, 0.05, np.inf) * np.ones((samples, 2))
    aims = 3.0 * draw.normal(size=(samples, 40))
    return BoxProblem(columns @ columns.T, aims @ columns.T, np.zeros(5), np.ones(5), rows, bounds, smoothness)


def objective(case: BoxProblem, values: np.ndarray) -> float:
    padded = np.concatenate([values[:1], values, values[-1:]])
    sway = np.square(padded[2:] - 2.0 * padded[1:-1] + padded[:-2]) @ np.diag(case.gram)
    return float(0.5 * np.sum(values @ case.gram * values) - np.sum(case.linear * values) + 0.5 * case.smoothness * sway.sum())


def test_without_smoothness_every_sample_is_a_box_constrained_fit():
    case = problem(6, 0.0, 0.0)
    root = np.linalg.cholesky(case.gram)
    found = box_least_squares(case)
    for linear, values in zip(case.linear, found, strict=True):
        best = lsq_linear(root.T, np.linalg.solve(root, linear), (case.lower, case.upper), tol=1e-12).x
        assert objective(case, values[None]) == pytest.approx(objective(case, best[None]), rel=0.02, abs=0.02)
        assert values == pytest.approx(best, abs=0.02)


def test_bounds_rows_and_smoothness_hold_together():
    case = problem(8, 0.2, 0.5)
    found = box_least_squares(case)
    assert (found >= case.lower).all()
    assert (found <= case.upper).all()
    assert (found @ case.rows.T <= case.row_bounds + 5e-3).all()
    is_bound = np.isfinite(case.row_bounds)
    best = minimize(
        lambda values: objective(case, values.reshape(8, 5)),
        np.zeros(40),
        bounds=[(0.0, 1.0)] * 40,
        constraints={"type": "ineq", "fun": lambda values: (case.row_bounds - values.reshape(8, 5) @ case.rows.T)[is_bound]},
        method="SLSQP",
        options={"maxiter": 200},
    )
    assert objective(case, found) == pytest.approx(best.fun, rel=1e-3)


def test_a_mirrored_problem_has_the_mirrored_solution():
    case = problem(5, 0.1, 0.4)
    turn = np.array([4, 3, 2, 1, 0])
    other = BoxProblem(
        case.gram[np.ix_(turn, turn)], case.linear[:, turn], case.lower, case.upper, case.rows[:, turn], case.row_bounds, 0.1
    )
    assert box_least_squares(other) == pytest.approx(box_least_squares(case)[:, turn], abs=2e-3)
