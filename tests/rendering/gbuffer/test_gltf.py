"""A head made of two meshes, written as glTF by hand: textured skin with a shape key, and plain eyes placed by their node."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vivavoce.bridge.data import ARKIT_INDEX, REGION_NAMES
from vivavoce.bridge.errors import InvalidInput
from vivavoce.rendering.gbuffer import read_gltf

CORNERS = np.array([[0, 0, 0], [0.1, 0, 0], [0.1, 0.1, 0], [0, 0.1, 0]], np.float32)
UV = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
OPENED = np.array([[0, -0.02, 0], [0, -0.02, 0], [0, 0, 0], [0, 0, 0]], np.float32)


def _document() -> dict:
    picture = io.BytesIO()
    Image.fromarray(np.array([[[255, 0, 0]], [[0, 0, 255]]], np.uint8)).save(picture, "PNG")  # red above, blue below
    blocks = [
        CORNERS.tobytes(),
        UV.tobytes(),
        OPENED.tobytes(),
        np.array([0, 1, 2, 0, 2, 3], np.uint16).tobytes(),
        picture.getvalue(),
    ]
    starts = np.cumsum([0, *[len(block) for block in blocks]]).tolist()
    views = [{"buffer": 0, "byteOffset": start, "byteLength": len(block)} for start, block in zip(starts, blocks, strict=False)]
    accessors = [
        {"bufferView": index, "componentType": 5126, "count": 4, "type": kind}
        for index, kind in enumerate(("VEC3", "VEC2", "VEC3"))
    ]
    accessors.append({"bufferView": 3, "componentType": 5123, "count": 6, "type": "SCALAR"})
    data = base64.b64encode(b"".join(blocks)).decode()
    skin = {"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 3, "material": 0, "targets": [{"POSITION": 2}]}
    return {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "children": [1]}, {"mesh": 1, "translation": [0, 0, 0.5], "scale": [2, 2, 2]}],
        "meshes": [
            {"name": "Head", "primitives": [skin], "extras": {"targetNames": ["jawOpen"]}},
            {"name": "Ball", "primitives": [{"attributes": {"POSITION": 0}, "indices": 3, "material": 1}]},
        ],
        "materials": [
            {"name": "Face", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "roughnessFactor": 0.4}},
            {"name": "Eye_L", "pbrMetallicRoughness": {"baseColorFactor": [0.2, 0.4, 0.6, 1.0]}},
        ],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 4, "mimeType": "image/png"}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": starts[-1], "uri": f"data:application/octet-stream;base64,{data}"}],
    }


def _written(folder: Path, document: dict) -> Path:
    path = folder / "head.gltf"
    path.write_text(json.dumps(document))
    return path


def test_meshes_materials_and_shape_keys_are_read(tmp_path: Path):
    character = read_gltf(_written(tmp_path, _document()))
    surface = character.surface
    assert [REGION_NAMES[index] for index in surface.region] == ["skin", "skin", "eyes", "eyes"]
    np.testing.assert_allclose(surface.anchors[4:].max(axis=0), [0.2, 0.2, 0.5], rtol=1e-6)
    np.testing.assert_allclose(surface.roughness, [0.4, 0.4, 1.0, 1.0])
    opened = character.deformed(np.eye(52)[ARKIT_INDEX["jawOpen"]])
    np.testing.assert_allclose(opened[:4], CORNERS + OPENED, atol=1e-7)
    middle = np.full((1, 3), 1.0 / 3.0)
    np.testing.assert_allclose(surface.albedo(np.array([1]), middle), [[1.0, 0.0, 0.0]])  # the upper triangle is red
    np.testing.assert_allclose(surface.albedo(np.array([2]), middle), [[0.2, 0.4, 0.6]])


def test_what_cannot_be_read_is_said(tmp_path: Path):
    with pytest.raises(InvalidInput, match="no glTF file"):
        read_gltf(tmp_path / "absent.glb")
    document = _document()
    document["accessors"][0]["count"] = 4000
    with pytest.raises(InvalidInput, match="ends before"):
        read_gltf(_written(tmp_path, document))
    document = _document() | {"extensionsRequired": ["KHR_draco_mesh_compression"]}
    with pytest.raises(InvalidInput, match="compressed"):
        read_gltf(_written(tmp_path, document))
