"""Reads the model.bin of CTranslate2: named arrays behind a small header."""

import struct
from pathlib import Path

import numpy as np

from ...bridge.errors import InvalidInput

_DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_VERSION = 6
_MAX_BYTES = 1 << 30
_MAX_RANK = 8


def read_ctranslate2(path: Path, prefix: str = "") -> dict[str, np.ndarray]:
    """The arrays whose names start with `prefix`, without it. Raises InvalidInput for anything but a whole, plain file."""
    if not path.is_file() or path.stat().st_size > _MAX_BYTES:
        raise InvalidInput(f"{path} is not a CTranslate2 model of at most 1 GiB.")
    reader = _Reader(path.read_bytes())
    try:
        version = reader.number("I")
        if version != _VERSION:
            raise InvalidInput(f"{path} is not a CTranslate2 model of version {_VERSION}; it begins with {version}.")
        reader.text()
        reader.number("I")
        arrays = dict(reader.array() for _ in range(reader.number("I")))
    except (struct.error, UnicodeDecodeError, ValueError, KeyError) as error:
        raise InvalidInput(f"{path} is damaged: {error}. Install or copy the model again.") from error
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


class _Reader:
    """A position in the file's bytes; all numbers are little-endian."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def number(self, code: str) -> int:
        (value,) = struct.unpack_from(f"<{code}", self.data, self.offset)
        self.offset += struct.calcsize(code)
        return value

    def text(self) -> str:
        size = self.number("H")
        text = self.data[self.offset : self.offset + size].rstrip(b"\0").decode()
        self.offset += size
        return text

    def array(self) -> tuple[str, np.ndarray]:
        name, rank = self.text(), self.number("B")
        if rank > _MAX_RANK:
            raise ValueError(f"{name!r} has {rank} dimensions")
        shape = [self.number("I") for _ in range(rank)]
        dtype = np.dtype(_DTYPES[self.number("B")])
        byte_count = self.number("I")
        values = np.frombuffer(self.data, dtype, byte_count // dtype.itemsize, self.offset).reshape(shape)
        self.offset += byte_count
        return name, values
