from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.mapped_npz import mapped_arrays
from vivavoce.bridge.formats.safe_npz import SizeLimits
from vivavoce.bridge.sending import npz_steps

LIMITS = SizeLimits(array_bytes=1 << 20, total_bytes=1 << 21)
ARRAYS = {
    "depth": np.random.default_rng(0).random((40, 30), np.float32), "ids": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "none": np.zeros((0, 3)), "one": np.array(7, np.uint8), "näme": np.ones((3, 3))[:, ::2],
}  # fmt: skip


@pytest.mark.parametrize("writer", ["numpy", "steps"])
def test_mapped_arrays_are_those_that_were_written(writer: str, tmp_path: Path):
    path = tmp_path / "arrays.npz"
    if writer == "numpy":
        np.savez(path, **ARRAYS)
    else:
        with path.open("wb") as file:
            assert all(npz_steps(file, ARRAYS))
    mapped = mapped_arrays(path, LIMITS)
    assert list(mapped) == list(ARRAYS)
    for key, values in ARRAYS.items():
        np.testing.assert_array_equal(mapped[key], values)
        assert mapped[key].dtype == values.dtype


def test_mapped_arrays_cannot_be_written_to(tmp_path: Path):
    np.savez(tmp_path / "arrays.npz", **ARRAYS)
    with pytest.raises(ValueError, match="read-only"):
        mapped_arrays(tmp_path / "arrays.npz", LIMITS)["depth"][0] = 0


def test_packed_arrays_are_refused(tmp_path: Path):
    np.savez_compressed(tmp_path / "arrays.npz", **ARRAYS)
    with pytest.raises(InvalidInput, match="packed"):
        mapped_arrays(tmp_path / "arrays.npz", LIMITS)


@pytest.mark.parametrize("position", range(0, 1300, 37))
def test_a_damaged_file_is_refused_or_maps_within_itself(position: int, tmp_path: Path):
    path = tmp_path / "arrays.npz"
    np.savez(path, a=np.arange(100), b=np.ones((3, 4)))
    content = bytearray(path.read_bytes())
    content[position % len(content)] ^= 0xFF
    path.write_bytes(content)
    try:
        mapped = mapped_arrays(path, LIMITS)
    except InvalidInput:
        return
    for values in mapped.values():
        values.sum()
