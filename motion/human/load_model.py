"""Reads the user's own licensed FLAME and SMPL-X files, and ours, into BodyModelArrays."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from ...bridge.errors import InvalidInput, ModelMissing
from ...bridge.formats.safe_npz import SizeLimits, read_arrays
from .array_pickle import read_pickled_arrays
from .body_model import FLAME_LANDMARK_FILE, JOINT_PARENTS, BodyModelArrays, ModelKind

_LIMITS = SizeLimits(array_bytes=512 << 20, total_bytes=1 << 30)
_NEEDED_KEYS = {
    "v_template": "v_template", "f": "faces", "shapedirs": "shapedirs", "posedirs": "posedirs", "J_regressor": "j_regressor",
    "weights": "weights",
}  # fmt: skip
_OPTIONAL_KEYS = {
    "lmk_faces_idx": "lmk_faces_idx", "lmk_bary_coords": "lmk_bary_coords", "hands_meanl": "left_hand_mean",
    "hands_meanr": "right_hand_mean", "hands_componentsl": "left_hand_components", "hands_componentsr": "right_hand_components",
}  # fmt: skip
_LANDMARK_KEYS = {"lmk_face_idx": "lmk_faces_idx", "lmk_b_coords": "lmk_bary_coords"}
_INDEX_FIELDS = ("faces", "lmk_faces_idx")
_KNOWN_FILES = tuple(
    f"{name}.{suffix}"
    for name in (
        "SMPLX_NEUTRAL",
        "SMPLX_NEUTRAL_2020",
        "SMPLX_FEMALE",
        "SMPLX_MALE",
        "FLAME_NEUTRAL",
        "generic_model",
        "flame2023",
    )
    for suffix in ("npz", "pkl")
)
_WHERE_FROM = (
    "FLAME and SMPL-X files come from flame.is.tue.mpg.de and smpl-x.is.tue.mpg.de after signing up; "
    "the open human needs none: `vivavoce export-model` writes it in the same layouts."
)


def load_model(path: Path) -> BodyModelArrays:
    """The model in a .npz or .pkl file as its makers hand it out, or in a folder that holds one under its usual name.

    FLAME's landmarks are taken from flame_static_embedding.pkl beside it, where that stands. Raises ModelMissing where there is
    no such file, InvalidInput where it is damaged, too large, asks for code to be run, or is another kind of model.
    """
    path = _model_file(path)
    keys = (*_NEEDED_KEYS, *_OPTIONAL_KEYS, "kintree_table")
    if path.suffix == ".npz":
        arrays = read_arrays(path, _LIMITS, keys)
    elif path.suffix == ".pkl":
        arrays = read_pickled_arrays(path, _LIMITS, keys)
    else:
        raise InvalidInput(f"{path}: a body model is a .npz or a .pkl file.")
    missing = [key for key in (*_NEEDED_KEYS, "kintree_table") if key not in arrays]
    if missing:
        raise InvalidInput(f"{path} is no body model: it lacks {', '.join(missing)}.")
    kind = _kind(path, arrays["kintree_table"])
    named = {name: arrays[key] for key, name in (_NEEDED_KEYS | _OPTIONAL_KEYS).items() if key in arrays}
    landmarks = path.with_name(FLAME_LANDMARK_FILE)
    if kind == "flame" and "lmk_faces_idx" not in named and landmarks.is_file():
        pickled = read_pickled_arrays(landmarks, _LIMITS, _LANDMARK_KEYS)
        named |= {name: pickled[key] for key, name in _LANDMARK_KEYS.items() if key in pickled}
    try:
        return BodyModelArrays(kind, **_converted(named))
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error} Fetch the file again, or give another.") from error


def _model_file(path: Path) -> Path:
    if path.is_dir():
        found = [path / name for name in _KNOWN_FILES if (path / name).is_file()]
        if not found:
            raise ModelMissing(f"No FLAME or SMPL-X model in {path}: looked for {', '.join(_KNOWN_FILES)}. {_WHERE_FROM}")
        return found[0]
    if not path.is_file():
        raise ModelMissing(f"No body model at {path}. {_WHERE_FROM}")
    return path


def _kind(path: Path, kintree_table: np.ndarray) -> ModelKind:
    """FLAME or SMPL-X, by the joints' parents; the root's is -1 or, unsigned, the largest number."""
    if kintree_table.ndim == 2 and len(kintree_table) == 2 and kintree_table.dtype.kind in "iuf":
        parents = (-1, *(int(parent) for parent in kintree_table[0, 1:]))
        for kind in ("flame", "smplx"):
            if parents == JOINT_PARENTS[kind]:
                return kind
    raise InvalidInput(f"{path}: its joints are neither FLAME's 5 nor SMPL-X's 55. SMPL, SMPL-H and MANO have no face to move.")


def _converted(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Plain float32 and int64, read-only; what float32 cannot hold is refused."""
    converted: dict[str, Any] = {}
    for name in (field.name for field in fields(BodyModelArrays) if field.name in arrays):
        array = arrays[name]
        if array.dtype.kind not in "biuf":
            raise InvalidInput(f"{name} holds {array.dtype} values where numbers are meant.")
        with np.errstate(over="ignore", invalid="ignore"):
            plain = array.astype(np.int64 if name in _INDEX_FIELDS else np.float32)
        if not np.isfinite(plain).all():
            raise InvalidInput(f"{name} holds values that are not finite float32 numbers.")
        if name in _INDEX_FIELDS and not np.array_equal(plain, array):
            raise InvalidInput(f"{name} holds numbers that are no whole indices.")
        plain.setflags(write=False)
        converted[name] = plain
    return converted
