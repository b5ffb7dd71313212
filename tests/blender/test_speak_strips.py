"""Speak on strips as they lie in the sequencer, one and several, in real Blenders with a real worker."""

import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import pytest

from .conftest import ROOT, run_script

pytest.importorskip("fastapi", reason="the `server` extra is not installed")
pytest.importorskip("torch", reason="the `motion` extra is not installed")

LINE = ROOT / "addon" / "assets" / "demo_line.flac"


def test_strips_are_spoken_where_they_lie_and_as_far_as_they_are_heard(tmp_path: Path, blender_python: str) -> None:
    mp3 = tmp_path / "line.mp3"
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", LINE, "-ar", "44100", "-ac", "2", mp3], check=True)
    said = run_script("speak_strips", sys.executable, LINE, mp3, tmp_path, python=blender_python)
    assert "Select sound strips" in said["none_selected"]

    name, start, first, last, count, strip_first, strip_end = said["trimmed"]
    assert (name, count) == ("demo_line 1", 1)
    assert start == first == strip_first == 35
    assert abs(last - strip_end) <= 1
    assert said["trimmed_stretch"] == pytest.approx([0.0, 1.0, (strip_end - strip_first) / 24.0], abs=1e-4)

    name, start, first, last, count, batch_end = said["batch"]
    assert (name, count) == ("trimmed to lost 1", 3)
    assert start == first == strip_first
    assert abs(last - batch_end) <= 2
    at_s = [(frame - strip_first) / 24.0 for frame in (strip_first, 150, 300)]
    assert [name.split(".")[0] for name, _ in said["spoken"]] == ["demo_line", "demo_line", "line"]
    assert [at_s for _, at_s in said["spoken"]] == pytest.approx(at_s, abs=1e-3)
    assert len(said["faults"]) == 1
    assert said["faults"][0].startswith("lost: There is no recording")
    one, silence, two, three = said["openness"]
    assert min(one, two, three) > 0.1
    assert silence < 0.08

    assert said["regenerated"][:5] == said["batch"][:5]
    assert said["regenerated"][5] < 1e-5
    assert said["packed"][:2] == ["line 1", 300]
    assert "no recording at" in said["lost"]
    assert "lost: There is no recording at" in said["all_lost"]
    assert "Nothing of the sound lies within" in said["nothing_left"]
