"""Writes the open human in SMPL-X's and FLAME's file layouts, so that all that speaks smplx runs without licensed files."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import KDTree

from ...bridge.data import SMPLX_JOINT_INDEX, SMPLX_JOINT_PARENTS, OpenHuman
from ...bridge.formats import whole_file
from ...bridge.formats.safe_npz import write_arrays
from .expression import ExpressionBasis, open_human_basis
from .landmarks import extra_vertices, landmark_vertices
from .model_parts import model_faces, model_vertices, smplx_joint_positions, smplx_skin_weights
from .parts import triangles

SHAPE_DIRECTIONS, EXPRESSION_DIRECTIONS = 300, 100
"""smplx reads fewer expression directions from a file that has fewer than these. The open human is one person: its shape
directions are zero."""
SMPLX_FILE, FLAME_FILE, FLAME_EMBEDDING = "SMPLX_NEUTRAL.npz", "FLAME_NEUTRAL.npz", "flame_static_embedding.pkl"
_FLAME_JOINTS = [SMPLX_JOINT_INDEX[name] for name in ("neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf")]
"""Our joints in the places of FLAME's five: root, neck, jaw and eyes."""
_FLAME_JOINT_PARENTS = (-1, 0, 1, 1, 1)
_REGRESSED_FROM = 64


@dataclass(frozen=True, eq=False)
class _Mesh:
    """rows (V,): the file's vertices among the open human's; faces (T, 3) in the file's numbers; directions (V, 3, 52)."""

    rows: np.ndarray
    faces: np.ndarray
    directions: np.ndarray


def write_smplx_model(human: OpenHuman, folder: Path) -> Path:
    """SMPLX_NEUTRAL.npz in `folder`: smplx.SMPLX(path, num_expression_coeffs=52, use_pca=False, ext="npz")."""
    mesh = _with_smplx_extras(human, _mesh(human, open_human_basis(human), model_vertices(human)))
    weights = smplx_skin_weights(human)[mesh.rows]
    arrays = _layout(human, mesh, weights, smplx_joint_positions(human), SMPLX_JOINT_PARENTS)
    for side in "lr":
        arrays |= {f"hands_mean{side}": np.zeros(45), f"hands_components{side}": np.eye(45)}
    folder.mkdir(parents=True, exist_ok=True)
    write_arrays(folder / SMPLX_FILE, arrays | _embedding(human, mesh, "lmk_faces_idx", "lmk_bary_coords"))
    return folder / SMPLX_FILE


def write_flame_model(human: OpenHuman, folder: Path) -> Path:
    """FLAME_NEUTRAL.npz and FLAME's landmark file in `folder`: smplx.FLAME(folder, num_expression_coeffs=52, ext="npz")."""
    weights = smplx_skin_weights(human)[:, _FLAME_JOINTS]
    rows = model_vertices(human)
    mesh = _mesh(human, open_human_basis(human), rows[weights[rows].sum(axis=1) > 0.5])
    # What hangs on the body below the neck stands still with FLAME's root.
    weights[:, 0] += 1.0 - weights.sum(axis=1)
    positions = smplx_joint_positions(human)[_FLAME_JOINTS]
    folder.mkdir(parents=True, exist_ok=True)
    write_arrays(folder / FLAME_FILE, _layout(human, mesh, weights[mesh.rows], positions, _FLAME_JOINT_PARENTS))
    with whole_file(folder / FLAME_EMBEDDING) as temporary:
        # smplx reads this one as a pickle and nothing else; it holds two plain arrays.
        temporary.write_bytes(pickle.dumps(_embedding(human, mesh, "lmk_face_idx", "lmk_b_coords"), protocol=2))
    return folder / FLAME_FILE


