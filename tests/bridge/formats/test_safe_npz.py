"""Hostile npz files: each is refused with its name and key, and before memory is taken for what it claims."""

import io
import pickle
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.safe_npz import SizeLimits, array_headers, read_arrays, write_arrays

LIMITS = SizeLimits(array_bytes=1 << 20, total_bytes=1 << 21)


def npy_bytes(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def npy_header(text: str, version: tuple[int, int] = (1, 0)) -> bytes:
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text.encode("latin1")


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def assert_refused(path: Path, *words: str) -> None:
    tracemalloc.start()
    with pytest.raises(InvalidInput) as caught:
        read_arrays(path, LIMITS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    message = str(caught.value)
    assert str(path) in message
    assert all(word in message for word in words), message
    assert peak < 8 << 20


ARRAYS = {
    "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
    "fortran order": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "scalar": np.array(2.5),
    "empty": np.zeros((0, 3)),
    "names": np.array(["jaw", "ɑ̃"]),
    "text": np.array("text"),
    "no names": np.array([], np.str_),
    "booleans": np.array([True, False]),
    "big endian": np.arange(5, dtype=">i4"),
    "halves": np.float16([1, 2]),
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_arrays_come_back_as_written(tmp_path, array):
    write_arrays(tmp_path / "a.npz", {"key": array})
    read = read_arrays(tmp_path / "a.npz", LIMITS)["key"]
    assert read.dtype == array.dtype
    assert read.shape == array.shape
    assert np.array_equal(read, array)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as numpy_read:
        assert np.array_equal(numpy_read["key"], array)


def test_numpys_own_files_are_read(tmp_path):
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "a.npz", numbers=np.arange(3), names=np.array(["a"]))
        assert set(read_arrays(tmp_path / "a.npz", LIMITS)) == {"numbers", "names"}


def test_equal_arrays_give_equal_bytes_whatever_their_memory_order(tmp_path):
    array = np.arange(6.0).reshape(2, 3)
    write_arrays(tmp_path / "a.npz", {"key": array})
    write_arrays(tmp_path / "b.npz", {"key": np.asfortranarray(array)})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_python_objects_are_never_written(tmp_path):
    with pytest.raises(ValueError, match="Object arrays"):
        write_arrays(tmp_path / "a.npz", {"key": np.array([{}], dtype=object)})
    assert not list(tmp_path.iterdir())


def test_members_that_are_not_asked_for_are_not_looked_into(tmp_path):
    np.savez(tmp_path / "a.npz", wanted=np.arange(3), other=np.array([{}], dtype=object))
    assert set(read_arrays(tmp_path / "a.npz", LIMITS, names=("wanted", "absent"))) == {"wanted"}
    assert_refused(tmp_path / "a.npz", "other", "object")


class Evil:
    def __reduce__(self):
        return pytest.fail, ("a pickle was run",)


def test_pickles_are_refused_unread(tmp_path):
    np.savez(tmp_path / "a.npz", key=np.array([Evil()], dtype=object))
    assert_refused(tmp_path / "a.npz", "key", "Python objects")
    assert_refused(write_zip(tmp_path / "b.npz", {"key.npy": pickle.dumps(Evil())}), "key", "header")
    structured = "{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,)}"
    assert_refused(write_zip(tmp_path / "c.npz", {"key.npy": npy_header(structured) + bytes(8)}), "key")


@pytest.mark.parametrize("size", [10_000_000_000, 2**63, 2**80])
def test_a_header_that_claims_more_than_is_there_takes_no_memory(tmp_path, size):
    header = npy_header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({size},)}}")
    assert_refused(write_zip(tmp_path / "a.npz", {"key.npy": header + bytes(64)}), "key", "bytes")


def test_a_bomb_takes_no_memory(tmp_path):
    header = npy_header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({64 << 20},)}}")
    assert_refused(write_zip(tmp_path / "a.npz", {"key.npy": header + bytes(64 << 20)}), "key", "limit")


def test_many_small_arrays_are_limited_together(tmp_path):
    write_arrays(tmp_path / "a.npz", {f"key{index}": np.zeros(1 << 19, np.uint8) for index in range(5)})
    assert_refused(tmp_path / "a.npz", "limit")


def test_a_header_as_long_as_a_book_is_refused(tmp_path):
    long = npy_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}" + " " * (4 << 20), version=(2, 0))
    assert_refused(write_zip(tmp_path / "a.npz", {"key.npy": long + bytes(4)}), "key", "header")


def described(descr: str, shape: str) -> str:
    return f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}"


