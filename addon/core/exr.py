"""Uncompressed OpenEXR files with many layers, read with numpy alone: Blender's Python brings no library for them."""

import struct
from pathlib import Path

import numpy as np

from ...bridge.errors import InvalidInput

_MAGIC = 20000630
_TILED_OR_PARTS = 0x200 | 0x1000
_TYPES = {0: np.dtype("<u4"), 1: np.dtype("<f2"), 2: np.dtype("<f4")}


def read_exr(path: Path) -> dict[str, np.ndarray]:
    """Channel by its full name -> (H, W). Raises InvalidInput where the file is compressed, tiled, in parts or damaged."""
    data = path.read_bytes()
    try:
        attributes, start = _header(data)
        channels = _channels(attributes["channels"])
        left, top, right, bottom = struct.unpack("<4i", attributes["dataWindow"])
    except (struct.error, KeyError, IndexError, ValueError) as error:
        raise InvalidInput(f"{path.name} is no OpenEXR file with plain lines ({error}).") from error
    if attributes["compression"] != b"\0":
        raise InvalidInput(f"{path.name} is compressed: save it with the codec None.")
    width, height = right - left + 1, bottom - top + 1
    line = np.dtype([("row", "<i4"), ("size", "<i4"), *((name, kind, (width,)) for name, kind in channels)])
    offset = start + 8 * height
    if len(data) < offset + height * line.itemsize:
        raise InvalidInput(f"{path.name} is cut short.")
    lines = np.frombuffer(data, line, height, offset)
    lines = lines[np.argsort(lines["row"])]
    return {name: np.ascontiguousarray(lines[name]) for name, _ in channels}


def _header(data: bytes) -> tuple[dict[str, bytes], int]:
    """The attributes by name, and where what follows them starts."""
    magic, version = struct.unpack_from("<ii", data)
    if magic != _MAGIC or version & _TILED_OR_PARTS:
        raise ValueError("wrong kind")
    attributes, place = {}, 8
    while data[place]:
        name, place = _text(data, place)
        _, place = _text(data, place)
        (size,) = struct.unpack_from("<i", data, place)
        attributes[name] = data[place + 4 : place + 4 + size]
        place += 4 + size
    return attributes, place + 1


def _channels(table: bytes) -> list[tuple[str, np.dtype]]:
    """Names and types in the order in which a line holds them."""
    channels, place = [], 0
    while table[place]:
        name, place = _text(table, place)
        kind, _, across, down = struct.unpack_from("<iiii", table, place)
        if (across, down) != (1, 1):
            raise ValueError("channels of several sizes")
        channels.append((name, _TYPES[kind]))
        place += 16
    return channels


def _text(data: bytes, place: int) -> tuple[str, int]:
    """A text that ends in a zero, and where the next thing starts."""
    end = data.index(b"\0", place)
    return data[place:end].decode("utf-8"), end + 1
