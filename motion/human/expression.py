"""Expression bases: ARKit weights <-> the expression coefficients and face joints of a FLAME or SMPL-X mesh."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ...bridge.data import ARKIT_INDEX, ARKIT_NAMES, FACE_JOINT_NAMES, SMPLX_JOINT_INDEX, MotionLayer, OpenHuman
from ...bridge.data.rotation import axis_angle_to_matrix
from .face_joints import FACE_JOINT_TURNS, JAW_TURN_RAD
from .model_parts import model_vertices, smplx_joint_positions, smplx_skin_weights

OPEN_HUMAN_BASIS = "open_human"
"""The basis whose 52 coefficients are the ARKit weights themselves, in ARKIT_NAMES order."""
_CHUNK_FRAMES = 32
_SWEEPS = 500
_SETTLED = 1e-6
_RIDGE = 1e-7
"""Added to the squares' diagonal as a share of its mean: shapes that differ by less than noise share their weight."""


@dataclass(frozen=True, eq=False)
class ExpressionBasis:
    """The geometry of expression coefficients: how they and the face joints move a mesh, and what ARKit's shapes mean on it.

    name: as MotionLayer.expression_basis has it. template (V, 3) metres; directions (E, V, 3) metres per unit coefficient, added
    before the joints turn; blend_shapes (52, V, 3): the ARKit shapes at weight 1 on the same vertices.
    joint_positions (3, 3) and joint_weights (V, 3): rest positions and skin weights of FACE_JOINT_NAMES.
    """

    name: str
    template: np.ndarray
    directions: np.ndarray
    blend_shapes: np.ndarray
    joint_positions: np.ndarray
    joint_weights: np.ndarray

    def posed(self, expression: np.ndarray, joint_rotations: np.ndarray) -> np.ndarray:
        """Directions, then linear blend skinning: (F, E) and (F, 3, 3) axis-angle of FACE_JOINT_NAMES -> (F, V, 3) metres."""
        return self.blended(expression, axis_angle_to_matrix(joint_rotations))

    def blended(self, expression: np.ndarray, joint_matrices: np.ndarray) -> np.ndarray:
        """The same by matrices, (F, 3, 3, 3), which need not be rotations."""
        shaped = self.template + np.tensordot(expression, self.directions, axes=1)
        posed = shaped.copy()
        for joint, turn in enumerate(np.moveaxis(joint_matrices, 1, 0)):
            rows = np.flatnonzero(self.joint_weights[:, joint])
            around = shaped[:, rows] - self.joint_positions[joint]
            posed[:, rows] += self.joint_weights[rows, joint, None] * (around @ np.swapaxes(turn, 1, 2) - around)
        return posed


def open_human_basis(human: OpenHuman) -> ExpressionBasis:
    """The open human's own basis, on its `model_vertices`."""
    rows = model_vertices(human)
    columns = [SMPLX_JOINT_INDEX[name] for name in FACE_JOINT_NAMES]
    template = human.vertices[rows].astype(np.float64)
    positions = smplx_joint_positions(human)[columns]
    weights = smplx_skin_weights(human)[rows][:, columns]
    shapes = np.stack([human.blend_shape(name)[rows] for name in ARKIT_NAMES])
    directions = [
        _direction(template, shape, turns, positions, weights) for shape, turns in zip(shapes, FACE_JOINT_TURNS, strict=True)
    ]
    return ExpressionBasis(OPEN_HUMAN_BASIS, template, np.stack(directions), shapes, positions, weights)


