"""A clip becomes a film of the open human: what is wrong is said first, and a killed render goes on to the same frames."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from vivavoce.__main__ import main
from vivavoce.bridge.data import EMOTION_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.bridge.formats import write_clip
from vivavoce.bridge.formats.camera_json import Viewpoint, viewpoint_text
from vivavoce.bridge.formats.render_bundle import CameraPath
from vivavoce.commands.render import Render, order_of
from vivavoce.rendering.clip_film import check_order, fitting_processes, needed_bytes, render_order
from vivavoce.rendering.clip_shot import ClipShot, performer_of
from vivavoce.rendering.gbuffer import Rasteriser, Stance
from vivavoce.rendering.order import RenderOrder
from vivavoce.rendering.pictures import Picture, read_picture, write_picture
from vivavoce.rendering.poses import REST, ClipPoses
from vivavoce.rendering.references import read_reference
from vivavoce.rendering.render import Film, ReportProgress
from vivavoce.rendering.view import ViewPath

pytest.importorskip("torch", reason="the `rendering` extra is not installed")

SIDE = 64


def silent(share: float, stage: str) -> None:
    return None


def rendered(order: RenderOrder, out: Path, fingerprint: str = "a", processes: int = 1, report: ReportProgress = silent) -> None:
    check_order(order, processes)
    with closing(ClipShot(order)) as shot:
        render_order(order, shot, Film(out, fingerprint), report, processes)


@pytest.fixture(scope="module")
def clip() -> MotionClip:
    """A third of a second in which the mouth opens and the head turns."""
    opening = np.linspace(0.0, 1.0, 8)
    head = np.stack([0.0 * opening, 0.4 * opening, 0.0 * opening], axis=1)[:, None]
    return MotionClip(
        24.0, (MotionLayer("lips", opening[:, None], ("jawOpen",)), MotionLayer("head", np.zeros((8, 0)), (), head, ("head",)))
    )


@pytest.fixture(scope="module")
def hero(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The open human at rest, lit evenly: its albedo under one bright sky."""
    path = tmp_path_factory.mktemp("hero") / "hero.png"
    performer = performer_of("open_human")
    camera = ViewPath.parse("0s:az=20,el=3").camera_at(0.0, performer.face_centre, 96, 96)
    gbuffer = Rasteriser(performer.surface).gbuffer(Stance(performer.vertices(REST), camera))
    colour = 0.8 * gbuffer.albedo * (0.6 + 0.4 * gbuffer.normal[..., 1:2]) * gbuffer.alpha[..., None]
    write_picture(path, Picture(colour, gbuffer.alpha, viewpoint_text(Viewpoint(camera))))
    return str(path)


@pytest.fixture(scope="module")
def order(clip: MotionClip, hero: str) -> RenderOrder:
    return RenderOrder(clip, [read_reference(hero)], view="0s:az=-30 0.3s:az=30", resolution=(SIDE, SIDE), model="none")


def test_the_film_looks_as_its_hero_frame_and_moves(order: RenderOrder, hero: str, tmp_path: Path) -> None:
    rendered(replace(order, times_s=np.array([0.0, 0.25])), tmp_path / "frames")
    frames = [read_picture(tmp_path / "frames" / f"{number:06d}.png") for number in (1, 2)]
    wanted = read_picture(Path(hero))
    for frame in frames:
        assert 0.2 < frame.alpha.mean() < 0.8
        seen, expected = (picture.colour[picture.alpha > 0.9].mean(axis=0) for picture in (frame, wanted))
        np.testing.assert_allclose(seen, expected, rtol=0.25)
    assert np.abs(frames[0].colour - frames[1].colour).mean() > 0.01


def test_a_hero_frame_can_be_said_in_angles(order: RenderOrder, hero: str, tmp_path: Path) -> None:
    """The fixture's own camera is the view's default: both ways of saying it give the same frame."""
    still = replace(order, times_s=np.array([0.0]))
    said = replace(still, references=[read_reference(f"{hero}@az=20,el=3")])
    for name, wanted in (("carried", still), ("said", said)):
        rendered(wanted, tmp_path / name)
    carried, angles = (read_picture(tmp_path / name / "000001.png").colour for name in ("carried", "said"))
    np.testing.assert_allclose(angles, carried, atol=0.01)


