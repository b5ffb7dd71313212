"""How large a motion file may be. Everything beyond is refused before memory is taken for it."""

import os

from ..data import ARKIT_NAMES, SMPLX_JOINT_NAMES
from ..errors import InvalidInput

MAX_DURATION_S = 2 * 60 * 60
MAX_FPS = 240
MAX_FRAMES = MAX_DURATION_S * MAX_FPS + 1

MAX_EXPRESSION_COEFFICIENTS = 128
"""FLAME and SMPL-X publish 100."""

MAX_ARRAY_BYTES = MAX_FRAMES * 3 * len(SMPLX_JOINT_NAMES) * 8
"""The largest array of a clip: `poses` in float64, as AMASS writes them."""

MAX_CLIP_BYTES = 2 * 4 * MAX_FRAMES * (3 * len(SMPLX_JOINT_NAMES) + 3 + len(ARKIT_NAMES) + MAX_EXPRESSION_COEFFICIENTS)
"""Every channel as float32, twice: once in its layer and once composed."""


def check_frame_count(frame_count: int, path: str | os.PathLike[str]) -> None:
    """Raises InvalidInput unless a file of so many frames can be read and written."""
    if not 1 <= frame_count <= MAX_FRAMES:
        raise InvalidInput(
            f"{path}: a motion file has 1 to {MAX_FRAMES:,} frames, not {frame_count:,}. Split it, or make it again."
        )
