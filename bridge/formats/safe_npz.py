"""npz files from strangers: the directory and every header are checked before memory is taken, and nothing is ever unpickled.

The same functions read and write motion, models and the open human.
"""

import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from math import prod
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy_format

from ..errors import InvalidInput
from .atomic import whole_file

_MAX_MEMBERS = 4096
_MAX_HEADER_BYTES = 16 * 1024
_MAX_DIMENSIONS = 8
_CHUNK_BYTES = 1 << 20
_MAX_DEFLATE_RATIO = 1032
"""Deflate cannot make data smaller than this (zlib's technical notes): a directory that promises more is lying."""
_COMPRESS_LEVEL = 4
_PLAIN_KINDS = "biufU"
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)
_READ_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError, ValueError, SyntaxError, TypeError, KeyError, EOFError,
    OSError, OverflowError, RecursionError, MemoryError, NotImplementedError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class SizeLimits:
    """How many bytes one array and all arrays of a file may take in memory."""

    array_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class ArrayHeader:
    """What a member of an npz file says about its array."""

    shape: tuple[int, ...]
    dtype: np.dtype
    is_fortran_order: bool
    data_offset: int

    @property
    def byte_count(self) -> int:
        return prod(self.shape) * self.dtype.itemsize


def array_headers(
    path: str | os.PathLike[str], limits: SizeLimits, names: Collection[str] | None = None
) -> dict[str, ArrayHeader]:
    """The checked headers of the file's arrays, of those in `names` where given; no array is read.

    Raises InvalidInput naming file and key where the file is no npz, is damaged, or holds Python objects or too much.
    """
    with _open_archive(path, limits) as archive:
        return _checked_headers(archive, Path(path), limits, names)


