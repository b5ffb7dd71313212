"""What `vivavoce transfer` reads and writes: landmarks from JSON, and a glTF whose bytes say what was put in."""

import json
import struct

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.commands.shaped_glb import glb_bytes
from vivavoce.commands.transfer import Transfer, head_request, landmarks_from


def test_a_glb_holds_the_mesh_and_its_morph_targets() -> None:
    vertices, triangles = np.eye(3) * 2.0, np.array([[0, 1, 2]])
    offsets = np.arange(18, dtype=np.float64).reshape(2, 3, 3)
    content = glb_bytes(vertices, triangles, ("jawOpen", "mouthClose"), offsets)
    magic, version, length, json_length = struct.unpack_from("<4sIII", content)
    assert (magic, version, length) == (b"glTF", 2, len(content))
    document = json.loads(content[20 : 20 + json_length])
    binary = content[28 + json_length :]
    assert document["meshes"][0]["extras"]["targetNames"] == ["jawOpen", "mouthClose"]
    assert document["buffers"][0]["byteLength"] == len(binary)
    arrays = [np.frombuffer(binary, "<f4" if view["byteLength"] != 12 else "<u4", view["byteLength"] // 4, view["byteOffset"])
              for view in document["bufferViews"]]  # fmt: skip
    np.testing.assert_array_equal(arrays[0].reshape(3, 3), vertices)
    np.testing.assert_array_equal(arrays[1], [0, 1, 2])
    np.testing.assert_array_equal(arrays[3].reshape(3, 3), offsets[1])
    assert document["accessors"][0]["max"] == [2.0, 2.0, 2.0]


def test_landmarks_are_points_by_name() -> None:
    np.testing.assert_array_equal(landmarks_from('{"chin": [0, 1, 2]}')["chin"], [0.0, 1.0, 2.0])
    for text in ("no json", "[1]", '{"chin": [1, 2]}', '{"chin": "low"}'):
        with pytest.raises(InvalidInput, match="landmarks"):
            landmarks_from(text)


def test_an_obj_is_read_as_it_is(tmp_path) -> None:
    pytest.importorskip("trimesh", reason="the `rendering` extra is not installed")
    points = np.random.default_rng(2).standard_normal((120, 3)).round(4)
    lines = [f"v {x} {y} {z}" for x, y, z in points] + [f"f {3 * n + 1} {3 * n + 2} {3 * n + 3}" for n in range(40)]
    path = tmp_path / "head.obj"
    path.write_text("\n".join(lines))
    request = head_request(path, {})
    np.testing.assert_allclose(request.vertices[request.triangles].reshape(-1, 3), points, atol=1e-6)


def test_paths_are_refused_before_any_work(tmp_path) -> None:
    with pytest.raises(InvalidInput, match=r"head\.txt"):
        Transfer(tmp_path / "head.txt", tmp_path)
    with pytest.raises(InvalidInput, match="no file"):
        Transfer(tmp_path / "head.npz", tmp_path)
