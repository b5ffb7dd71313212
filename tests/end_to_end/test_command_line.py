"""The command line as a user meets it: a process, its exit code, its message and its files."""

import errno
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from matplotlib.image import imsave

from vivavoce import __main__ as command_line
from vivavoce.__main__ import COMMANDS
from vivavoce.bridge.formats import read_clip
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.bridge.readout import lip_closures

LINE = Path(__file__).resolve().parents[2] / "addon" / "assets" / "demo_line.flac"


def vivavoce(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vivavoce", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("spoken") / "out"
    result = vivavoce("speak", LINE, "--out", out, "--formats", "npz,csv,bvh")
    assert result.returncode == 0, result.stderr
    return out


def test_every_command_can_be_called():
    folder = Path(__file__).resolve().parents[2] / "commands"
    written = {path.stem.replace("_", "-") for path in folder.glob("*.py") if "\ndef run(" in path.read_text(encoding="utf-8")}
    assert written == set(COMMANDS)


def test_speak_writes_what_was_asked_for_and_nothing_else(spoken: Path):
    assert sorted(path.name for path in spoken.iterdir()) == ["demo_line.bvh", "demo_line.csv", "demo_line.npz"]
    assert not list(spoken.parent.glob(".vivavoce*"))


def test_the_same_command_writes_the_same_bytes(spoken: Path, tmp_path: Path):
    assert vivavoce("speak", LINE, "--out", tmp_path, "--formats", "npz").returncode == 0
    assert (tmp_path / "demo_line.npz").read_bytes() == (spoken / "demo_line.npz").read_bytes()


def test_takes_differ_but_not_in_closures(tmp_path: Path):
    result = vivavoce("speak", LINE, "--out", tmp_path, "--takes", 3, "--formats", "npz", "--fps", "23.976")
    assert result.returncode == 0, result.stderr
    clips = [read_clip(tmp_path / f"demo_line_take{take}.npz") for take in (1, 2, 3)]
    human = load_open_human()
    for other in clips[1:]:
        assert lip_closures(other, human).closed.all()
        assert other.phonemes == clips[0].phonemes
        assert not np.allclose(other.layer("lips").blend_shape_weights, clips[0].layer("lips").blend_shape_weights, atol=1e-2)
        assert not np.allclose(other.joints(["head"]), clips[0].joints(["head"]), atol=1e-3)
    assert clips[0].fps == 23.976


def test_inspect_draws_a_picture(spoken: Path, tmp_path: Path):
    result = vivavoce("inspect", spoken / "demo_line.npz", "--picture", tmp_path / "picture.png")
    assert result.returncode == 0, result.stderr
    assert "close the lips" in result.stdout
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def _bad_file(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.wav"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "corrupt":
        path.write_bytes(b"RIFF" + bytes(range(256)) * 20)
    elif kind == "short":
        soundfile.write(path, np.zeros(1600), 16000)
    elif kind == "no_sound":
        path = folder / "no_sound.png"
        imsave(path, np.zeros((8, 8)))
    return path


@pytest.mark.parametrize("kind", ["missing", "empty", "corrupt", "short", "no_sound"])
def test_bad_audio_is_told_and_touches_nothing(kind: str, tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "earlier.txt").write_text("kept")
    result = vivavoce("speak", _bad_file(kind, tmp_path), "--out", out)
    assert result.returncode == 2
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
    assert [path.name for path in out.iterdir()] == ["earlier.txt"]


@pytest.mark.parametrize(
    "options",
    [
        ["--emotion", "cheerful:0.5"], ["--emotion", "happy:much"], ["--formats", "doc"], ["--layers", "legs"], ["--fps", "0"],
        ["--moods", "0s:glad"], ["--moods", "2s:sad 1s:happy"], ["--moods", "soon:sad"], ["--moods", "0:sad", "--emotion", "sad"],
        ["--takes", "0"], ["--head", "-1"], ["--colour", "red"], ["--character", "nobody.blend", "--formats", "blend"],
    ],
)  # fmt: skip
def test_bad_options_are_told_and_touch_nothing(options: list[str], tmp_path: Path):
    result = vivavoce("speak", LINE, "--out", tmp_path / "out", *options)
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_moods_change_the_face_over_time(tmp_path: Path):
    moods = "0.5s:happy=.9 1.5s:angry"
    result = vivavoce("speak", LINE, "--out", tmp_path, "--moods", moods, "--formats", "npz", "--layers", "upper_face")
    assert result.returncode == 0, result.stderr
    clip = read_clip(tmp_path / "demo_line.npz")
    cheeks, brows = clip.blend_shapes(["cheekSquintLeft", "browDownLeft"])[[10, -1]].T
    assert cheeks[0] > 0.3 > cheeks[1]
    assert brows[0] < 0.2 < 0.5 < brows[1]
    assert clip.metadata["moods"] == "0.5s:happy=0.9 1.5s:angry=1"


def test_silence_idles_with_a_warning(tmp_path: Path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(16000 * 20, np.float32), 16000)
    result = vivavoce("speak", tmp_path / "silence.wav", "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "silent" in result.stderr.lower()
    clip = read_clip(tmp_path / "out" / "silence.npz")
    assert clip.blend_shapes(["eyeBlinkLeft"]).max() > 0.9
    assert np.ptp(clip.joints(["neck", "head"]), axis=0).max() > 1e-3


def test_the_plain_install_says_what_to_install(tmp_path: Path):
    without_scipy = "import sys; sys.modules['scipy'] = None; from vivavoce.__main__ import main; main()"
    command = [sys.executable, "-c", without_scipy, "speak", str(LINE), "--out", str(tmp_path / "out")]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 3
    assert "scipy" in result.stderr
    assert "pip install" in result.stderr


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/line.wav"), "/line.wav may not be read or written"),
    ],
)
def test_a_disk_that_refuses_is_told_without_a_traceback(
    error: OSError, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def refuse(name: str, arguments: list[str]) -> None:
        raise error

    monkeypatch.setattr(command_line, "run_command", refuse)
    monkeypatch.setattr(sys, "argv", ["vivavoce", "inspect"])
    terminated = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    signal.signal(signal.SIGTERM, terminated)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_inspect_reads_a_csv(spoken: Path, tmp_path: Path):
    result = vivavoce("inspect", spoken / "demo_line.csv", "--picture", tmp_path / "picture.png", "--fps", "30")
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupt_leaves_no_partial_file(tmp_path: Path):
    command = [sys.executable, "-m", "vivavoce", "speak", str(LINE), "--out", str(tmp_path / "out"), "--formats", "npz,mp4"]
    # A shell's background jobs ignore the interrupt, and so would this process's own children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    time.sleep(8.0)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "Stopped" in stderr
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".vivavoce*"))
