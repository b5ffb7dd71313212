"""Pickles as FLAME and SMPL-X come in are read; pickles that want more than arrays are refused, and run nothing."""

import builtins
import os
import pickle
import struct
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.safe_npz import SizeLimits
from vivavoce.motion.human.array_pickle import read_pickled_arrays

LIMITS = SizeLimits(array_bytes=1 << 20, total_bytes=1 << 20)
PROTOCOLS = (0, 1, 2, 4, 5)


def read(path: Path, content: bytes, *names: str) -> dict[str, np.ndarray]:
    path.write_bytes(content)
    return read_pickled_arrays(path, LIMITS, names or ("values",))


@pytest.fixture
def chumpy(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """Classes that pickle under chumpy's names, with the state that chumpy leaves in files."""
    classes = {}
    monkeypatch.setitem(sys.modules, "chumpy", types.ModuleType("chumpy"))
    for module_name, name in (("chumpy.ch", "Ch"), ("chumpy.reordering", "Select")):
        module = types.ModuleType(module_name)
        classes[name] = type(name, (), {"__module__": module_name, "__init__": lambda self, **state: vars(self).update(state)})
        setattr(module, name, classes[name])
        monkeypatch.setitem(sys.modules, module_name, module)
    return types.SimpleNamespace(**classes)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("dtype", ["f8", "f4", ">f8", "i4", "u4", "i8", "u1", "?"])
def test_numpy_arrays_come_back_to_the_bit(tmp_path: Path, protocol: int, dtype: str):
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    content = pickle.dumps({"values": array, "turned": np.asfortranarray(array), "one": array[1, 2, 3], "name": "x"}, protocol)
    back = read(tmp_path / "model.pkl", content, "values", "turned", "one", "absent")
    np.testing.assert_array_equal(back["values"], array)
    np.testing.assert_array_equal(back["turned"], array)
    assert back["one"] == array[1, 2, 3]
    assert set(back) == {"values", "turned", "one"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("kind", [sparse.csc_matrix, sparse.csr_matrix, sparse.csc_array])
def test_sparse_matrices_come_back_dense(tmp_path: Path, protocol: int, kind: Any):
    dense = np.array([[0.0, 2.0, 0.0, 0.0], [1.0, 0.0, 0.0, 3.0], [0.0, 0.0, 0.0, 0.0]])
    back = read(tmp_path / "model.pkl", pickle.dumps({"values": kind(dense)}, protocol))
    np.testing.assert_array_equal(back["values"], dense)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_chumpy_arrays_come_back_as_their_values(tmp_path: Path, chumpy: types.SimpleNamespace, protocol: int):
    inner = chumpy.Ch(x=np.arange(12.0).reshape(3, 4), _dirty_vars=set(), _itr=None)
    chosen = chumpy.Select(a=inner, idxs=np.array([11, 0, 5]), preferred_shape=(3, 1))
    content = pickle.dumps({"values": inner, "chosen": chosen}, protocol)
    back = read(tmp_path / "model.pkl", content, "values", "chosen")
    np.testing.assert_array_equal(back["values"], np.arange(12.0).reshape(3, 4))
    np.testing.assert_array_equal(back["chosen"], [[11.0], [0.0], [5.0]])


def python2_array(array: np.ndarray) -> bytes:
    """The opcodes with which Python 2 wrote a float64 array: its bytes are a str."""
    shape = b"(" + b"".join(b"J" + struct.pack("<i", size) for size in array.shape) + b"t"
    kind = b"cnumpy\ndtype\n(U\x02f8K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    content = b"T" + struct.pack("<i", array.nbytes) + array.tobytes()
    return (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01"
        + shape
        + kind
        + b"\x89"
        + content
        + b"tb"
    )


def test_pickles_of_python_2_are_read(tmp_path: Path):
    array = np.linspace(-1.0, 1.0, 6).reshape(2, 3)
    state = b"}(U\x01x" + python2_array(array) + b"U\x0b_dirty_varsc__builtin__\nset\n(]tRub"
    content = b"\x80\x02}(U\x06values" + python2_array(array) + b"U\x02chcchumpy.ch\nCh\n)\x81" + state + b"u."
    back = read(tmp_path / "model.pkl", content, "values", "ch")
    np.testing.assert_array_equal(back["values"], array)
    np.testing.assert_array_equal(back["ch"], array)


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", ["system", "eval", "exec", "getattr", "load", "memmap", "import"])
def test_code_is_refused_and_never_run(tmp_path: Path, protocol: int, name: str):
    trace = tmp_path / "trace"
    calls = {
        "system": Calls(os.system, f"touch {trace}"),
        "eval": Calls(builtins.eval, f"open({str(trace)!r}, 'w')"),
        "exec": Calls(builtins.exec, f"open({str(trace)!r}, 'w')"),
        "getattr": Calls(getattr, "text", "upper"),
        "load": Calls(np.load, str(trace)),
        "memmap": Calls(np.memmap, str(trace), "u1", "w+", 0, 8),
        "import": Calls(__import__, "os"),
    }
    with pytest.raises(InvalidInput, match="which is no array"):
        read(tmp_path / "model.pkl", pickle.dumps({"values": np.zeros(3), "other": calls[name]}, protocol))
    assert not trace.exists()


GLOBAL = {
    "ndarray": b"cnumpy\nndarray\n", "reconstruct": b"cnumpy.core.multiarray\n_reconstruct\n", "set": b"c__builtin__\nset\n",
    "copyreg": b"ccopy_reg\n_reconstructor\n", "object": b"c__builtin__\nobject\n", "dtype": b"cnumpy\ndtype\n",
}  # fmt: skip
HUGE = b"\x8a\x05\x00\xe4\x0b\x54\x02"
"""The integer 10,000,000,000."""
HOSTILE = {
    "ten_gigabytes_of_bytes": b"\x80\x04}\x8c\x06values\x8e" + struct.pack("<Q", 10**10) + b"abcs.",
    "ten_gigabytes_of_text": b"\x80\x04}\x8c\x06values\x8d" + struct.pack("<Q", 10**10) + b"abcs.",
    "ten_gigabytes_of_frame": b"\x80\x04\x95" + struct.pack("<Q", 10**10) + b"}.",
    "a_far_place_in_memory": b"\x80\x02}r\xff\xff\xff\x7f.",
    "ndarray_called_with_a_huge_shape": b"\x80\x02}U\x06values" + GLOBAL["ndarray"] + b"(" + HUGE + b"ttRs.",
    "reconstructed_with_a_huge_shape": (
        b"\x80\x02}U\x06values" + GLOBAL["reconstruct"] + b"(" + GLOBAL["ndarray"] + b"(" + HUGE + b"tU\x01btRs."
    ),
    "a_set_that_is_not_there": b"\x80\x02}U\x06values" + GLOBAL["copyreg"] + b"(" + GLOBAL["set"] + GLOBAL["object"] + b"NtRs.",
    "an_empty_type": b"\x80\x02}U\x06values" + GLOBAL["dtype"] + b"(tRs.",
    "persistent": b"\x80\x02}U\x06valuesU\x01xQs.",
    "extension": b"\x80\x02}U\x06values\x82\x01s.",
    "no_table": pickle.dumps([np.zeros(3)]),
    "text": b"this is no pickle",
    "nothing": b"",
    "cut_short": pickle.dumps({"values": np.zeros(100)})[:-50],
    "text_values": pickle.dumps({"values": np.array(["a", "b"])}),
    "objects": pickle.dumps({"values": np.array([{}, 1], object)}),
    "records": pickle.dumps({"values": np.zeros(3, [("a", "f8")])}),
    "a_list": pickle.dumps({"values": [1.0, 2.0]}),
    "nan": pickle.dumps({"values": np.array([0.0, np.nan])}),
    "infinity": pickle.dumps({"values": np.array([0.0, np.inf])}),
    "too_large": pickle.dumps({"values": np.zeros((1 << 20) + 1, "u1")}),
    "too_many_steps": b"\x80\x02" + b"]0" * 150_000 + b"}.",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(tmp_path: Path, name: str):
    with pytest.raises(InvalidInput, match=r"model\.pkl"):
        read(tmp_path / "model.pkl", HOSTILE[name])


@pytest.mark.parametrize(
    "change",
    [
        {"_shape": (10**6, 10**6)},
        {"_shape": (3, 3, 3)},
        {"indptr": np.array([0, 2**40, 3, 3])},
        {"indptr": np.array([0, 2, 1, 3])},
        {"indices": np.array([0, 1, -1])},
        {"indices": np.array([0, 1, 7])},
        {"data": np.array([1.0])},
    ],
)
def test_sparse_matrices_that_lie_are_refused(tmp_path: Path, change: dict[str, Any]):
    matrix = sparse.csc_matrix(np.eye(3))
    vars(matrix).update(change)
    with pytest.raises(InvalidInput, match="no readable array"):
        read(tmp_path / "model.pkl", pickle.dumps({"values": matrix}))
