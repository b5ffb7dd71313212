"""What a glTF 2.0 file holds: its JSON, its accessors as arrays, its pictures, and where its nodes stand."""

import base64
import io
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

_GLB_MAGIC, _JSON_CHUNK = b"glTF", 0x4E4F534A
_TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_UNREADABLE = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")


class GltfFile:
    """A .glb, or a .gltf with its neighbours. A damaged one raises ValueError, KeyError, IndexError, OSError or struct.error."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        self._folder, self._binary = path.parent, b""
        self._buffers: dict[int, bytes] = {}
        if content[:4] == _GLB_MAGIC:
            length, kind = struct.unpack("<II", content[12:20])
            if kind != _JSON_CHUNK:
                raise ValueError("its first chunk is not JSON")
            self._binary = content[20 + length + 8 :]
            content = content[20 : 20 + length]
        self.document: dict[str, Any] = json.loads(content)
        packed = set(self.document.get("extensionsRequired", ())) & set(_UNREADABLE)
        if packed:
            raise ValueError(f"it is compressed by {', '.join(packed)}")

    def array(self, index: int) -> np.ndarray:
        """An accessor, (N,) or (N, C); normed integers as 0..1."""
        accessor = self.document["accessors"][index]
        width, kind = _WIDTHS[accessor["type"]], np.dtype(_TYPES[accessor["componentType"]])
        values = np.zeros((accessor["count"], width), kind)
        if "bufferView" in accessor:
            values = self._view(accessor["bufferView"], accessor.get("byteOffset", 0), accessor["count"], width, kind)
        if "sparse" in accessor:
            sparse = accessor["sparse"]
            rows, given = sparse["indices"], sparse["values"]
            kept = self._view(
                rows["bufferView"], rows.get("byteOffset", 0), sparse["count"], 1, np.dtype(_TYPES[rows["componentType"]])
            )
            values = values.copy()
            values[kept[:, 0]] = self._view(given["bufferView"], given.get("byteOffset", 0), sparse["count"], width, kind)
        if accessor.get("normalized"):
            values = values.astype(np.float32) / np.iinfo(kind).max
        return values[:, 0] if width == 1 else values

    def picture(self, texture: int) -> np.ndarray:
        """(h, w, 3) sRGB 0..1 of a texture."""
        from PIL import Image

        image = self.document["images"][self.document["textures"][texture]["source"]]
        data = self._bytes_of_view(image["bufferView"]) if "bufferView" in image else self._named(image["uri"])
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float32) / 255.0

    def placed_meshes(self) -> Iterator[tuple[dict[str, Any], str, np.ndarray]]:
        """Each node's mesh in the scene, the node's name, and its place (4, 4); a skinned mesh stays where it was bound."""
        document = self.document
        scene = document["scenes"][document.get("scene", 0)]
        waiting = [(index, np.eye(4)) for index in scene["nodes"]]
        while waiting:
            index, parent = waiting.pop()
            node = document["nodes"][index]
            place = parent @ _matrix(node)
            waiting += [(child, place) for child in node.get("children", ())]
            if "mesh" in node:
                yield document["meshes"][node["mesh"]], node.get("name", ""), np.eye(4) if "skin" in node else place

    def _view(self, view: int, offset: int, count: int, width: int, kind: np.dtype) -> np.ndarray:
        stride = self.document["bufferViews"][view].get("byteStride", width * kind.itemsize)
        data = self._bytes_of_view(view)
        if offset + stride * (count - 1) + width * kind.itemsize > len(data):
            raise ValueError("it ends before its arrays do")
        return np.ndarray((count, width), kind, data, offset, (stride, kind.itemsize))

    def _bytes_of_view(self, index: int) -> bytes:
        view = self.document["bufferViews"][index]
        start = view.get("byteOffset", 0)
        return self._buffer(view["buffer"])[start : start + view["byteLength"]]

    def _buffer(self, index: int) -> bytes:
        if index not in self._buffers:
            uri = self.document["buffers"][index].get("uri")
            self._buffers[index] = self._binary if uri is None else self._named(uri)
        return self._buffers[index]

    def _named(self, uri: str) -> bytes:
        """What a data URI holds, or a file beside this one."""
        if uri.startswith("data:"):
            return base64.b64decode(uri.partition(",")[2])
        if Path(uri).is_absolute() or ".." in Path(uri).parts:
            raise ValueError(f"it names a file outside of its folder: {uri}")
        return (self._folder / uri).read_bytes()


def _matrix(node: dict[str, Any]) -> np.ndarray:
    """A node's place against its parent, (4, 4)."""
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    place = np.eye(4)
    place[:3, :3] = turn * node.get("scale", (1.0, 1.0, 1.0))
    place[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return place
