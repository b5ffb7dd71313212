"""The worker renders: a bundle goes in, frames come back as the library makes them, and a job that is cancelled ends."""

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.errors import Cancelled, InvalidInput
from vivavoce.bridge.formats import write_npz
from vivavoce.bridge.formats.render_bundle import RenderBundle, rendered_frames
from vivavoce.bridge.process import Worker

pytest.importorskip("fastapi", reason="the `server` extra is not installed")
pytest.importorskip("pyrender", reason="the `rendering` extra is not installed")

OPTIONS = {"references": ["hero1.png@az=0,el=0"], "resolution": [48, 48], "model": "none", "view": "0s:az=-20 1s:az=20"}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker([sys.executable, "-m", "vivavoce", "serve", "--ends-with-parent"])
    yield worker
    worker.stop()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A clip of two minutes, and a hero frame that is a plain brown."""
    from vivavoce.rendering.pictures import Picture, write_picture

    folder = tmp_path_factory.mktemp("files")
    write_npz(MotionClip(24.0, (MotionLayer("lips", np.linspace(0.0, 1.0, 2880)[:, None], ("jawOpen",)),)), folder / "clip.npz")
    write_picture(folder / "hero1.png", Picture(np.full((64, 64, 3), (0.4, 0.25, 0.2)), np.ones((64, 64))))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def pixels(content: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(BytesIO(content)), float)


def test_frames_come_back_as_the_library_makes_them(worker: Worker, files: dict[str, bytes], tmp_path: Path) -> None:
    from vivavoce.bridge.formats import read_npz
    from vivavoce.rendering.clip_film import render_order
    from vivavoce.rendering.clip_shot import ClipShot
    from vivavoce.rendering.order import RenderOrder
    from vivavoce.rendering.references import read_reference
    from vivavoce.rendering.render import Film

    moments_s = np.array([0.5, 60.0])
    bundle = RenderBundle(files, moments_s)
    worker.submit("render", OPTIONS, bundle.arrays(), tmp_path / "frames.npz").wait()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    reference = read_reference(f"{tmp_path / 'hero1.png'}@az=0,el=0")
    order = RenderOrder(
        read_npz(tmp_path / "clip.npz"), [reference], view=OPTIONS["view"], times_s=moments_s, resolution=(48, 48), model="none"
    )
    with closing(ClipShot(order)) as shot:
        render_order(order, shot, Film(tmp_path / "frames", "a"), lambda share, stage: None)
    for index, (suffix, content) in enumerate(rendered_frames(tmp_path / "frames.npz")):
        made = tmp_path / "frames" / f"{index + 1:06d}{suffix}"
        assert content == made.read_bytes(), np.abs(pixels(content) - pixels(made.read_bytes())).max()
    assert index == 1


def test_a_cancelled_job_ends_and_the_next_one_runs(worker: Worker, files: dict[str, bytes], tmp_path: Path) -> None:
    job = worker.submit("render", OPTIONS, RenderBundle(files).arrays(), tmp_path / "frames.npz")
    while "of 2880" not in job.status.stage and not job.has_ended:
        job.poll(0.01)
        time.sleep(0.01)
    job.cancel()
    with pytest.raises(Cancelled):
        job.wait()
    assert not (tmp_path / "frames.npz").exists()
    with pytest.raises(InvalidInput, match="hero frame"):
        worker.submit("render", OPTIONS | {"references": []}, RenderBundle(files).arrays(), tmp_path / "frames.npz").wait()


def test_a_hero_frame_outside_the_bundle_is_refused(worker: Worker, files: dict[str, bytes], tmp_path: Path) -> None:
    options = OPTIONS | {"references": ["../../etc/hero.png"]}
    with pytest.raises(InvalidInput, match="in the bundle"):
        worker.submit("render", options, RenderBundle(files).arrays(), tmp_path / "frames.npz").wait()