def _direction(
    template: np.ndarray, shape: np.ndarray, turns: np.ndarray, positions: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """What must be added to the template for the turned joints to carry it exactly to template + shape, (V, 3) float32.

    Skinning takes x to M x + t, where M = I + sum w (R - I) and t = sum w (p - R p): solve M x = template + shape - t.
    """
    if not turns.any():
        return shape.astype(np.float32)
    away = axis_angle_to_matrix(turns) - np.eye(3)
    matrices = np.eye(3) + np.einsum("vj,jab->vab", weights, away)
    shifts = -np.einsum("vj,jab,jb->va", weights, away, positions)
    return (np.linalg.solve(matrices, (template + shape - shifts)[..., None])[..., 0] - template).astype(np.float32)


def with_smplx_face(layer: MotionLayer) -> MotionLayer:
    """The layer with its blend shapes said again as FACE_JOINT_NAMES and as `expression` in the open human's basis.

    Only joints that its blend shapes turn are added; other joints stay. A layer whose weights are all zero, or that has none,
    comes back as it is. An expression that it held is replaced.
    """
    if not layer.blend_shape_weights.any():
        return layer
    columns = [ARKIT_INDEX[name] for name in layer.blend_shape_names]
    expression = np.zeros((layer.frame_count, len(ARKIT_NAMES)), np.float32)
    expression[:, columns] = layer.blend_shape_weights
    turns = FACE_JOINT_TURNS[columns]
    turned = np.flatnonzero(turns.any(axis=(0, 2)))
    rotations = np.tensordot(layer.blend_shape_weights, turns[:, turned], axes=1)
    names = tuple(FACE_JOINT_NAMES[joint] for joint in turned)
    kept = [index for index, name in enumerate(layer.joint_names) if name not in names]
    return replace(
        layer,
        joint_rotations=np.concatenate([layer.joint_rotations[:, kept], rotations], axis=1),
        joint_names=(*(layer.joint_names[index] for index in kept), *names),
        expression=expression,
        expression_basis=OPEN_HUMAN_BASIS,
    )


def expression_to_arkit(
    basis: ExpressionBasis, expression: np.ndarray, joint_rotations: np.ndarray, *, along_chord: bool = False
) -> np.ndarray:
    """The ARKit weights in 0..1 whose blend shapes come nearest, by least squares on vertices, to the posed mesh.

    expression: (F, E) in `basis`; joint_rotations: (F, 3, 3) axis-angle of FACE_JOINT_NAMES, radians -> (F, 52) float32.
    along_chord: a half-open jaw lies half way along the chord of an open one's turn, as blend shapes have it, instead of on its
    arc; else other shapes of the lips make good the 1.75 mm between them.
    """
    matrices = axis_angle_to_matrix(joint_rotations)
    if along_chord:
        matrices[:, 0] = _chord_matrices(joint_rotations[:, 0])
    chunks = (slice(start, start + _CHUNK_FRAMES) for start in range(0, len(expression), _CHUNK_FRAMES))
    return _fitted(basis, (basis.blended(expression[chunk], matrices[chunk]) - basis.template for chunk in chunks))


def _chord_matrices(jaw_rotations: np.ndarray) -> np.ndarray:
    """(F, 3) axis-angle -> (F, 3, 3): from rest towards the turn of a wholly open jaw about the same axis, in proportion."""
    share = np.linalg.norm(jaw_rotations, axis=1)[:, None] / JAW_TURN_RAD["jawOpen"][0]
    open_jaw = axis_angle_to_matrix(jaw_rotations / np.maximum(share, 1e-9))
    return np.eye(3) + share[..., None] * (open_jaw - np.eye(3))


def offsets_to_arkit(basis: ExpressionBasis, offsets: np.ndarray) -> np.ndarray:
    """The same for a mesh whose vertices moved by offsets (F, V, 3) metres from their rest -> (F, 52) float32."""
    return _fitted(basis, (offsets[start : start + _CHUNK_FRAMES] for start in range(0, len(offsets), _CHUNK_FRAMES)))


def _fitted(basis: ExpressionBasis, chunks: Iterable[np.ndarray]) -> np.ndarray:
    """(f, V, 3) offsets, chunk by chunk -> (F, 52) float32."""
    shapes = basis.blend_shapes.reshape(len(basis.blend_shapes), -1).astype(np.float64)
    projections = [np.zeros((0, len(shapes))), *(chunk.reshape(len(chunk), -1) @ shapes.T for chunk in chunks)]
    return _nearest_in_box(shapes @ shapes.T, np.concatenate(projections)).astype(np.float32)


def _nearest_in_box(squares: np.ndarray, projections: np.ndarray) -> np.ndarray:
    """Least squares between 0 and 1 by coordinate descent, all frames at once.

    squares (K, K): the shapes' inner products; projections (F, K): the targets' onto them -> weights (F, K). Minimising over one
    weight while the others stand is exact and monotone, so the sweeps converge (Tseng 2001).
    """
    squares = squares + _RIDGE * np.trace(squares) / len(squares) * np.eye(len(squares))
    weights = np.zeros_like(projections)
    for _ in range(_SWEEPS):
        largest = 0.0
        for index, row in enumerate(squares):
            step = (projections[:, index] - weights @ row) / row[index]
            moved = np.clip(weights[:, index] + step, 0.0, 1.0)
            largest = max(largest, float(np.abs(moved - weights[:, index]).max(initial=0.0)))
            weights[:, index] = moved
        if largest < _SETTLED:
            break
    return weights
