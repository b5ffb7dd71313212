"""BodyModelArrays: what a FLAME or SMPL-X file holds, whoever made it; written in smplx's layouts and run by smplx's classes."""

import pickle
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ...bridge.data import SMPLX_JOINT_PARENTS
from ...bridge.errors import InvalidInput
from ...bridge.formats.atomic import whole_file
from ...bridge.formats.safe_npz import write_arrays

if TYPE_CHECKING:
    from smplx import FLAME, SMPLX

MODEL_FILES = {"flame": "FLAME_NEUTRAL.npz", "smplx": "SMPLX_NEUTRAL.npz"}
FLAME_LANDMARK_FILE = "flame_static_embedding.pkl"
SHAPE_COUNT, EXPRESSION_COUNT = 300, 100
"""Directions of a full file: shape first, then expression. Files with fewer hold 10 and 10."""
_SMALL_COUNT = 10
FLAME_JOINT_NAMES = ("neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf")
"""SMPL-X's joints in the places of FLAME's root, neck, jaw and eyes."""
_FLAME_JOINT_PARENTS = (-1, 0, 1, 1, 1)
JOINT_PARENTS: dict[str, tuple[int, ...]] = {"flame": _FLAME_JOINT_PARENTS, "smplx": SMPLX_JOINT_PARENTS}
_FINGER_COUNT = 45

ModelKind = Literal["flame", "smplx"]


def _resting_hand() -> np.ndarray:
    return np.zeros(_FINGER_COUNT, np.float32)


