"""A MotionClip as text, so that a .blend can carry its takes: base64 of the npz that `bridge.formats` writes."""

import base64
import tempfile
from pathlib import Path

from ...bridge.data import MotionClip
from ...bridge.formats import read_npz, write_npz


def packed_clip(clip: MotionClip) -> str:
    """The clip as ASCII text; equal clips give equal texts."""
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        path = Path(folder, "clip.npz")
        write_npz(clip, path)
        return base64.b64encode(path.read_bytes()).decode("ascii")


def unpacked_clip(text: str) -> MotionClip:
    """The inverse of `packed_clip`, to the bit. Raises InvalidInput where the text holds no clip."""
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        path = Path(folder, "clip.npz")
        path.write_bytes(base64.b64decode(text))
        return read_npz(path)
