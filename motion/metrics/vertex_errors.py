"""How far a face is from the true one, vertex by vertex: LVE, MVE, FDD.

As the code of FaceDiffuser (Stan, Haque, Yumak 2023), CodeTalker (Xing et al. 2023) and ProbTalk3D (Wu et al. 2024) computes
them, but in millimetres rather than squares of metres, and over the face's skin alone: a scalp that never moves flatters a mean.
Weights are ARKit's, (F, 52), in the order of ARKIT_NAMES.
"""

import numpy as np

from ...bridge.errors import InvalidInput
from .face_mesh import FaceMesh


def lip_vertex_error_mm(mesh: FaceMesh, truth: np.ndarray, predicted: np.ndarray) -> float:
    """LVE: the largest distance over the lip vertices, mean over frames. (F, 52) each."""
    blocks = mesh.displacement_blocks_mm(_difference(truth, predicted), mesh.is_lip)
    return sum(float(np.linalg.norm(block, axis=2).max(axis=1).sum()) for block in blocks) / len(truth)


def mean_vertex_error_mm(mesh: FaceMesh, truth: np.ndarray, predicted: np.ndarray) -> float:
    """MVE: the mean distance over all vertices and frames. (F, 52) each."""
    blocks = mesh.displacement_blocks_mm(_difference(truth, predicted))
    return sum(float(np.linalg.norm(block, axis=2).mean(axis=1).sum()) for block in blocks) / len(truth)


def upper_face_dynamics_deviation_mm2(mesh: FaceMesh, truth: np.ndarray, predicted: np.ndarray) -> float:
    """Absolute FDD, mm^2: for every upper-face vertex the standard deviation over time of its squared displacement from neutral;
    mean over the vertices of |truth - prediction|. (F, 52) and (G, 52): the clips need not run alongside."""
    return float(np.abs(_dynamics_mm2(mesh, truth) - _dynamics_mm2(mesh, predicted)).mean())


def _dynamics_mm2(mesh: FaceMesh, weights: np.ndarray) -> np.ndarray:
    """(F, 52) -> (U,)."""
    blocks = mesh.displacement_blocks_mm(weights, mesh.is_upper_face)
    squares = np.concatenate([np.square(block).sum(axis=2) for block in blocks])
    return squares.std(axis=0, dtype=np.float64)


def _difference(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    if truth.shape != predicted.shape or len(truth) == 0:
        raise InvalidInput(f"Frames are compared one by one: {predicted.shape} against {truth.shape} cannot be.")
    return predicted - truth
