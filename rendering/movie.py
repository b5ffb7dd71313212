"""Frames as they come -> an MPEG-4 file with the sound."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ..bridge.errors import InvalidInput
from ..bridge.formats import whole_file

TakeFrame = Callable[[np.ndarray], None]
"""Takes the next frame, (H, W, 3) uint8."""


@contextmanager
def movie(path: Path, resolution: tuple[int, int], fps: float, duration_s: float, audio: Path | None) -> Iterator[TakeFrame]:
    """What takes the frames of the movie `path`, which is there whole once the block ends, or not at all.

    The frames rule: a recording longer than `duration_s` is cut. Raises InvalidInput where width or height is odd.
    """
    import imageio_ffmpeg

    if any(size % 2 for size in resolution):
        raise InvalidInput(f"The width and height of an mp4 must be even, not {resolution[0]} x {resolution[1]}.")
    with whole_file(path) as temporary:
        options: dict[str, Any] = {"codec": "libx264", "quality": 8, "output_params": ["-t", f"{duration_s:.6f}"]}
        if audio is not None:
            options |= {"audio_path": str(audio), "audio_codec": "aac"}
        writer = imageio_ffmpeg.write_frames(str(temporary), resolution, fps=fps, macro_block_size=2, **options)
        writer.send(None)
        try:
            yield lambda frame: writer.send(np.ascontiguousarray(frame))
        finally:
            writer.close()
