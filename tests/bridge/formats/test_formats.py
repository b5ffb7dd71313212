import subprocess
import sys

import numpy as np
import pytest

from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats import FORMATS, read_clip, write_clip


@pytest.mark.parametrize("suffix", [*FORMATS, ".NPZ", ".Csv"])
def test_the_suffix_chooses_the_format(tmp_path, full_clip, suffix):
    write_clip(full_clip(frames=70, fps=60.0), tmp_path / f"a{suffix}")
    clip = read_clip(str(tmp_path / f"a{suffix}"))
    assert (clip.fps, clip.frame_count) == (60.0, 70)
    assert [path.name for path in tmp_path.iterdir()] == [f"a{suffix}"]


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path, full_clip):
    for refused in (lambda: read_clip(tmp_path / "a.fbx"), lambda: write_clip(full_clip(), tmp_path / "a")):
        with pytest.raises(InvalidInput, match=r"\.npz, \.csv, \.bvh"):
            refused()


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_clip_that_cannot_be_written_leaves_the_old_file(tmp_path, suffix):
    target = tmp_path / f"a{suffix}"
    target.write_text("old")
    with pytest.raises(InvalidInput):
        write_clip(MotionClip(30.0, (MotionLayer("head", np.zeros((0, 0))),)), target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("suffix", FORMATS)
def test_equal_clips_give_equal_bytes_in_another_process(tmp_path, full_clip, suffix):
    write_clip(full_clip(), tmp_path / "a.npz")
    write_clip(read_clip(tmp_path / "a.npz"), tmp_path / f"here{suffix}")
    code = "import sys; from vivavoce.bridge.formats import *; write_clip(read_clip(sys.argv[1]), sys.argv[2])"
    subprocess.run([sys.executable, "-c", code, tmp_path / "a.npz", tmp_path / f"there{suffix}"], check=True)
    assert (tmp_path / f"here{suffix}").read_bytes() == (tmp_path / f"there{suffix}").read_bytes()
