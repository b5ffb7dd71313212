"""Files of captured corpora, from strangers: sizes and kinds are checked before they are read, and nothing is unpickled."""

from pathlib import Path

import numpy as np

from ...bridge.data import AudioClip
from ...bridge.errors import InvalidInput
from ...bridge.formats.limits import check_frame_count
from ..speech.load import load_audio

_LONGEST_DIFFERENCE_S = 1.0
"""By which a face may outlast its sound or end before it; more, and the files do not belong together."""


def frames_of_npy(path: Path, width: int | tuple[int, ...]) -> np.ndarray:
    """A .npy file of finite numbers as (F, C), C one of `width`; a leading axis of one is dropped.

    Raises InvalidInput for another shape, for Python objects, and where the file is cut short.
    """
    widths = (width,) if isinstance(width, int) else width
    try:
        # A memory map takes no memory for what a header merely claims.
        table = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError, TypeError) as error:
        raise InvalidInput(f"{path}: this is no whole .npy file of numbers ({error}). Fetch it again.") from error
    if not isinstance(table, np.ndarray) or table.dtype.kind != "f":
        raise InvalidInput(f"{path}: an array of decimal numbers is meant. Is this the right file?")
    if table.ndim == 3 and len(table) == 1:
        table = table[0]
    if table.ndim != 2 or table.shape[1] not in widths:
        wanted = " or ".join(f"(frames, {each})" for each in widths)
        raise InvalidInput(f"{path}: the array has shape {table.shape} where {wanted} is meant.")
    check_frame_count(len(table), path)
    frames = np.asarray(table)
    if not np.isfinite(frames).all():
        raise InvalidInput(f"{path} holds NaN or infinity. Leave this recording out, or fetch it again.")
    return frames


def audio_beside(path: Path, frame_count: int, fps: float) -> AudioClip:
    """The sound at 16 kHz. Raises InvalidInput where its length is not that of the face, within a second."""
    if not path.is_file():
        raise InvalidInput(f"{path} is missing: every recorded face needs its sound. Fetch it, or leave the face out.")
    audio = load_audio(path)
    if abs(audio.duration_s - frame_count / fps) > _LONGEST_DIFFERENCE_S:
        raise InvalidInput(
            f"{path} lasts {audio.duration_s:.2f} s and the face beside it {frame_count / fps:.2f} s at {fps:g} frames per "
            "second: they do not belong together."
        )
    return audio
