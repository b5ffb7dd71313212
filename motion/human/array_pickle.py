"""Pickles of arrays from strangers, as FLAME and SMPL-X are handed out: numpy, scipy.sparse and chumpy arrays, nothing else.

A pickle is a program. Here it runs with stand-ins in the place of every class that it may name, so that it can only lay down
bytes that stand in the file; arrays are made afterwards, of the keys that are asked for, once their sizes are checked.
"""

import io
import pickle
import pickletools
import re
from collections.abc import Collection, Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from ...bridge.errors import InvalidInput
from ...bridge.formats.safe_npz import SizeLimits

_MAX_OPERATIONS = 200_000
_MAX_DEPTH = 8
_PLAIN_TYPE = re.compile(r"[<>=|]?([biuf])([1248])")
_LOAD_ERRORS = (
    pickle.UnpicklingError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError, ImportError, MemoryError,
    RecursionError, OverflowError,
)  # fmt: skip
_VALUE_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


class _StandIn:
    """An object of the file: what it was called with and the state it was given, uninterpreted."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Type(_StandIn):
    """numpy.dtype(code, ...), its byte order in the state."""


class _Array(_StandIn):
    """numpy's array, made empty and given (version, shape, type, is in Fortran's order, bytes)."""


class _Buffer(_StandIn):
    """numpy's array as pickle 5 has it: (bytes, type, shape, order)."""


class _Scalar(_StandIn):
    """One number: (type, bytes)."""


class _Sparse(_StandIn):
    """scipy's compressed matrix, a dict of arrays; `axis` 0 where it is compressed by rows, 1 by columns."""

    axis = 0


class _SparseColumns(_Sparse):
    axis = 1


class _Chumpy(_StandIn):
    """chumpy.Ch: a dict with the values as `x`."""


class _Select(_StandIn):
    """chumpy's Select: a dict with an array `a`, `idxs` into it and the result's `preferred_shape`."""


def _without_constructor(kind: Any, *arguments: Any) -> _StandIn:
    """copyreg._reconstructor and numpy's _reconstruct: an empty object; what shape it claims plays no part."""
    if not (isinstance(kind, type) and issubclass(kind, _StandIn)):
        raise pickle.UnpicklingError("an object of a plain type is made by its constructor")
    return kind()