NONSENSE = {
    "negative": described("<f4", "(-1,)"),
    "nothing times negative": described("<f4", "(0, -5)"),
    "no tuple": described("<f4", "4"),
    "many axes": described("<f4", f"(0, {'1, ' * 40})"),
    "empty but endless": described("<f4", "(0, 99999999999999999999999)"),
    "unknown type": described("nonsense", "(1,)"),
    "complex": described("<c8", "(0,)"),
    "dates": described("<M8[s]", "(0,)"),
    "bytes": described("|S4", "(0,)"),
    "text of no length": described("<U0", "(5,)"),
    "key missing": "{'descr': '<f4', 'shape': (1,)}",
    "deep": "[" * 5000,
    "cut short": "{",
    "blank": "",
    "code": "__import__('os')",
    "bytes of nothing": "\x00\xff",
}


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_headers_are_refused(tmp_path, text):
    assert_refused(write_zip(tmp_path / "a.npz", {"key.npy": npy_header(text)}), "key")


def test_unknown_npy_versions_are_refused(tmp_path):
    assert_refused(write_zip(tmp_path / "a.npz", {"key.npy": b"\x93NUMPY\x09\x00" + bytes(100)}), "key", "version")


def test_files_that_are_no_npz_are_refused(tmp_path):
    for name, data in {"empty": b"", "text": b"hello", "npy": npy_bytes(np.zeros(3)), "zip": b"PK\x03\x04" + bytes(100)}.items():
        (tmp_path / name).write_bytes(data)
        assert_refused(tmp_path / name, "npz")
    assert_refused(tmp_path / "absent.npz", "no such file")
    assert_refused(tmp_path, "no such file")
    assert_refused(write_zip(tmp_path / "notes.npz", {"readme.txt": b"hello"}), "readme.txt")


def test_a_file_beyond_the_total_limit_is_not_even_opened(tmp_path):
    (tmp_path / "a.npz").write_bytes(bytes(LIMITS.total_bytes + 1))
    assert_refused(tmp_path / "a.npz", "limit")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for _ in range(2):
            archive.writestr("key.npy", npy_bytes(np.zeros(3)))
    assert_refused(tmp_path / "a.npz", "key", "twice")


def test_every_truncation_is_refused(tmp_path):
    write_arrays(tmp_path / "a.npz", {"key": np.arange(40.0), "names": np.array(["a", "b"])})
    whole = (tmp_path / "a.npz").read_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "a.npz").write_bytes(whole[:length])
        assert_refused(tmp_path / "a.npz")


def test_flipped_bits_never_raise_anything_else(tmp_path):
    rng = np.random.default_rng(0)
    write_arrays(tmp_path / "a.npz", {"key": np.arange(40.0), "names": np.array(["a", "b"])})
    whole = np.frombuffer((tmp_path / "a.npz").read_bytes(), np.uint8)
    refused = 0
    for _ in range(400):
        damaged = whole.copy()
        damaged[rng.integers(len(whole), size=3)] ^= rng.integers(1, 256, size=3, dtype=np.uint8)
        (tmp_path / "a.npz").write_bytes(damaged.tobytes())
        try:
            read_arrays(tmp_path / "a.npz", LIMITS)
        except InvalidInput:
            refused += 1
    assert refused > 300


def test_a_directory_that_lies_about_sizes_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.npz", {"key.npy": npy_bytes(np.zeros(1000))})
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    for offset, claim in ((24, 10_000_000), (20, 1 << 30), (24, 100)):
        damaged = data.copy()
        damaged[directory + offset : directory + offset + 4] = struct.pack("<I", claim)
        path.write_bytes(damaged)
        assert_refused(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(tmp_path, value):
    for dtype in (np.float16, np.float32, np.float64):
        write_arrays(tmp_path / "a.npz", {"key": np.array([0.0, value], dtype)})
        assert_refused(tmp_path / "a.npz", "key", "NaN")


@pytest.mark.parametrize("code_point", [0x110000, 0xD800, 0xFFFFFFFF])
def test_text_of_impossible_characters_is_refused(tmp_path, code_point):
    for order in "<>":
        header = npy_header(f"{{'descr': '{order}U1', 'fortran_order': False, 'shape': (1,)}}")
        data = header + struct.pack(f"{order}I", code_point)
        assert_refused(write_zip(tmp_path / "a.npz", {"key.npy": data}), "key", "characters")


def test_headers_are_told_without_reading_arrays(tmp_path):
    write_arrays(tmp_path / "a.npz", {"key": np.zeros((3, 2), np.float32)})
    header = array_headers(tmp_path / "a.npz", LIMITS)["key"]
    assert (header.shape, header.dtype, header.byte_count) == ((3, 2), np.float32, 24)
