"""MotionClip <-> files, in pure numpy: npz holds everything, Live Link Face csv the composed face, BVH the composed joints."""

import os
from collections.abc import Callable
from pathlib import Path

from ..data import MotionClip
from ..errors import InvalidInput
from .atomic import whole_file
from .bvh import read_bvh, write_bvh
from .livelink_csv import read_livelink_csv, write_livelink_csv
from .npz import read_npz, write_npz

__all__ = [
    "FORMATS", "read_bvh", "read_clip", "read_livelink_csv", "read_npz", "whole_file", "write_bvh", "write_clip",
    "write_livelink_csv", "write_npz",
]  # fmt: skip

ClipReader = Callable[[Path], MotionClip]
ClipWriter = Callable[[MotionClip, Path], None]

FORMATS: dict[str, tuple[ClipReader, ClipWriter]] = {
    ".npz": (read_npz, write_npz),
    ".csv": (read_livelink_csv, write_livelink_csv),
    ".bvh": (read_bvh, write_bvh),
}
"""How to read and write a clip, by the suffix of its file."""


def read_clip(path: str | os.PathLike[str]) -> MotionClip:
    """The clip in a file of any known suffix. Raises InvalidInput as the format's reader does, and for an unknown suffix."""
    reader, _ = _format(Path(path))
    return reader(Path(path))


def write_clip(clip: MotionClip, path: str | os.PathLike[str]) -> None:
    """Writes the clip, whole or not at all, as the suffix of `path` says. Raises InvalidInput for an unknown suffix."""
    _, writer = _format(Path(path))
    writer(clip, Path(path))


def _format(path: Path) -> tuple[ClipReader, ClipWriter]:
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise InvalidInput(f"{path}: no motion format has the suffix {path.suffix!r}. Use one of: {', '.join(FORMATS)}.")
    return found
