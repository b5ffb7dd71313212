"""A head with its blend shapes as a binary glTF 2.0: one mesh, one morph target a shape."""

import json
import struct
from collections.abc import Sequence

import numpy as np

_FLOAT, _UNSIGNED_INT = 5126, 5125
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_MAGIC, _JSON_CHUNK, _BINARY_CHUNK = 0x46546C67, 0x4E4F534A, 0x004E4942


def glb_bytes(vertices: np.ndarray, triangles: np.ndarray, names: Sequence[str], offsets: np.ndarray) -> bytes:
    """vertices (V, 3) Y up and facing +Z as glTF wants them; triangles (T, 3); offsets (K, V, 3) of the shapes `names`."""
    arrays = [np.asarray(vertices, "<f4"), np.asarray(triangles, "<u4").ravel(), *np.asarray(offsets, "<f4")]
    starts = np.cumsum([0, *(array.nbytes for array in arrays)])
    views = [
        {"buffer": 0, "byteOffset": int(start), "byteLength": array.nbytes, "target": target}
        for start, array, target in zip(starts, arrays, _targets(len(arrays)), strict=False)
    ]
    targets = [{"POSITION": index} for index in range(2, len(arrays))]
    primitive = {"attributes": {"POSITION": 0}, "indices": 1, "targets": targets}
    content = {
        "asset": {"version": "2.0", "generator": "vivavoce transfer"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "head"}],
        "meshes": [{"primitives": [primitive], "weights": [0.0] * len(names), "extras": {"targetNames": list(names)}}],
        "accessors": [_accessor(index, array) for index, array in enumerate(arrays)],
        "bufferViews": views,
        "buffers": [{"byteLength": int(starts[-1])}],
    }
    text = json.dumps(content, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary = b"".join(array.tobytes() for array in arrays)
    length = 12 + 8 + len(text) + 8 + len(binary)
    head = struct.pack("<III", _MAGIC, 2, length) + struct.pack("<II", len(text), _JSON_CHUNK)
    return head + text + struct.pack("<II", len(binary), _BINARY_CHUNK) + binary


def _targets(count: int) -> list[int]:
    return [_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER] + [_ARRAY_BUFFER] * (count - 2)


def _accessor(index: int, array: np.ndarray) -> dict[str, object]:
    if array.ndim == 1:
        return {"bufferView": index, "componentType": _UNSIGNED_INT, "count": len(array), "type": "SCALAR"}
    low, high = array.min(axis=0).tolist(), array.max(axis=0).tolist()
    return {"bufferView": index, "componentType": _FLOAT, "count": len(array), "type": "VEC3", "min": low, "max": high}