def read_arrays(path: str | os.PathLike[str], limits: SizeLimits, names: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """The file's arrays by key, all of them or those in `names` that it has; members left out are not looked into.

    Raises InvalidInput as array_headers does, and where an array is cut short, damaged, or holds NaN or infinity.
    """
    with _open_archive(path, limits) as archive:
        headers = _checked_headers(archive, Path(path), limits, names)
        return {key: _array(archive, Path(path), key, header) for key, header in headers.items()}


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Writes a compressed npz file, whole or not at all; equal arrays in equal order give equal bytes."""
    with (
        whole_file(path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESS_LEVEL) as archive,
    ):
        for key, array in arrays.items():
            # A member opened by name carries zipfile's constant date (1980), not the clock's.
            with archive.open(f"{key}.npy", "w", force_zip64=True) as stream:
                npy_format.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)


@contextmanager
def _open_archive(path: str | os.PathLike[str], limits: SizeLimits) -> Iterator[zipfile.ZipFile]:
    path = Path(path)
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file. Check the name.")
    size = path.stat().st_size
    if size > limits.total_bytes:
        raise InvalidInput(f"{path}: the file has {size:,} bytes where {limits.total_bytes:,} is the limit. Split it.")
    try:
        archive = zipfile.ZipFile(path)
    except _READ_ERRORS as error:
        raise InvalidInput(f"{path}: this is not a whole npz file ({error}). Write it again, or fetch it again.") from error
    with archive:
        yield archive


def _checked_headers(
    archive: zipfile.ZipFile, path: Path, limits: SizeLimits, names: Collection[str] | None
) -> dict[str, ArrayHeader]:
    members = archive.infolist()
    _check_directory(members, path)
    headers: dict[str, ArrayHeader] = {}
    for member in members:
        key = member.filename.removesuffix(".npy")
        if names is not None and key not in names:
            continue
        headers[key] = header = _checked_header(archive, path, member)
        if header.byte_count > limits.array_bytes:
            raise InvalidInput(f"{path}: {key} claims {header.byte_count:,} bytes where {limits.array_bytes:,} is the limit.")
    total = sum(header.byte_count for header in headers.values())
    if total > limits.total_bytes:
        raise InvalidInput(f"{path}: the arrays claim {total:,} bytes where {limits.total_bytes:,} is the limit. Split the file.")
    return headers


def _check_directory(members: list[zipfile.ZipInfo], path: Path) -> None:
    if len(members) > _MAX_MEMBERS:
        raise InvalidInput(f"{path}: the file lists {len(members)} arrays where {_MAX_MEMBERS} is the limit.")
    seen: set[str] = set()
    for member in members:
        name = member.filename
        if name in seen:
            raise InvalidInput(f"{path}: {name} stands twice in the file. Write it again.")
        seen.add(name)
        if not name.endswith(".npy"):
            raise InvalidInput(f"{path}: {name!r} is not an array. An npz file holds .npy members only.")
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InvalidInput(f"{path}: {name} is encrypted or packed in an unusual way. Write it with numpy.savez_compressed.")
        if member.file_size > member.compress_size * _MAX_DEFLATE_RATIO:
            raise InvalidInput(f"{path}: {name} claims {member.file_size:,} bytes out of {member.compress_size:,}: impossible.")
    if sum(member.compress_size for member in members) > path.stat().st_size:
        raise InvalidInput(f"{path}: the members claim more bytes than the file has. It is damaged; fetch it again.")


def _checked_header(archive: zipfile.ZipFile, path: Path, member: zipfile.ZipInfo) -> ArrayHeader:
    key = member.filename.removesuffix(".npy")
    try:
        with archive.open(member) as stream:
            header = _parsed_header(stream)
    except _READ_ERRORS as error:
        raise InvalidInput(f"{path}: {key} has no readable array header ({error}). Write the file again.") from error
    if header.dtype.hasobject or header.dtype.kind not in _PLAIN_KINDS or header.dtype.subdtype is not None:
        raise InvalidInput(
            f"{path}: {key} holds {header.dtype} values. Only numbers, booleans and text are read, never Python objects: "
            "save it with allow_pickle=False."
        )
    if header.dtype.itemsize == 0 or len(header.shape) > _MAX_DIMENSIONS or any(size < 0 for size in header.shape):
        raise InvalidInput(f"{path}: {key} has an impossible shape {header.shape} of {header.dtype}.")
    if header.data_offset + header.byte_count != member.file_size:
        raise InvalidInput(
            f"{path}: {key} says shape {header.shape}, {header.byte_count:,} bytes, but "
            f"{member.file_size - header.data_offset:,} are there. The file is damaged; write or fetch it again."
        )
    return header


def _parsed_header(stream: IO[bytes]) -> ArrayHeader:
    head = BytesIO(stream.read(_MAX_HEADER_BYTES))
    version = npy_format.read_magic(head)
    read = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"npy version {version}")
    shape, is_fortran_order, dtype = read(head, max_header_size=_MAX_HEADER_BYTES)
    return ArrayHeader(tuple(int(size) for size in shape), dtype, bool(is_fortran_order), head.tell())


def _array(archive: zipfile.ZipFile, path: Path, key: str, header: ArrayHeader) -> np.ndarray:
    flat = np.empty(prod(header.shape), header.dtype)
    try:
        with archive.open(f"{key}.npy") as stream:
            stream.seek(header.data_offset)
            _fill(flat, stream)
        array = flat.reshape(header.shape, order="F" if header.is_fortran_order else "C")
    except _READ_ERRORS as error:
        raise InvalidInput(f"{path}: {key} is cut short or damaged ({error}). Write or fetch the file again.") from error
    if header.dtype.kind == "f" and not _is_finite(flat):
        raise InvalidInput(f"{path}: {key} holds NaN or infinity. Mend the values before saving.")
    if header.dtype.kind == "U" and not _is_text(flat):
        raise InvalidInput(f"{path}: {key} holds text with characters that do not exist. Write the file again.")
    return array


def _fill(flat: np.ndarray, stream: IO[bytes]) -> None:
    """Reads (N,) values into place; zipfile compares the checksum at the last byte."""
    target = flat.view(np.uint8).data
    position = 0
    while position < len(target):
        chunk = stream.read(min(_CHUNK_BYTES, len(target) - position))
        if not chunk:
            raise EOFError(f"{len(target) - position:,} bytes are missing")
        target[position : position + len(chunk)] = chunk
        position += len(chunk)


def _is_finite(flat: np.ndarray) -> bool:
    return all(np.isfinite(flat[start : start + _CHUNK_BYTES]).all() for start in range(0, flat.size, _CHUNK_BYTES))


def _is_text(flat: np.ndarray) -> bool:
    code_points = flat.view(flat.dtype.str.replace("U", "u", 1)[:2] + "4")
    first, last = _SURROGATES
    return not ((code_points > _LAST_CODE_POINT) | ((code_points >= first) & (code_points <= last))).any()
