"""Which arrays a motion npz holds and of what shape: checked on headers alone, before any array is read."""

import os
from collections.abc import Collection, Container, Mapping

from ..data import ARKIT_NAMES, LAYER_NAMES, SMPLX_JOINT_NAMES
from ..errors import InvalidInput
from .amass_npz import EXPRESSION_KEYS, JOINTS_OF_POSE_WIDTH, RATE_KEYS
from .limits import MAX_EXPRESSION_COEFFICIENTS, MAX_FRAMES
from .safe_npz import ArrayHeader

FORMAT_VERSION = 1
LAYER_PARTS = (
    "blend_shape_weights", "blend_shape_names", "joint_rotations", "joint_names", "translation", "expression", "expression_basis",
)  # fmt: skip

_OPTIONAL_PARTS = ("translation", "expression")
_MAX_TEXT_BYTES = 16 * 1024 * 1024
_SIZES: dict[str, Container[int]] = {
    "F": range(1, MAX_FRAMES + 1),
    "K": range(len(ARKIT_NAMES) + 1),
    "J": range(len(SMPLX_JOINT_NAMES) + 1),
    "E": range(MAX_EXPRESSION_COEFFICIENTS + 1),
    "P": range(1_000_000),
    "L": range(1, len(LAYER_NAMES) + 1),
    "W": JOINTS_OF_POSE_WIDTH,
}
"""The sizes that an axis may have. One letter has one size throughout a file, but for K, J and E, which are each layer's own."""

_Shapes = Mapping[str, tuple[str, tuple[str | int, ...]]]
_CLIP_SHAPES: _Shapes = {
    "format_version": ("iu", ()),
    "fps": ("f", ()),
    "layer_names": ("U", ("L",)),
    "phoneme_symbols": ("U", ("P",)),
    "phoneme_starts_s": ("f", ("P",)),
    "phoneme_ends_s": ("f", ("P",)),
    "metadata": ("U", ()),
}
_LAYER_SHAPES: _Shapes = {
    "blend_shape_weights": ("f", ("F", "K")),
    "blend_shape_names": ("U", ("K",)),
    "joint_rotations": ("f", ("F", "J", 3)),
    "joint_names": ("U", ("J",)),
    "translation": ("f", ("F", 3)),
    "expression": ("f", ("F", "E")),
    "expression_basis": ("U", ()),
}
_AMASS_SHAPES: _Shapes = {
    "poses": ("f", ("F", "W")),
    "trans": ("f", ("F", 3)),
    **dict.fromkeys(RATE_KEYS, ("fiu", ())),
    **dict.fromkeys(EXPRESSION_KEYS, ("f", ("F", "E"))),
}
_OUR_SHAPES: _Shapes = {
    **_CLIP_SHAPES,
    **{f"{layer}.{part}": shape for layer in LAYER_NAMES for part, shape in _LAYER_SHAPES.items()},
}
OUR_KEYS: Collection[str] = _OUR_SHAPES.keys()


def check_our_headers(headers: Mapping[str, ArrayHeader], path: str | os.PathLike[str]) -> None:
    """Raises InvalidInput unless the arrays have the shapes that one clip of F frames needs."""
    held = [layer for layer in LAYER_NAMES if any(key.startswith(f"{layer}.") for key in headers)]
    parts = [part for part in LAYER_PARTS if part not in _OPTIONAL_PARTS]
    _check_present(headers, [*_CLIP_SHAPES, *(f"{layer}.{part}" for layer in held for part in parts)], path)
    _check_shapes(headers, _OUR_SHAPES, path)


def check_amass_headers(headers: Mapping[str, ArrayHeader], path: str | os.PathLike[str]) -> None:
    """Raises InvalidInput unless the file has poses of SMPL-X or SMPL-H and their frame rate, in fitting shapes."""
    rate_key = next((key for key in RATE_KEYS if key in headers), RATE_KEYS[0])
    _check_present(headers, ["poses", rate_key], path)
    _check_shapes(headers, _AMASS_SHAPES, path)


def _check_present(headers: Mapping[str, ArrayHeader], keys: Collection[str], path: str | os.PathLike[str]) -> None:
    missing = [key for key in keys if key not in headers]
    if missing:
        raise InvalidInput(f"{path}: {', '.join(missing)} is missing. This is no motion file, or not all of one: write it again.")


def _check_shapes(headers: Mapping[str, ArrayHeader], shapes: _Shapes, path: str | os.PathLike[str]) -> None:
    sizes: dict[str, int] = {}
    for key, (kinds, axes) in shapes.items():
        header = headers.get(key)
        if header is None:
            continue
        if header.dtype.kind not in kinds or len(header.shape) != len(axes) or not _fits(key, header, axes, sizes):
            known = {axis: sizes[_axis_name(key, axis)] for axis in axes if _axis_name(key, axis) in sizes}
            wanted = f"{kinds} {axes}" + (f" with {known}" if known else "")
            raise InvalidInput(f"{path}: {key} is {header.dtype} {header.shape} where {wanted} is meant. Write the file again.")
        if header.dtype.kind == "U" and header.byte_count > _MAX_TEXT_BYTES:
            raise InvalidInput(
                f"{path}: {key} claims {header.byte_count:,} bytes of text where {_MAX_TEXT_BYTES:,} is the limit."
            )


def _fits(key: str, header: ArrayHeader, axes: tuple[str | int, ...], sizes: dict[str, int]) -> bool:
    """Whether the shape agrees with `axes` and with the sizes seen so far, which it adds to."""
    return all(
        size == axis if isinstance(axis, int) else size in _SIZES[axis] and size == sizes.setdefault(_axis_name(key, axis), size)
        for axis, size in zip(axes, header.shape, strict=True)
    )


def _axis_name(key: str, axis: str | int) -> str:
    layer = key.partition(".")[0]
    return f"{layer}.{axis}" if axis in ("K", "J", "E") else str(axis)
