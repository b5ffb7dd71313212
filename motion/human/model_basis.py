"""The expression basis of somebody's FLAME or SMPL-X model: ARKit's shapes carried over to its face from the open human's."""

from dataclasses import replace

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation

from ...bridge.data import ARKIT_NAMES, FACE_JOINT_NAMES, SMPLX_JOINT_INDEX, OpenHuman
from ...bridge.data.landmarks import landmark_vertices
from ...bridge.errors import InvalidInput
from .body_model import FLAME_JOINT_NAMES, BodyModelArrays
from .expression import ExpressionBasis
from .parts import vertex_normals

_MM_PER_M = 1000.0
_SMOOTHING = 1.0
"""Of the warp by landmarks, which are placed by eye: thin-plate spline over millimetres."""
_NORMAL_WEIGHT_MM = 15.0
"""How far apart points count whose surfaces face opposite ways, by half: an upper lip never takes after the lower one."""
_NEIGHBOURS = 4
_FARTHEST_MM = 12.0
"""Vertices farther from what the open human has there, as teeth are from lips, take no shapes."""
_EYE_SHARE = 0.5
_MOVES_M = 1e-4
"""Vertices that no ARKit shape moves further say nothing of a face."""


def model_basis(model: BodyModelArrays, human: OpenHuman) -> ExpressionBasis:
    """The model's own expression directions and face joints, with the open human's ARKit shapes on its vertices.

    The open human is laid onto the model's face by their 51 landmarks; each vertex takes the shapes of the points nearest to it
    that face the same way. Raises InvalidInput where the model has no such landmarks.
    """
    template = model.v_template.astype(np.float64)
    names = FLAME_JOINT_NAMES if model.kind == "flame" else tuple(SMPLX_JOINT_INDEX)
    joints = [names.index(name) for name in FACE_JOINT_NAMES]
    joint_weights = model.weights[:, joints].astype(np.float64)
    laid, turn = _laid_onto(model, human)
    eyes = joint_weights[:, 1:].sum(axis=1) > _EYE_SHARE
    faces = np.concatenate([model.faces, model.faces[:, 2:]], axis=1)
    places = _oriented(template, vertex_normals(template, faces))
    donors = _oriented(laid, vertex_normals(laid, human.faces))
    shapes = np.stack([human.blend_shape(name) for name in ARKIT_NAMES]).astype(np.float64) @ turn.T
    carried = np.zeros((len(ARKIT_NAMES), len(template), 3), np.float32)
    for rows, regions in ((np.flatnonzero(~eyes), ("skin", "lips", "mouth_inside")), (np.flatnonzero(eyes), ("eyes",))):
        givers = np.flatnonzero(_in_regions(human, regions))
        if len(rows) and len(givers):
            carried[:, rows] = _from_nearest(places[rows], donors[givers], shapes[:, givers])
    positions = (model.j_regressor[joints] @ template).astype(np.float64)
    return ExpressionBasis(model.kind, template, model.expression_directions, carried, positions, joint_weights)


def moving_vertices(basis: ExpressionBasis) -> np.ndarray:
    """Indices of the vertices that an ARKit shape moves, (N,): what a conversion to ARKit needs."""
    return np.flatnonzero(np.linalg.norm(basis.blend_shapes, axis=2).max(axis=0) > _MOVES_M)


def on_vertices(basis: ExpressionBasis, rows: np.ndarray) -> ExpressionBasis:
    """The basis on some of its vertices, (N,)."""
    return replace(
        basis,
        template=basis.template[rows],
        directions=basis.directions[:, rows],
        blend_shapes=basis.blend_shapes[:, rows],
        joint_weights=basis.joint_weights[rows],
    )


def _laid_onto(model: BodyModelArrays, human: OpenHuman) -> tuple[np.ndarray, np.ndarray]:
    """The human's vertices (V, 3) laid onto the model's face, and the turn and scale (3, 3) that its offsets undergo."""
    own = human.vertices[landmark_vertices(human)].astype(np.float64)
    if len(model.lmk_faces_idx) != len(own):
        raise InvalidInput(
            f"The {model.kind} model has {len(model.lmk_faces_idx)} face landmarks where {len(own)} are needed to know its face. "
            "For FLAME, put flame_static_embedding.pkl beside the model."
        )
    corners = model.v_template[model.faces[model.lmk_faces_idx]].astype(np.float64)
    wanted = np.einsum("lcx,lc->lx", corners, model.lmk_bary_coords)
    centre, wanted_centre = own.mean(axis=0), wanted.mean(axis=0)
    scale = np.linalg.norm(wanted - wanted_centre) / np.linalg.norm(own - centre)
    rotation = Rotation.align_vectors(wanted - wanted_centre, own - centre)[0]
    turn = scale * rotation.as_matrix()
    moved = wanted_centre + (human.vertices - centre) @ turn.T
    marks_mm = _MM_PER_M * (wanted_centre + (own - centre) @ turn.T)
    warp = RBFInterpolator(marks_mm, _MM_PER_M * wanted - marks_mm, kernel="thin_plate_spline", smoothing=_SMOOTHING)
    near = _in_regions(human, ("skin", "lips", "mouth_inside", "eyes"))
    moved[near] += warp(_MM_PER_M * moved[near]) / _MM_PER_M
    return moved, turn


def _in_regions(human: OpenHuman, names: tuple[str, ...]) -> np.ndarray:
    return np.isin(human.vertex_region, [human.region_names.index(name) for name in names])


def _oriented(vertices: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Places and the ways that they face as points, (V, 6) mm."""
    return np.concatenate([_MM_PER_M * vertices, _NORMAL_WEIGHT_MM * normals], axis=1)


def _from_nearest(places: np.ndarray, donors: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """(N, 6) places, (M, 6) donors with (K, M, 3) offsets -> (K, N, 3): means of the nearest, by inverse distance."""
    distances, near = (np.asarray(found) for found in KDTree(donors).query(places, k=_NEIGHBOURS))
    weights = 1.0 / np.maximum(distances, 1e-6)
    weights *= (distances[:, :1] < _FARTHEST_MM) / weights.sum(axis=1, keepdims=True)
    return np.einsum("nk,snkx->snx", weights, shapes[:, near], optimize=True)
