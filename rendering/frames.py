"""A folder that fills with frames: each is whole or absent, and what a stop has left is gone on with, never mixed with others."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..bridge.errors import InvalidInput
from ..bridge.formats import whole_file
from .pictures import PICTURE_FORMATS, Picture, write_picture

_NOTE = "render.json"
_OURS = re.compile(r"\d{6}\.(png|exr)|\.vivavoce-[0-9a-f]+\.(png|exr|json)")


@dataclass(frozen=True)
class FrameFolder:
    """frame_count frames as 000001.png (or exr) and so on, and a note of what they are frames of.

    fingerprint: a digest of all that decides how the frames look.
    """

    path: Path
    fingerprint: str
    frame_count: int
    suffix: str = "png"

    def __post_init__(self) -> None:
        if self.suffix not in PICTURE_FORMATS:
            raise InvalidInput(f"Frames are kept as {' or '.join(PICTURE_FORMATS)}, not as {self.suffix!r}.")
        if self.frame_count < 1:
            raise InvalidInput("There are 0 frames to render: the clip is empty, or the range lies outside it.")

    def open(self) -> list[int]:
        """Make the folder or go on with it; returns the 0-based indices of the frames that are still to be made.

        Raises InvalidInput, with nothing touched, where the folder holds anything but frames of the same render.
        """
        if self.path.exists() and not self.path.is_dir():
            raise InvalidInput(f"{self.path} is a file; give a folder, or a name that ends in .mp4.")
        if self.path.is_dir() and any(self.path.iterdir()) and self._noted() != self._note():
            raise InvalidInput(
                f"{self.path} holds files, and they are not frames of this render with these settings. "
                "Give another folder, or empty that one."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        with whole_file(self.path / _NOTE) as temporary:
            temporary.write_text(json.dumps(self._note()), encoding="utf-8")
        return [index for index in range(self.frame_count) if not self.frame_path(index).is_file()]

    def frame_path(self, index: int) -> Path:
        return self.path / f"{index + 1:06d}.{self.suffix}"

    def write(self, index: int, picture: Picture) -> None:
        write_picture(self.frame_path(index), picture)

    def paths(self) -> Iterator[Path]:
        """All frames in order."""
        return (self.frame_path(index) for index in range(self.frame_count))

    def remove(self) -> None:
        """Take the frames and the note away, and the folder where nothing else lies in it."""
        for path in self.path.iterdir():
            if path.name == _NOTE or _OURS.fullmatch(path.name):
                path.unlink()
        if not any(self.path.iterdir()):
            self.path.rmdir()

    def _note(self) -> dict[str, object]:
        return {"fingerprint": self.fingerprint, "frames": self.frame_count, "format": self.suffix}

    def _noted(self) -> object:
        """What the note of an earlier run says; None where there is none that can be read."""
        try:
            return json.loads((self.path / _NOTE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
