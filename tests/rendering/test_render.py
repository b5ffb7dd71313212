"""A film is rendered frame by frame: stopped and gone on with it is what it would have been, and it has the sound."""

import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from vivavoce.bridge.data.camera import Camera
from vivavoce.bridge.data.gbuffer import GBuffer
from vivavoce.bridge.errors import InvalidInput
from vivavoce.rendering.pictures import Picture, read_picture
from vivavoce.rendering.render import Enlarge, Film, Paint, ReportProgress, Shot, render_film, render_frames

HEIGHT, WIDTH = 48, 64


@dataclass(frozen=True)
class Disc:
    """A grey disc that crosses the picture."""

    frame_count: int = 10
    fps: float = 20.0
    resolution: tuple[int, int] = (WIDTH, HEIGHT)

    def gbuffer(self, index: int) -> GBuffer:
        rows, columns = np.mgrid[:HEIGHT, :WIDTH]
        alpha = (np.hypot(rows - 24.0, columns - 10.0 - 4.0 * index) < 12.0).astype(np.float32)
        three = np.repeat(alpha[..., None], 3, axis=-1)
        camera = Camera(np.eye(4), 0.5, WIDTH, HEIGHT)
        return GBuffer(camera, 0.5 * three, three, alpha, alpha, 0.5 * alpha, three[..., :2], alpha, three)


def rendered(shot: Shot, paint: Paint, film: Film, report: ReportProgress, enlarge: Enlarge | None = None) -> None:
    render_film(shot, film, partial(render_frames, shot, paint, enlarge=enlarge), report)


def albedo(gbuffer: GBuffer, index: int) -> np.ndarray:
    return gbuffer.albedo


def silent(share: float, stage: str) -> None:
    return None


def stop_at(count: int):
    """A painter whose user presses Ctrl-C when it has painted `count` frames."""
    left = [count]

    def paint(gbuffer: GBuffer, index: int) -> np.ndarray:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return gbuffer.albedo

    return paint


@pytest.mark.parametrize("suffix", ["png", "exr"])
def test_a_stopped_render_goes_on_to_the_same_frames(tmp_path: Path, suffix: str) -> None:
    whole, parts = (Film(tmp_path / name, "a", suffix=suffix) for name in ("whole", "parts"))
    rendered(Disc(), albedo, whole, silent)
    for count in (3, 0, 4):
        with pytest.raises(KeyboardInterrupt):
            rendered(Disc(), stop_at(count), parts, silent)
    painted = []
    rendered(Disc(), lambda gbuffer, index: painted.append(index) or gbuffer.albedo, parts, silent)
    assert painted == [7, 8, 9]
    for path in whole.out.iterdir():
        assert path.read_bytes() == (parts.out / path.name).read_bytes()


def test_a_movie_has_all_frames_and_the_sound_and_leaves_nothing_else(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", 0.1 * np.ones(16000, np.float32), 16000)
    film = Film(tmp_path / "film.mp4", "a", tmp_path / "a.wav")
    stages = []
    with pytest.raises(KeyboardInterrupt):
        rendered(Disc(), stop_at(4), film, silent)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "film.mp4.frames"]
    rendered(Disc(), albedo, film, lambda share, stage: stages.append((share, stage)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "film.mp4"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(film.out)]
    pixels = subprocess.run([*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
    frames = np.frombuffer(pixels, np.uint8).reshape(-1, HEIGHT, WIDTH, 3).astype(int)
    assert len(frames) == 10
    assert np.abs(frames[3, 24, 22] - 188).max() < 8
    assert np.abs(frames[3, 4, 4] - [36, 40, 44]).max() < 8
    sound = subprocess.run([*command, "-f", "s16le", "-ar", "16000", "-"], capture_output=True, check=True).stdout
    assert abs(len(sound) / 32000 - 0.5) < 0.05
    assert [share for share, _ in stages] == sorted(share for share, _ in stages)
    assert any("frame 6 of 10" in stage and "frames/s" in stage and "left" in stage for _, stage in stages)


def test_enlarged_frames_are_kept_enlarged(tmp_path: Path) -> None:
    def doubled(picture: Picture) -> Picture:
        return Picture(picture.colour.repeat(2, 0).repeat(2, 1), picture.alpha.repeat(2, 0).repeat(2, 1))

    rendered(Disc(1), albedo, Film(tmp_path / "frames", "a", enlargement=2), silent, doubled)
    assert read_picture(tmp_path / "frames" / "000001.png").alpha.shape == (2 * HEIGHT, 2 * WIDTH)


@pytest.mark.parametrize(
    ("shot", "out", "words"),
    [
        (Disc(0), "frames", "0 frames"),
        (Disc(resolution=(63, 48)), "film.mp4", "must be even"),
        (Disc(), "absent/film.mp4", "cannot be written"),
        (Disc(), "film.avi", r"ends in \.mp4"),
        (Disc(10**12), "frames", "on the disk"),
    ],
)
def test_what_cannot_be_rendered_is_said_before_any_work(tmp_path: Path, shot: Disc, out: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        rendered(shot, stop_at(0), Film(tmp_path / out, "a"), silent)
    assert not list(tmp_path.iterdir())
