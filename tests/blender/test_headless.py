"""A job of addon/headless.py, in a process, with every output; then each file is opened again and must hold the clip."""

import json
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
import trimesh

from vivavoce.bridge.data import ARKIT_NAMES, BLINK_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.data.rotation import axis_angle_to_quaternion_wxyz, composed_rotations
from vivavoce.bridge.formats import write_clip

from .conftest import ROOT, run_script

FPS, FRAMES, CLICK_INDEX = 23.976, 24, 12


def sample_clip() -> MotionClip:
    """One second: lips and upper_face share jawOpen, the head turns by neck and head."""
    time = np.arange(FRAMES) / FPS
    lips = np.stack([0.5 + 0.4 * np.sin(9 * time), 0.3 + 0.3 * np.cos(5 * time), 0.2 + 0.0 * time], axis=1)
    blink = np.repeat(np.clip(np.cos(7 * time), 0, 1)[:, None], 2, axis=1)
    head = np.stack([0.1 * np.sin(2 * time), 0.2 * np.sin(3 * time), 0.05 * np.cos(time)], axis=1)
    return MotionClip(
        FPS,
        (
            MotionLayer("lips", lips, ("jawOpen", "mouthPucker", "tongueOut")),
            MotionLayer("upper_face", np.stack([0.3 * time, 0.2 + 0.4 * time], axis=1), ("browInnerUp", "jawOpen")),
            MotionLayer("blinks", blink, BLINK_NAMES),
            MotionLayer("head", np.zeros((FRAMES, 0)), (), np.stack([0.4 * head, head], axis=1), ("neck", "head")),
        ),
    )


def run_job(job: dict[str, Any], folder: Path) -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the messages of one job."""
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    command = [sys.executable, "-m", "vivavoce.addon.headless", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clip, a recording that clicks at one sample, and every output of the job."""
    folder = tmp_path_factory.mktemp("job")
    write_clip(sample_clip(), folder / "clip.npz")
    sound = np.zeros(int(np.ceil(16000 * FRAMES / FPS)), np.float32)
    click = round(16000 * CLICK_INDEX / FPS)
    sound[click : click + 160] = 0.9 * np.sign(np.sin(0.8 * np.arange(160)))
    soundfile.write(folder / "speech.wav", sound, 16000)
    (folder / "out").mkdir()
    job = {
        "clip": str(folder / "clip.npz"),
        "audio": str(folder / "speech.wav"),
        "outputs": {name: str(folder / "out" / f"line.{name}") for name in ("blend", "glb", "fbx", "usd", "mp4")},
        "resolution": [160, 90],
        "samples": 1,
        "device": "cpu",
    }
    code, messages = run_job(job, folder)
    assert code == 0, messages
    shares = [message["progress"] for message in messages]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return folder


def test_only_the_outputs_are_left(folder: Path) -> None:
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "line.blend",
        "line.fbx",
        "line.glb",
        "line.mp4",
        "line.usd",
    ]


@pytest.mark.parametrize(("suffix", "tolerance"), [("blend", 1e-3), ("glb", 1e-3), ("usd", 1e-3), ("fbx", 1e-2)])
def test_files_hold_the_clip(folder: Path, suffix: str, tolerance: float) -> None:
    clip, said = sample_clip(), run_script("open_file", folder / "out" / f"line.{suffix}")
    assert said["range"][1] - said["range"][0] + 1 == FRAMES
    assert len(said["values"]) == 52
    values = np.array([said["values"][name] for name in ARKIT_NAMES]).T
    np.testing.assert_allclose(values, clip.blend_shapes(ARKIT_NAMES), atol=tolerance)
    # The bone's turn since rest, seen from the world: neck then head, with Blender's axes (x, -z, y).
    neck, head = clip.joints(("neck", "head")).swapaxes(0, 1)
    turn = axis_angle_to_quaternion_wxyz(composed_rotations(neck, head))
    expected = np.stack([turn[:, 0], turn[:, 1], -turn[:, 3], turn[:, 2]], axis=1)
    found = np.array(said["heads"])
    np.testing.assert_allclose(found * np.sign(np.sum(found * expected, axis=1, keepdims=True)), expected, atol=3e-3)


def test_the_blend_has_a_track_per_layer_the_sound_and_the_rate(folder: Path) -> None:
    said = run_script("open_file", folder / "out" / "line.blend")
    assert said["tracks"] == ["Vivavoce rest", "Vivavoce lips", "Vivavoce upper_face", "Vivavoce blinks"]
    assert said["sounds"] == [True]
    assert said["fps"] == pytest.approx(24000 / 1001, abs=1e-4)
    assert said["range"] == [1, FRAMES]


def test_the_glb_opens_in_trimesh_with_one_animation_of_52_targets(folder: Path) -> None:
    path = folder / "out" / "line.glb"
    assert len(trimesh.load(path).geometry) > 5
    data = path.read_bytes()
    content = json.loads(data[20 : 20 + struct.unpack("<I", data[12:16])[0]])
    assert len(content["animations"]) == 1
    assert {"weights", "rotation"} <= {channel["target"]["path"] for channel in content["animations"][0]["channels"]}
    face = next(mesh for mesh in content["meshes"] if mesh["name"] == "Vivavoce Human")
    assert all(len(primitive["targets"]) == 52 for primitive in face["primitives"])
    assert face["extras"]["targetNames"] == list(ARKIT_NAMES)
    assert {"COLOR_0", "JOINTS_0"} <= set(face["primitives"][0]["attributes"])


