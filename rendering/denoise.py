"""OpenImageDenoise: the library that comes with Blender's Python module, called without Blender."""

import ctypes
from ctypes import POINTER, byref, c_bool, c_char_p, c_int, c_size_t, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..bridge.errors import ModelMissing

_NAME = "libOpenImageDenoise.so.2"
_CPU, _FLOAT3 = 1, 3
_SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "oidnNewDevice": (c_void_p, (c_int,)),
    "oidnCommitDevice": (None, (c_void_p,)),
    "oidnNewFilter": (c_void_p, (c_void_p, c_char_p)),
    "oidnSetSharedFilterImage": (
        None,
        (c_void_p, c_char_p, c_void_p, c_int, c_size_t, c_size_t, c_size_t, c_size_t, c_size_t),
    ),
    "oidnSetFilterBool": (None, (c_void_p, c_char_p, c_bool)),
    "oidnCommitFilter": (None, (c_void_p,)),
    "oidnExecuteFilter": (None, (c_void_p,)),
    "oidnReleaseFilter": (None, (c_void_p,)),
    "oidnGetDeviceError": (c_int, (c_void_p, POINTER(c_char_p))),
}
"""What each function of its C interface returns and takes (version 2)."""


def denoised(radiance: np.ndarray, albedo: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """A noisy linear picture without its noise. All (H, W, 3), normals unit or zero -> (H, W, 3) float32.

    Raises ModelMissing where the library is not there, or refuses.
    """
    library, device = _device()
    height, width = radiance.shape[:2]
    made = np.empty((height, width, 3), np.float32)
    pictures = {b"color": radiance, b"albedo": np.clip(albedo, 0.0, 1.0), b"normal": normal}
    arrays = {name: np.ascontiguousarray(values, np.float32) for name, values in pictures.items()} | {b"output": made}
    filtering = library.oidnNewFilter(device, b"RT")
    for name, values in arrays.items():
        library.oidnSetSharedFilterImage(filtering, name, values.ctypes.data, _FLOAT3, width, height, 0, 0, 0)
    library.oidnSetFilterBool(filtering, b"hdr", True)
    library.oidnCommitFilter(filtering)
    library.oidnExecuteFilter(filtering)
    library.oidnReleaseFilter(filtering)
    _check(library, device)
    return made


def has_denoiser() -> bool:
    """Whether the library is there."""
    return _path() is not None


def _path() -> Path | None:
    found = find_spec("bpy")
    path = Path(found.origin).parent / "lib" / _NAME if found and found.origin else None
    return path if path is not None and path.is_file() else None


@cache
def _device() -> tuple[ctypes.CDLL, int]:
    """The library with one device that all pictures share. Raises ModelMissing."""
    path = _path()
    if path is None:
        raise ModelMissing("The mode boost needs OpenImageDenoise, which comes with Blender's Python module: pip install bpy.")
    library = ctypes.CDLL(str(path))
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    device = library.oidnNewDevice(_CPU)
    library.oidnCommitDevice(device)
    _check(library, device)
    return library, device


def _check(library: ctypes.CDLL, device: int) -> None:
    message = c_char_p()
    if library.oidnGetDeviceError(device, byref(message)):
        raise ModelMissing(f"OpenImageDenoise cannot be used here: {(message.value or b'no reason given').decode()}.")