def _plain_components() -> np.ndarray:
    return np.eye(_FINGER_COUNT, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class BodyModelArrays:
    """A body model in smplx's names; float32 arrays in metres, int64 indices.

    v_template (V, 3); faces (T, 3); shapedirs (V, 3, S), shape then expression; posedirs (V, 3, 9 (J - 1)); j_regressor (J, V);
    weights (V, J), rows sum to 1; lmk_faces_idx (L,) and lmk_bary_coords (L, 3), the static landmarks, none where the file has
    none. Hands, SMPL-X alone: mean pose (45,) axis-angle and its principal components (C, 45).
    """

    kind: ModelKind
    v_template: np.ndarray
    faces: np.ndarray
    shapedirs: np.ndarray
    posedirs: np.ndarray
    j_regressor: np.ndarray
    weights: np.ndarray
    lmk_faces_idx: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    lmk_bary_coords: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    left_hand_mean: np.ndarray = field(default_factory=_resting_hand)
    right_hand_mean: np.ndarray = field(default_factory=_resting_hand)
    left_hand_components: np.ndarray = field(default_factory=_plain_components)
    right_hand_components: np.ndarray = field(default_factory=_plain_components)

    def __post_init__(self) -> None:
        vertices, joints, landmarks = len(self.v_template), len(JOINT_PARENTS[self.kind]), len(self.lmk_faces_idx)
        shapes: dict[str, tuple[int | None, ...]] = {
            "v_template": (vertices, 3), "faces": (None, 3), "shapedirs": (vertices, 3, None),
            "posedirs": (vertices, 3, 9 * (joints - 1)), "j_regressor": (joints, vertices), "weights": (vertices, joints),
            "lmk_faces_idx": (landmarks,), "lmk_bary_coords": (landmarks, 3),
            "left_hand_mean": (_FINGER_COUNT,), "right_hand_mean": (_FINGER_COUNT,),
            "left_hand_components": (None, _FINGER_COUNT), "right_hand_components": (None, _FINGER_COUNT),
        }  # fmt: skip
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.ndim != len(shape) or any(want not in (None, size) for want, size in zip(shape, array.shape, strict=True)):
                wanted = tuple("any" if size is None else size for size in shape)
                raise InvalidInput(f"{name} has shape {array.shape} where a {self.kind} model has {wanted}.")
        for name, limit in (("faces", vertices), ("lmk_faces_idx", len(self.faces))):
            array = getattr(self, name)
            if array.size and not (array.min() >= 0 and array.max() < limit):
                raise InvalidInput(f"{name} holds an index outside 0..{limit - 1}.")
        if vertices == 0 or len(self.faces) == 0 or self.shapedirs.shape[2] < 2 * _SMALL_COUNT:
            raise InvalidInput("The model lacks vertices, faces, or ten directions each of shape and expression.")

    @property
    def expression_directions(self) -> np.ndarray:
        """(E, V, 3): the expression's part of shapedirs, found as smplx finds it."""
        full = self.shapedirs.shape[2] >= SHAPE_COUNT + EXPRESSION_COUNT
        start, count = (SHAPE_COUNT, EXPRESSION_COUNT) if full else (_SMALL_COUNT, _SMALL_COUNT)
        return np.moveaxis(self.shapedirs[:, :, start : start + count], 2, 0)


def write_model(model: BodyModelArrays, folder: Path) -> list[Path]:
    """The model's file in `folder`, and FLAME's landmarks in the file of their own that smplx asks for; returns their paths.

    They load as smplx.SMPLX(path, ext="npz", use_pca=False, num_expression_coeffs=100) and
    smplx.FLAME(folder, ext="npz", num_expression_coeffs=100).
    """
    path = folder / MODEL_FILES[model.kind]
    write_arrays(path, _file_arrays(model))
    if model.kind == "smplx":
        return [path]
    with whole_file(folder / FLAME_LANDMARK_FILE) as temporary:
        temporary.write_bytes(_flame_landmark_bytes(model))
    return [path, folder / FLAME_LANDMARK_FILE]


def smplx_layer(model: BodyModelArrays, batch_size: int = 1) -> "SMPLX | FLAME":
    """smplx's own module for the model, on the CPU, float32: all its shape and expression coefficients, hands as axis-angle.

    smplx's classes read files alone, so the arrays pass through a temporary one.
    """
    import smplx

    counts = {"num_betas": SHAPE_COUNT, "num_expression_coeffs": EXPRESSION_COUNT, "batch_size": batch_size, "ext": "npz"}
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        path = Path(folder, MODEL_FILES[model.kind])
        arrays: dict[str, Any] = _file_arrays(model)
        np.savez(path, **arrays)
        if model.kind == "smplx":
            return smplx.SMPLX(str(path), use_pca=False, flat_hand_mean=True, **counts)
        Path(folder, FLAME_LANDMARK_FILE).write_bytes(_flame_landmark_bytes(model))
        return smplx.FLAME(folder, **counts)


def _file_arrays(model: BodyModelArrays) -> dict[str, np.ndarray]:
    parents = np.array(JOINT_PARENTS[model.kind])
    arrays = {
        "v_template": model.v_template,
        "f": model.faces.astype(np.uint32),
        "shapedirs": model.shapedirs,
        # A byte each where there are no pose correctives: numpy widens them, and loading stays light.
        "posedirs": model.posedirs if model.posedirs.any() else np.zeros(model.posedirs.shape, np.int8),
        "J_regressor": model.j_regressor,
        "weights": model.weights,
        "kintree_table": np.stack([parents, np.arange(len(parents))]),
    }
    if model.kind == "flame":
        return arrays
    faces, coordinates = _landmarks(model)
    return arrays | {
        "lmk_faces_idx": faces,
        "lmk_bary_coords": coordinates,
        "hands_meanl": model.left_hand_mean,
        "hands_meanr": model.right_hand_mean,
        "hands_componentsl": model.left_hand_components,
        "hands_componentsr": model.right_hand_components,
    }


def _landmarks(model: BodyModelArrays) -> tuple[np.ndarray, np.ndarray]:
    """The landmarks, or one in the middle of the first face: smplx fails where there are none."""
    if len(model.lmk_faces_idx):
        return model.lmk_faces_idx, model.lmk_bary_coords
    return np.zeros(1, np.int64), np.full((1, 3), 1.0 / 3.0, np.float32)


def _flame_landmark_bytes(model: BodyModelArrays) -> bytes:
    """smplx reads this file as a pickle and nothing else; it holds two plain arrays."""
    faces, coordinates = _landmarks(model)
    return pickle.dumps({"lmk_face_idx": faces, "lmk_b_coords": coordinates}, protocol=2)
