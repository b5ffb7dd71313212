"""The open human's file: one compact npz, its sparse blend shapes stored as whole multiples of a small length."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from ..data.open_human import OpenHuman
from ..errors import InvalidInput, ModelMissing
from .safe_npz import SizeLimits, read_arrays, write_arrays

OPEN_HUMAN_PATH = Path(__file__).parents[2] / "addon" / "assets" / "open_human.npz"
FORMAT_VERSION = 1
OFFSET_UNIT_M = 2e-6
"""Blend shape offsets are stored as int16 multiples of this: two micrometres, up to 65 mm."""
_LIMITS = SizeLimits(array_bytes=128 << 20, total_bytes=256 << 20)
_NAME_FIELDS = ("part_names", "region_names", "material_names", "blend_shape_names", "joint_names")
_TEXT_FIELDS = ("license", "source")


def load_open_human(path: Path | None = None) -> OpenHuman:
    """Read an open human file, by default the bundled one.

    Raises ModelMissing where there is none, InvalidInput for a bad one.
    """
    path = OPEN_HUMAN_PATH if path is None else path
    if not path.is_file():
        raise ModelMissing(f"No open human at {path}. Make it with `vivavoce bake-human`, or install the project again.")
    arrays = read_arrays(path, _LIMITS)
    version = int(arrays.pop("format_version", np.array(0)))
    if version != FORMAT_VERSION:
        raise InvalidInput(f"{path.name} has format {version}; this version reads {FORMAT_VERSION}. Bake it again.")
    missing = [field.name for field in fields(OpenHuman) if field.name not in arrays]
    if missing:
        raise InvalidInput(f"{path.name} is not an open human file: it lacks {', '.join(missing)}.")
    human = OpenHuman(**{field.name: _field_value(field.name, arrays[field.name]) for field in fields(OpenHuman)})
    _check(human, path.name)
    return human


def write_open_human(path: Path, human: OpenHuman) -> None:
    """Write a file that `load_open_human` reads, whole or not at all; lengths of blend shapes are rounded to OFFSET_UNIT_M."""
    arrays = {field.name: np.asarray(getattr(human, field.name)) for field in fields(OpenHuman)}
    offsets = np.clip(np.round(human.blend_shape_offsets / OFFSET_UNIT_M), -32767, 32767)
    arrays["blend_shape_offsets"] = offsets.astype(np.int16)
    write_arrays(path, {**arrays, "format_version": np.array(FORMAT_VERSION)})


def _field_value(name: str, array: np.ndarray) -> Any:
    if name in _NAME_FIELDS:
        return tuple(str(item) for item in array.ravel())
    if name in _TEXT_FIELDS:
        return str(array)
    if name == "blend_shape_offsets" and array.ndim == 2 and array.dtype == np.int16:
        array = array * np.float32(OFFSET_UNIT_M)
    if array.dtype.kind == "f":
        array = array.astype(np.float32)
    if name == "skin_weights":
        array = array / array.sum(axis=-1, keepdims=True)
    array.setflags(write=False)
    return array


def _check(human: OpenHuman, file_name: str) -> None:
    """Shapes agree and every index points at something."""
    counts = {"V": len(human.vertices), "F": len(human.faces), "J": len(human.joint_names), "K": len(human.blend_shape_names)}
    counts |= {"N": len(human.blend_shape_indices), "K+1": counts["K"] + 1, "P": len(human.lip_pairs)}
    shapes = {
        "vertices": ("V", 3), "faces": ("F", 4), "face_part": ("F",), "face_material": ("F",), "vertex_region": ("V",),
        "vertex_color": ("V", 3),
        "uv": ("F", 4, 2), "blend_shape_starts": ("K+1",), "blend_shape_indices": ("N",), "blend_shape_offsets": ("N", 3),
        "joint_parents": ("J",), "joint_positions": ("J", 3), "skin_joints": ("V", 4), "skin_weights": ("V", 4),
        "lip_pairs": ("P", 2),
    }  # fmt: skip
    for name, shape in shapes.items():
        wanted = tuple(counts[size] if isinstance(size, str) else size for size in shape)
        if getattr(human, name).shape != wanted:
            raise InvalidInput(f"{file_name}: {name} has shape {getattr(human, name).shape} where {wanted} is meant.")
    limits = {
        "faces": counts["V"], "blend_shape_indices": counts["V"], "lip_pairs": counts["V"], "skin_joints": counts["J"],
        "face_part": len(human.part_names), "face_material": len(human.material_names), "vertex_region": len(human.region_names),
        "blend_shape_starts": counts["N"] + 1,
    }  # fmt: skip
    for name, limit in limits.items():
        array = getattr(human, name)
        if array.dtype.kind not in "iu" or (array.size and not (array.min() >= 0 and array.max() < limit)):
            raise InvalidInput(f"{file_name}: {name} holds an index outside 0..{limit - 1}.")
    if np.any(np.diff(human.blend_shape_starts.astype(np.int64)) < 0) or np.any(human.joint_parents >= np.arange(counts["J"])):
        raise InvalidInput(f"{file_name}: blend shapes or joints are out of order; a parent must come before its children.")