def test_the_movie_has_sound_as_long_as_its_pictures(folder: Path) -> None:
    path = folder / "out" / "line.mp4"
    told = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path)], capture_output=True, text=True).stderr
    assert re.search(r"Video: h264.*160x90.*23\.98 fps", told), told
    assert re.search(r"Audio: aac", told), told
    frames, _ = imageio_ffmpeg.count_frames_and_secs(str(path))
    sound = decoded_sound(path)
    assert frames == FRAMES
    assert abs(len(sound) / 16000 - FRAMES / FPS) < 1 / FPS
    assert abs(np.argmax(np.abs(sound) > 0.3) / 16000 - CLICK_INDEX / FPS) < 0.005


def decoded_sound(path: Path) -> np.ndarray:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1", "-ar", "16000", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.int16) / 32768


@pytest.mark.parametrize("layers", [True, False])
@pytest.mark.parametrize(("character", "rate"), [("line.glb", 30.0), ("line.blend", 24000 / 1001)])
def test_a_file_with_arkit_keys_performs_anew(folder: Path, tmp_path: Path, character: str, rate: float, layers: bool) -> None:
    """The clip of a second replaces what the file performed; a blend keeps its rate, and the 30 fps clip is laid onto it."""
    time = np.arange(30) / 30.0
    write_clip(MotionClip(30.0, (MotionLayer("lips", (0.5 + 0.5 * time)[:, None], ("jawOpen",)),)), tmp_path / "clip.npz")
    job = {
        "clip": str(tmp_path / "clip.npz"),
        "character": str(folder / "out" / character),
        "outputs": {"blend": str(tmp_path / "again.blend")},
        "layers": layers,
    }
    code, messages = run_job(job, tmp_path)
    assert code == 0, messages
    said = run_script("open_file", tmp_path / "again.blend")
    assert said["fps"] == pytest.approx(rate, abs=1e-3)
    frame_times = np.arange(round(rate)) / rate
    np.testing.assert_allclose(said["values"]["jawOpen"], 0.5 + 0.5 * np.minimum(frame_times, time[-1]), atol=2e-3)
    assert max(said["values"]["eyeBlinkLeft"] + said["values"]["browInnerUp"]) == 0.0


def test_every_blender_runs_a_job_as_a_script(folder: Path, tmp_path: Path, blender_python: str) -> None:
    outputs = {name: str(tmp_path / f"a.{name}") for name in ("blend", "glb", "mp4")}
    job = {"clip": str(folder / "clip.npz"), "outputs": outputs, "resolution": [64, 36], "samples": 1, "device": "cpu"}
    (tmp_path / "job.json").write_text(json.dumps(job))
    command = [blender_python, str(ROOT / "addon" / "headless.py"), "--", str(tmp_path / "job.json")]
    subprocess.run(command, check=True, capture_output=True)
    said = run_script("open_file", tmp_path / "a.blend", python=blender_python)
    values = np.array([said["values"][name] for name in ARKIT_NAMES]).T
    np.testing.assert_allclose(values, sample_clip().blend_shapes(ARKIT_NAMES), atol=1e-3)
    assert imageio_ffmpeg.count_frames_and_secs(outputs["mp4"])[0] == FRAMES


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_stopped_job_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    job = {
        "clip": str(folder / "clip.npz"),
        "outputs": {"mp4": str(tmp_path / "a.mp4")},
        "resolution": [320, 180],
        "device": "cpu",
    }
    (tmp_path / "job.json").write_text(json.dumps(job))
    command = [sys.executable, "-m", "vivavoce.addon.headless", str(tmp_path / "job.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if json.loads(line).get("stage") == "render")
        process.terminate()
        messages = [json.loads(line) for line in process.stdout]
    assert process.returncode == 130
    assert messages[-1]["code"] == "cancelled"
    assert [path.name for path in tmp_path.iterdir()] == ["job.json"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": "red"}, "unknown keys: colour"),
        ({"outputs": {"gif": "x.gif"}}, "gif"),
        ({"clip": "absent.npz"}, "absent.npz"),
        ({"audio": "absent.wav"}, "absent.wav"),
        ({"character": "absent.glb"}, "absent.glb"),
        ({"resolution": [161, 90]}, "even"),
        ({"samples": "many"}, "samples"),
    ],
)
def test_bad_jobs_say_what_is_wrong_and_write_nothing(folder: Path, tmp_path: Path, change: dict[str, Any], says: str) -> None:
    job = {"clip": str(folder / "clip.npz"), "outputs": {"blend": str(tmp_path / "a.blend")}} | change
    code, messages = run_job(job, tmp_path)
    assert code == 2
    assert messages[-1]["code"] == "invalid_input"
    assert says in messages[-1]["message"]
    assert [path.name for path in tmp_path.iterdir()] == ["job.json"]
