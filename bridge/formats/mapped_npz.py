"""Large arrays from an uncompressed npz file without reading them: the way of a G-buffer from one process to the next."""

import os
import struct
import zipfile
from pathlib import Path

import numpy as np

from ..errors import InvalidInput
from .safe_npz import ArrayHeader, SizeLimits, array_headers

_LOCAL_HEADER_BYTES = 30
_NAME_LENGTHS = struct.Struct("<26xHH")
"""Lengths of name and extra field at the end of a zip file's local header (APPNOTE.TXT, 4.3.7)."""


def mapped_arrays(path: str | os.PathLike[str], limits: SizeLimits) -> dict[str, np.ndarray]:
    """The file's arrays by key, read-only and mapped: their pages come from the disk's cache when they are used.

    Checksums are not compared, nor is NaN looked for. Raises InvalidInput as array_headers does, and where an array is packed.
    """
    path = Path(path)
    headers = array_headers(path, limits)
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        arrays = {}
        for member in archive.infolist():
            key = member.filename.removesuffix(".npy")
            if member.compress_type != zipfile.ZIP_STORED:
                raise InvalidInput(f"{path}: {key} is packed and cannot be mapped. Write it with numpy.savez.")
            file.seek(member.header_offset)
            local_header = file.read(_LOCAL_HEADER_BYTES)
            start = member.header_offset + _LOCAL_HEADER_BYTES + sum(_NAME_LENGTHS.unpack(local_header))
            arrays[key] = _mapped(path, headers[key], start + headers[key].data_offset)
        return arrays


def _mapped(path: Path, header: ArrayHeader, offset: int) -> np.ndarray:
    """(...) array at a place in the file; an empty one has no pages that could be mapped."""
    if header.byte_count == 0:
        return np.empty(header.shape, header.dtype)
    order = "F" if header.is_fortran_order else "C"
    return np.memmap(path, header.dtype, "r", offset, header.shape, order)
