import struct

import numpy as np
import pytest

from vivavoce.addon.core.exr import read_exr
from vivavoce.bridge.errors import InvalidInput


def attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value


def exr_bytes(channels: dict[str, np.ndarray], compression: int = 0) -> bytes:
    """A file as the standard has it: lines in order, in each the channels by name."""
    height, width = next(iter(channels.values())).shape
    names = sorted(channels)
    kinds = {np.dtype("f2"): 1, np.dtype("f4"): 2}
    table = b"".join(name.encode() + b"\0" + struct.pack("<iiii", kinds[channels[name].dtype], 0, 1, 1) for name in names) + b"\0"
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    head = struct.pack("<ii", 20000630, 2)
    head += attribute("channels", "chlist", table) + attribute("compression", "compression", bytes([compression]))
    head += attribute("dataWindow", "box2i", window) + b"\0"
    lines = [b"".join(channels[name][row].tobytes() for name in names) for row in range(height)]
    size = 8 + len(lines[0])
    offsets = [len(head) + 8 * height + size * row for row in range(height)]
    return head + struct.pack(f"<{height}q", *offsets) + b"".join(
        struct.pack("<ii", row, len(line)) + line for row, line in enumerate(lines)
    )  # fmt: skip


def test_channels_come_back(tmp_path):
    rng = np.random.default_rng(1)
    made = {"Layer.Depth.Z": rng.random((3, 5)).astype("f4"), "Layer.Combined.R": rng.random((3, 5)).astype("f2")}
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes(made))
    read = read_exr(path)
    assert read.keys() == made.keys()
    for name, values in made.items():
        np.testing.assert_array_equal(read[name], values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data[:-3], "cut short"),
        (lambda data: b"\0" * 4 + data[4:], "no OpenEXR file"),
        (lambda data: data[:4] + struct.pack("<i", 0x202) + data[8:], "no OpenEXR file"),
        (lambda data: data[:30], "no OpenEXR file"),
    ],
)
def test_what_is_no_plain_file_is_refused(tmp_path, change, message):
    path = tmp_path / "a.exr"
    path.write_bytes(change(exr_bytes({"Z": np.ones((2, 2), "f4")})))
    with pytest.raises(InvalidInput, match=message):
        read_exr(path)


def test_compression_is_refused(tmp_path):
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes({"Z": np.ones((2, 2), "f4")}, compression=3))
    with pytest.raises(InvalidInput, match="compressed"):
        read_exr(path)
