"""The part of the open human that a FLAME or SMPL-X file can hold, on SMPL-X's joints."""

import numpy as np

from ...bridge.data import SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES, OpenHuman

MODEL_PARTS = ("body", "covered_body", "eyes", "teeth", "tongue")
"""The parts that such files hold: no hair, no lashes, no clothes."""


def model_faces(human: OpenHuman) -> np.ndarray:
    """The faces of MODEL_PARTS, (F, 4) quads into the human's vertices; a triangle repeats its last index."""
    wanted = [index for index, name in enumerate(human.part_names) if name in MODEL_PARTS]
    return human.faces[np.isin(human.face_part, wanted)]


def model_vertices(human: OpenHuman) -> np.ndarray:
    """The vertices of MODEL_PARTS as ascending indices into the human's, (V,)."""
    return np.unique(model_faces(human))


def smplx_skin_weights(human: OpenHuman) -> np.ndarray:
    """Dense skin weights of all the human's vertices, (V, 55): joints that SMPL-X lacks give theirs to its nearest ancestor."""
    columns: list[int] = []
    for name, parent in zip(human.joint_names, human.joint_parents, strict=True):
        columns.append(SMPLX_JOINT_INDEX[name] if name in SMPLX_JOINT_INDEX else columns[parent])
    weights = np.zeros((len(human.vertices), len(SMPLX_JOINT_NAMES)))
    np.add.at(weights, (np.arange(len(weights))[:, None], np.array(columns)[human.skin_joints]), human.skin_weights)
    return weights / weights.sum(axis=1, keepdims=True)


def smplx_joint_positions(human: OpenHuman) -> np.ndarray:
    """Rest positions of SMPL-X's joints, (55, 3) metres."""
    return np.stack([human.joint_positions[human.joint_names.index(name)] for name in SMPLX_JOINT_NAMES]).astype(np.float64)
