"""The open human as a SMPL-X or a FLAME model, so that all that speaks smplx runs without licensed files."""

import numpy as np
from scipy.spatial import KDTree

from ...bridge.data import SMPLX_JOINT_INDEX, OpenHuman
from ...bridge.data.landmarks import extra_vertices, landmark_vertices
from .body_model import EXPRESSION_COUNT, FLAME_JOINT_NAMES, JOINT_PARENTS, SHAPE_COUNT, BodyModelArrays, ModelKind
from .expression import open_human_basis
from .model_parts import model_faces, model_vertices, smplx_joint_positions, smplx_skin_weights
from .parts import triangles

_FLAME_JOINTS = [SMPLX_JOINT_INDEX[name] for name in FLAME_JOINT_NAMES]
_REGRESSED_FROM = 512
_STILL_M = 3e-6
"""What a direction moves less than this, the rounding of the open human's file, it does not move."""


def open_human_model(human: OpenHuman, kind: ModelKind) -> BodyModelArrays:
    """The open human with its 52 ARKit shapes as the first 52 expression directions; it is one person, so betas do nothing.

    FLAME's is the head alone. Its vertices are the human's `exported_vertices`.
    """
    rows = exported_vertices(human, kind)
    weights, positions = smplx_skin_weights(human)[rows], smplx_joint_positions(human)
    if kind == "flame":
        weights, positions = weights[:, _FLAME_JOINTS], positions[_FLAME_JOINTS]
        # What hangs on the body below the neck stands still with FLAME's root.
        weights[:, 0] += 1.0 - weights.sum(axis=1)
    directions = open_human_basis(human).directions[:, np.searchsorted(model_vertices(human), rows)]
    still = np.linalg.norm(directions, axis=-1).max(axis=0) < _STILL_M
    shapedirs = np.zeros((len(rows), 3, SHAPE_COUNT + EXPRESSION_COUNT), np.float32)
    shapedirs[:, :, SHAPE_COUNT : SHAPE_COUNT + len(directions)] = np.moveaxis(directions, 0, 2)
    number = np.full(len(human.vertices), -1)
    number[rows] = np.arange(len(rows))
    faces = number[triangles(model_faces(human))]
    faces = faces[(faces >= 0).all(axis=1)]
    landmark_faces, landmark_coordinates = _embedding(faces, number[landmark_vertices(human)])
    return BodyModelArrays(
        kind=kind,
        v_template=human.vertices[rows],
        faces=faces,
        shapedirs=shapedirs,
        posedirs=np.zeros((len(rows), 3, 9 * (len(JOINT_PARENTS[kind]) - 1)), np.float32),
        j_regressor=joint_regressor(human.vertices[rows], still, positions).astype(np.float32),
        weights=weights.astype(np.float32),
        lmk_faces_idx=landmark_faces,
        lmk_bary_coords=landmark_coordinates,
    )


def exported_vertices(human: OpenHuman, kind: ModelKind) -> np.ndarray:
    """Which of the human's vertices each vertex of the model is, (V,)."""
    rows = model_vertices(human)
    if kind == "smplx":
        return _with_smplx_extras(human, rows)
    return rows[smplx_skin_weights(human)[rows][:, _FLAME_JOINTS].sum(axis=1) > 0.5]


def joint_regressor(vertices: np.ndarray, still: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """(J, V): affine combinations of vertices that give the joint positions (J, 3) exactly.

    Only vertices that no expression moves (still, (V,)) take part: smplx regresses joints after the expression, and a
    smile must not move the jaw's hinge. Of all exact combinations of the nearest ones this is the most even.
    """
    candidates = np.flatnonzero(still)
    points = vertices[candidates].astype(np.float64)
    nearest = KDTree(points).query(positions, k=min(_REGRESSED_FROM, len(points)))[1]
    regressor = np.zeros((len(positions), len(vertices)))
    for joint, near in enumerate(np.asarray(nearest)):
        even = np.full(len(near), 1.0 / len(near))
        # Millimetres keep the rows of the system alike in size.
        system = np.concatenate([1e3 * (points[near] - positions[joint]).T, np.ones((1, len(near)))])
        regressor[joint, candidates[near]] = even + np.linalg.pinv(system) @ (np.array([0.0, 0.0, 0.0, 1.0]) - system @ even)
    return regressor


def _with_smplx_extras(human: OpenHuman, rows: np.ndarray) -> np.ndarray:
    """The rows with some exchanged, so that the extra vertices that smplx.SMPLX picks by number are the right ones."""
    from smplx.vertex_ids import vertex_ids

    rows = rows.copy()
    for name, vertex in extra_vertices(human).items():
        wanted, current = vertex_ids["smplx"][name], int(np.flatnonzero(rows == vertex)[0])
        rows[[wanted, current]] = rows[[current, wanted]]
    return rows


def _embedding(faces: np.ndarray, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks at vertices (L,) as faces (L,) that have the vertex, and barycentric coordinates (L, 3), 1 at that corner."""
    on_faces = np.array([int(np.flatnonzero((faces == vertex).any(axis=1))[0]) for vertex in vertices])
    return on_faces, (faces[on_faces] == vertices[:, None]).astype(np.float32)