def test_a_killed_render_goes_on_to_the_same_frames(clip: MotionClip, order: RenderOrder, hero: str, tmp_path: Path) -> None:
    write_clip(clip, tmp_path / "clip.npz")
    options = ["--reference", hero, "--view", order.view, "--resolution", str(SIDE), str(SIDE), "--model", "none"]
    command = [
        sys.executable,
        "-m",
        "vivavoce",
        "render",
        str(tmp_path / "clip.npz"),
        "--out",
        str(tmp_path / "frames"),
        *options,
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None and not (tmp_path / "frames" / "000002.png").is_file():
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert 2 <= len(list((tmp_path / "frames").glob("0*.png"))) < 8
    subprocess.run(command, check=True, capture_output=True)
    rendered(order, tmp_path / "whole", order.fingerprint)
    frames = sorted((tmp_path / "frames").glob("0*.png"))
    assert len(frames) == 8
    for path in frames:
        assert path.read_bytes() == (tmp_path / "whole" / path.name).read_bytes()


def test_several_processes_render_the_same_frames_and_a_stop_keeps_those_that_are_finished(
    order: RenderOrder, tmp_path: Path
) -> None:
    def stop(share: float, stage: str) -> None:
        if "frame 3" in stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rendered(order, tmp_path / "parts", processes=2, report=stop)
    assert not active_children()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "parts").glob("0*.png")}
    assert 2 <= len(kept) < 8
    rendered(order, tmp_path / "parts", processes=2)
    rendered(order, tmp_path / "whole")
    assert all(path.stat().st_mtime_ns == made for path, made in kept.items())
    frames = sorted((tmp_path / "whole").glob("0*.png"))
    assert len(frames) == 8
    for path in frames:
        assert path.read_bytes() == (tmp_path / "parts" / path.name).read_bytes()


def test_nothing_of_several_processes_outlives_a_kill(clip: MotionClip, hero: str, tmp_path: Path) -> None:
    write_clip(clip, tmp_path / "clip.npz")
    command = [sys.executable, "-m", "vivavoce", "render", str(tmp_path / "clip.npz"), "--out", str(tmp_path / "frames")]
    command += ["--reference", hero, "--view", "az=0", "--resolution", "512", "512", "--model", "none", "--processes", "2"]
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not list((tmp_path / "frames").glob("0*.png")):
        time.sleep(0.01)
    started = process.children(recursive=True)
    process.kill()
    process.wait()
    assert len(started) >= 2
    _, alive = psutil.wait_procs(started, timeout=20.0)
    assert not alive


def test_poses_between_samples_are_blended(clip: MotionClip) -> None:
    poses = ClipPoses(clip)
    first, half, second = (poses.at(place / 24.0) for place in (2.0, 2.5, 3.0))
    np.testing.assert_allclose(half.blend_shapes, (first.blend_shapes + second.blend_shapes) / 2, atol=1e-6)
    np.testing.assert_allclose(half.joints["head"], (first.joints["head"] + second.joints["head"]) / 2, atol=1e-6)
    np.testing.assert_array_equal(poses.at(-5.0).blend_shapes, poses.at(0.0).blend_shapes)
    np.testing.assert_array_equal(poses.at(50.0).blend_shapes, poses.at(7.0 / 24.0).blend_shapes)