def _latin1(text: str, encoding: str) -> bytes:
    """How Python 3 writes bytes for Python 2."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"text is encoded as {encoding}")
    return text.encode("latin1")


_ADMITTED: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Type,
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _without_constructor for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): _Scalar for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): _Buffer for core in ("core", "_core")},
    **{(f"scipy.sparse.{module}", f"csc_{kind}"): _SparseColumns for module in ("csc", "_csc") for kind in ("matrix", "array")},
    **{(f"scipy.sparse.{module}", f"csr_{kind}"): _Sparse for module in ("csr", "_csr") for kind in ("matrix", "array")},
    ("chumpy.ch", "Ch"): _Chumpy,
    ("chumpy.reordering", "Select"): _Select,
    **{(module, "_reconstructor"): _without_constructor for module in ("copyreg", "copy_reg")},
    ("_codecs", "encode"): _latin1,
    **{(module, "set"): set for module in ("builtins", "__builtin__")},
    **{(module, "object"): object for module in ("builtins", "__builtin__")},
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        try:
            return _ADMITTED[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}, which is no array") from None


def read_pickled_arrays(path: Path, limits: SizeLimits, names: Collection[str]) -> dict[str, np.ndarray]:
    """The arrays of those `names` that the pickled dict at `path` has, sparse ones dense, chumpy's as their values.

    Raises InvalidInput where the file is too large, damaged, no dict of arrays, asks for anything but arrays, or holds NaN.
    """
    if path.stat().st_size > limits.total_bytes:
        raise InvalidInput(f"{path}: the file has {path.stat().st_size:,} bytes where {limits.total_bytes:,} is the limit.")
    content = path.read_bytes()
    try:
        _check_operations(content)
        table = _ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
    except _LOAD_ERRORS as error:
        raise InvalidInput(f"{path}: this pickle is damaged or holds more than arrays ({error}). Fetch it again.") from error
    if not isinstance(table, Mapping):
        raise InvalidInput(f"{path}: the pickle holds no table of arrays. Give the model file as its makers hand it out.")
    arrays: dict[str, np.ndarray] = {}
    for name in names:
        if name not in table:
            continue
        try:
            arrays[name] = _values(table[name], limits.array_bytes)
        except _VALUE_ERRORS as error:
            raise InvalidInput(f"{path}: {name} is no readable array ({error}). Fetch the file again.") from error
    return arrays


def _check_operations(content: bytes) -> None:
    """Walks the program without running it: lengths that it claims must be there, and its memory must be numbered densely."""
    for count, (operation, argument, _) in enumerate(pickletools.genops(content)):
        if count > _MAX_OPERATIONS:
            raise ValueError(f"more than {_MAX_OPERATIONS:,} steps")
        if operation.name in ("PUT", "BINPUT", "LONG_BINPUT") and int(str(argument)) > count:
            raise ValueError("a place in memory beyond what it has filled")


def _values(item: Any, limit_bytes: int, depth: int = 0) -> np.ndarray:
    """An object of the file as a finite array."""
    if depth > _MAX_DEPTH:
        raise ValueError("arrays nested too deep")
    if isinstance(item, _Chumpy):
        return _values(item.state["x"], limit_bytes, depth + 1)
    if isinstance(item, _Select):
        source, indices = (_values(item.state[key], limit_bytes, depth + 1) for key in ("a", "idxs"))
        return source.ravel()[indices.ravel()].reshape(tuple(int(size) for size in item.state["preferred_shape"]))
    if isinstance(item, _Sparse):
        return _dense(item, limit_bytes, depth)
    if isinstance(item, _Array):
        _, shape, kind, is_fortran_order, content = item.state
    elif isinstance(item, _Buffer):
        content, kind, shape, order = item.arguments
        is_fortran_order = order == "F"
    elif isinstance(item, _Scalar):
        (kind, content), shape, is_fortran_order = item.arguments, (), False
    else:
        raise TypeError(f"it is a {type(item).__name__.strip('_').lower()}")
    return _array(content, _dtype(kind), tuple(int(size) for size in shape), bool(is_fortran_order), limit_bytes)


def _array(content: bytes | str, dtype: np.dtype, shape: tuple[int, ...], is_fortran_order: bool, limit_bytes: int) -> np.ndarray:
    content = content.encode("latin1") if isinstance(content, str) else bytes(content)
    if any(size < 0 for size in shape) or prod(shape) * dtype.itemsize != len(content) or len(content) > limit_bytes:
        raise ValueError(f"shape {shape} of {dtype} against {len(content):,} bytes, {limit_bytes:,} allowed")
    array = np.frombuffer(content, dtype).reshape(shape, order="F" if is_fortran_order else "C")
    if not np.isfinite(array).all():
        raise ValueError("NaN or infinity in it")
    return array


def _dtype(item: Any) -> np.dtype:
    if not isinstance(item, _Type) or not (plain := _PLAIN_TYPE.fullmatch(str(item.arguments[0]))):
        raise TypeError("it holds other things than numbers")
    byte_order = item.state[1] if item.state else "<"
    return np.dtype(f"{byte_order if byte_order in '<>' else '<'}{''.join(plain.groups())}")


def _dense(item: _Sparse, limit_bytes: int, depth: int) -> np.ndarray:
    """A compressed matrix in full; row and column numbers are checked by numpy as it places them."""
    data, indices, starts = (_values(item.state[key], limit_bytes, depth + 1) for key in ("data", "indices", "indptr"))
    shape = tuple(int(size) for size in item.state.get("_shape", item.state.get("shape")))
    if len(shape) != 2 or min(shape) < 0 or prod(shape) * 8 > limit_bytes:
        raise ValueError(f"shape {shape} is too large")
    counts = np.diff(starts)
    if len(starts) != shape[item.axis] + 1 or starts[0] != 0 or counts.min(initial=0) < 0 or starts[-1] != len(indices):
        raise ValueError("its rows or columns are cut wrongly")
    if indices.min(initial=0) < 0 or data.shape != indices.shape:
        raise ValueError("its numbering is out of bounds")
    lines = np.repeat(np.arange(shape[item.axis]), counts)
    dense = np.zeros(shape)
    np.add.at(dense, (lines, indices) if item.axis == 0 else (indices, lines), data)
    return dense
