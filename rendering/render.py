"""Start reading here: a shot's G-buffers -> pictures, frame by frame, kept as they come and joined to a movie in the end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from ..bridge.data.gbuffer import GBuffer
from ..bridge.errors import InvalidInput
from .frames import FrameFolder
from .movie import movie
from .pictures import Picture, bytes_from_linear, read_picture
from .resources import check_disk

Mode = Literal["look", "scene", "boost"]
"""What is known of the light: hero frames show it; the scene's lamps and surroundings are given; a one-sample pass too."""

ReportProgress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""

Paint = Callable[[GBuffer, int], np.ndarray]
"""The G-buffer of a frame and its 0-based index -> (H, W, 3) linear, as it adds to any background."""

Enlarge = Callable[[Picture], Picture]
"""The same with more pixels."""

RenderFrames = Callable[[FrameFolder, ReportProgress], None]
"""Renders those frames of a folder that are missing."""

_RENDERING = 0.97
"""The share of a movie's work that is rendering; the rest is encoding."""
_BYTES_A_PIXEL = {"png": 3.0, "exr": 7.0}
"""Of a frame on disk; measured on heads that fill a half of the picture, and rounded up."""


class Shot(Protocol):
    """A character in motion before a camera. A frame is the same whichever was asked for before."""

    @property
    def frame_count(self) -> int: ...

    @property
    def fps(self) -> float: ...

    @property
    def resolution(self) -> tuple[int, int]:
        """Width and height, pixels."""
        ...

    def gbuffer(self, index: int) -> GBuffer: ...


@dataclass(frozen=True)
class Film:
    """What becomes of a shot's frames.

    out: a folder for frames, or an .mp4. fingerprint: a digest of all that decides how the frames look. suffix: of frames in a
    folder, png or exr. enlargement: how many times as many pixels a side `Enlarge` makes. background (3): linear, behind an mp4.
    """

    out: Path
    fingerprint: str
    audio: Path | None = None
    suffix: str = "png"
    enlargement: int = 1
    background: tuple[float, float, float] = (0.018, 0.022, 0.026)

    @property
    def is_movie(self) -> bool:
        return self.out.suffix.lower() == ".mp4"


def frame_folder(shot: Shot, film: Film) -> FrameFolder:
    """Where the frames are kept: the wanted folder, or until a movie is done one beside it. Nothing is made yet.

    Raises InvalidInput where the shot has no frames, or where what is wanted cannot be written: size, folder, disk.
    """
    width, height = (size * film.enlargement for size in shot.resolution)
    path, suffix = film.out, film.suffix
    if film.is_movie:
        path, suffix = film.out.with_name(f"{film.out.name}.frames"), "png"
        if width % 2 or height % 2:
            raise InvalidInput(f"The width and height of an mp4 must be even, not {width} x {height}.")
        if not film.out.absolute().parent.is_dir() or film.out.is_dir():
            raise InvalidInput(f"{film.out} cannot be written: its folder is missing, or it is a folder itself.")
    elif film.out.suffix and not film.out.is_dir():
        raise InvalidInput(f"{film.out}: give a folder for frames, or a name that ends in .mp4.")
    folder = FrameFolder(path, film.fingerprint, shot.frame_count, suffix)
    check_disk(path, _BYTES_A_PIXEL[suffix] * width * height * shot.frame_count, f"A film of {shot.frame_count} frames")
    return folder


def render_film(shot: Shot, film: Film, render: RenderFrames, report: ReportProgress) -> None:
    """Render what an earlier run has not yet, then make the movie where one is wanted.

    A stop leaves whole frames, and the same call goes on from them to the same result. Memory does not grow with the length.
    """
    folder = frame_folder(shot, film)
    share = _RENDERING if film.is_movie else 1.0
    render(folder, lambda done, stage: report(share * done, stage))
    if film.is_movie:
        report(share, "encoding")
        _encode(folder, film, shot.fps)
        folder.remove()
    report(1.0, "done")


def render_frames(shot: Shot, paint: Paint, folder: FrameFolder, report: ReportProgress, enlarge: Enlarge | None = None) -> None:
    """Render those frames of the folder that are missing."""
    missing = folder.open()
    start_s = time.monotonic()
    for done, index in enumerate(missing):
        report_frame(report, folder, len(missing), done, time.monotonic() - start_s)
        render_frame(shot, paint, folder, index, enlarge)


def render_frame(shot: Shot, paint: Paint, folder: FrameFolder, index: int, enlarge: Enlarge | None = None) -> None:
    gbuffer = shot.gbuffer(index)
    picture = Picture(paint(gbuffer, index), gbuffer.alpha)
    folder.write(index, picture if enlarge is None else enlarge(picture))


def report_frame(report: ReportProgress, folder: FrameFolder, missing: int, done: int, spent_s: float) -> None:
    """Say which frame it is, how fast they come, and how long it will take still. done: of those that were missing."""
    finished = folder.frame_count - missing + done
    stage = f"frame {finished + 1} of {folder.frame_count}"
    if done:
        minutes, seconds = divmod(round((missing - done) * spent_s / done), 60)
        stage = f"{stage}, {done / spent_s:.2g} frames/s, {minutes}:{seconds:02d} left"
    report(finished / folder.frame_count, stage)


def _encode(folder: FrameFolder, film: Film, fps: float) -> None:
    """Join the folder's frames over the background to the movie."""
    height, width = read_picture(folder.frame_path(0)).alpha.shape
    with movie(film.out, (width, height), fps, folder.frame_count / fps, film.audio) as take_frame:
        for path in folder.paths():
            frame = read_picture(path)
            behind = (1.0 - frame.alpha[..., None]) * np.array(film.background, np.float32)
            take_frame(bytes_from_linear(frame.colour + behind))