def joint_regressor(vertices: np.ndarray, still: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """(J, V): affine combinations of vertices that give the joint positions (J, 3) exactly.

    Only vertices that no expression moves (still, (V,)) take part: smplx regresses joints after the expression, and a
    smile must not move the jaw's hinge. Of all exact combinations of the nearest ones this is the most even.
    """
    candidates = np.flatnonzero(still)
    _, nearest = KDTree(vertices[candidates]).query(positions, k=_REGRESSED_FROM)
    regressor = np.zeros((len(positions), len(vertices)))
    for joint, near in enumerate(np.asarray(nearest)):
        chosen = candidates[near]
        even = np.full(len(chosen), 1.0 / len(chosen))
        # Millimetres keep the rows of the system alike in size.
        system = np.concatenate([1e3 * (vertices[chosen] - positions[joint]).T, np.ones((1, len(chosen)))])
        regressor[joint, chosen] = even + np.linalg.pinv(system) @ (np.array([0.0, 0.0, 0.0, 1.0]) - system @ even)
    return regressor


def _mesh(human: OpenHuman, basis: ExpressionBasis, rows: np.ndarray) -> _Mesh:
    number = np.full(len(human.vertices), -1)
    number[rows] = np.arange(len(rows))
    faces = number[triangles(model_faces(human))]
    in_basis = np.searchsorted(model_vertices(human), rows)
    return _Mesh(rows, faces[(faces >= 0).all(axis=1)], basis.directions[:, in_basis].transpose(1, 2, 0))


def _with_smplx_extras(human: OpenHuman, mesh: _Mesh) -> _Mesh:
    """The mesh with vertices exchanged, so that the extra vertices that smplx.SMPLX picks by number are the right ones."""
    from smplx.vertex_ids import vertex_ids

    order = np.arange(len(mesh.rows))
    for name, vertex in extra_vertices(human).items():
        wanted, current = vertex_ids["smplx"][name], int(np.flatnonzero(mesh.rows[order] == vertex)[0])
        order[[wanted, current]] = order[[current, wanted]]
    number = np.argsort(order)
    return _Mesh(mesh.rows[order], number[mesh.faces], mesh.directions[order])


def _layout(
    human: OpenHuman, mesh: _Mesh, weights: np.ndarray, positions: np.ndarray, parents: Sequence[int]
) -> dict[str, np.ndarray]:
    """The arrays that SMPL-X's and FLAME's files share."""
    vertices, joints = human.vertices[mesh.rows].astype(np.float64), len(positions)
    still = np.abs(mesh.directions).max(axis=(1, 2)) < 1e-6
    shapes = np.zeros((len(vertices), 3, SHAPE_DIRECTIONS + EXPRESSION_DIRECTIONS), np.float32)
    shapes[:, :, SHAPE_DIRECTIONS : SHAPE_DIRECTIONS + mesh.directions.shape[2]] = mesh.directions
    return {
        "v_template": vertices,
        "f": mesh.faces.astype(np.uint32),
        "weights": weights / weights.sum(axis=1, keepdims=True),
        "shapedirs": shapes,
        # Skin that follows its joints alone: no pose correctives. One byte each keeps the loading light.
        "posedirs": np.zeros((len(vertices), 3, 9 * (joints - 1)), np.int8),
        "J_regressor": joint_regressor(vertices, still, positions.astype(np.float64)),
        "kintree_table": np.stack([np.array(parents), np.arange(joints)]).astype(np.int64),
    }


def _embedding(human: OpenHuman, mesh: _Mesh, faces_key: str, weights_key: str) -> dict[str, np.ndarray]:
    """The 51 landmarks as points on faces: a face that has the landmark's vertex, and all the weight on that corner."""
    number = {int(row): index for index, row in enumerate(mesh.rows)}
    vertices = np.array([number[int(vertex)] for vertex in landmark_vertices(human)])
    faces = np.array([int(np.flatnonzero((mesh.faces == vertex).any(axis=1))[0]) for vertex in vertices])
    return {faces_key: faces, weights_key: (mesh.faces[faces] == vertices[:, None]).astype(np.float64)}
