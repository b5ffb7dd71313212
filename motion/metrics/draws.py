"""Several draws of one line beside the truth: MEE, CE, diversity (ProbTalk3D, Wu et al. 2024: ten draws).

Draws are ARKit weights, (N, F, 52); the truth is (F, 52).
"""

import numpy as np

from ...bridge.errors import InvalidInput
from .face_mesh import FaceMesh
from .vertex_errors import lip_vertex_error_mm, mean_vertex_error_mm


def mean_estimate_error_mm(mesh: FaceMesh, truth: np.ndarray, draws: np.ndarray) -> float:
    """MEE: the lip vertex error of the mean draw."""
    return lip_vertex_error_mm(mesh, truth, draws.mean(axis=0))


def coverage_error_mm(mesh: FaceMesh, truth: np.ndarray, draws: np.ndarray) -> float:
    """CE: the lip vertex error of the draw that has the least."""
    return min(lip_vertex_error_mm(mesh, truth, draw) for draw in draws)


def diversity_mm(mesh: FaceMesh, draws: np.ndarray) -> float:
    """The draws in two halves: the mean distance of all vertices between the n-th of the one and the n-th of the other."""
    if len(draws) < 2 or len(draws) % 2:
        raise InvalidInput(f"Diversity compares two halves of an even number of draws, not {len(draws)}.")
    half = len(draws) // 2
    return float(np.mean([mean_vertex_error_mm(mesh, *pair) for pair in zip(draws[:half], draws[half:], strict=True)]))