ONE_CAMERA = CameraPath(np.eye(4)[None], np.array([0.3]))


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ({}, {"neutral": 1.0}),
        ({"emotion": "happy:0.4"}, {"happy": 0.4, "neutral": 0.6}),
        ({"moods": "0s:happy 2s:sad"}, {"happy": 0.5, "sad": 0.5, "neutral": 0.0}),
        ({"emotion": "of another program"}, {"neutral": 1.0}),
    ],
)
def test_emotions_are_those_the_clip_was_performed_with(clip: MotionClip, notes: dict, expected: dict) -> None:
    emotion = dict(zip(EMOTION_NAMES, ClipPoses(replace(clip, metadata=notes)).emotion(1.0), strict=True))
    assert emotion == pytest.approx(dict.fromkeys(EMOTION_NAMES, 0.0) | expected)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"references": []}, InvalidInput, "hero frame"),
        ({"mode": "scene"}, InvalidInput, "needs the scene's light"),
        ({"times_s": np.zeros(0)}, InvalidInput, "0 frames"),
        ({"resolution": (8, 64)}, InvalidInput, "between 32 and 4096"),
        ({"quality": "perfect"}, InvalidInput, "draft, normal, best"),
        ({"cameras": ONE_CAMERA}, InvalidInput, "1 cameras were given for 8 frames"),
        ({"view": "sideways"}, InvalidInput, "A view is keys"),
        ({"view": "0s:az=150,dist=0.1"}, InvalidInput, "inside the character"),
        ({"character": "nobody.glb"}, InvalidInput, "nobody"),
        ({"model": "/nowhere"}, (InvalidInput, ModelMissing), "nowhere"),
    ],
)
def test_bad_orders_are_refused_and_leave_nothing(order: RenderOrder, tmp_path: Path, changes: dict, error, words: str) -> None:
    with pytest.raises(error, match=words):
        rendered(replace(order, **changes), tmp_path / "frames")
    assert not (tmp_path / "frames").exists()


def test_a_camera_that_looks_away_is_refused(order: RenderOrder, tmp_path: Path) -> None:
    away = np.diag([-1.0, 1.0, -1.0, 1.0])[None].repeat(8, axis=0)
    away[:, :3, 3] = [0.0, 1.5, 2.0]
    with pytest.raises(InvalidInput, match="never sees"):
        rendered(replace(order, cameras=CameraPath(away, np.full(8, 0.3))), tmp_path / "frames")
    assert not (tmp_path / "frames").exists()


def test_too_little_memory_is_said_at_once(order: RenderOrder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = type("Memory", (), {"available": 10_000_000})
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    with pytest.raises(InvalidInput, match="GB of memory"):
        rendered(order, tmp_path / "frames")


def test_a_view_that_stays_needs_no_moment(clip: MotionClip, hero: str, tmp_path: Path) -> None:
    config = Render(tmp_path / "clip.npz", tmp_path / "frames", reference=(hero,), view="az=20,el=3")
    assert order_of(config, clip).view == "0s:az=20,el=3"


def test_fingerprints_tell_renders_apart(order: RenderOrder) -> None:
    assert order.fingerprint == replace(order).fingerprint
    changes = [{"seed": 1}, {"view": "0s:az=1"}, {"times_s": order.moments_s[:-1]}, {"quality": "best"}]
    others = {replace(order, **change).fingerprint for change in changes} | {order.fingerprint}
    assert len(others) == 1 + len(changes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--reference", "absent.png"], "no picture at absent.png"),
        (["--start-s", "5"], "0 frames"),
        (["--light", "absent.exr"], "no picture at absent.exr"),
        (["--audio", "absent.wav"], "no recording at absent.wav"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(
    clip: MotionClip,
    tmp_path: Path,
    options: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    write_clip(clip, tmp_path / "clip.npz")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["vivavoce", "render", "clip.npz", "--out", "film.mp4", "--mode", "scene", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["clip.npz"]


@pytest.mark.parametrize(("processors", "frames", "wanted"), [(2, 240, 1), (8, 240, 4), (8, 30, 2), (64, 240, 8), (8, 5, 1)])
def test_processes_are_as_many_as_processors_frames_and_memory_allow(
    order: RenderOrder, monkeypatch: pytest.MonkeyPatch, processors: int, frames: int, wanted: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    long = replace(order, times_s=np.linspace(0.0, 0.25, frames))
    free = [100.0 * needed_bytes(long), 5.0 * needed_bytes(long)]
    for available, most in zip(free, (8, 2), strict=True):
        monkeypatch.setattr(psutil, "virtual_memory", lambda available=available: SimpleNamespace(available=available))
        assert fitting_processes(long) == min(wanted, most)
