"""The quick movie: the right length, with sound, of a face that moves."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from vivavoce.bridge.data import MotionClip, MotionLayer
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.rendering.preview import posed_frames, preview_frames, vertex_normals, write_preview

FPS = 23.976


@pytest.fixture(scope="module")
def clip() -> MotionClip:
    """Half a second in which the mouth opens and the head turns."""
    opening = np.linspace(0.0, 1.0, 12)
    head = np.stack([0.0 * opening, 0.5 * opening, 0.0 * opening], axis=1)[:, None]
    return MotionClip(
        FPS, (MotionLayer("lips", opening[:, None], ("jawOpen",)), MotionLayer("head", np.zeros((12, 0)), (), head, ("head",)))
    )


def test_the_movie_is_as_long_as_the_clip_and_so_is_its_sound(clip: MotionClip, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", 0.1 * np.ones(8000, np.float32), 16000)
    shares = []
    write_preview(
        clip, tmp_path / "a.wav", tmp_path / "a.mp4", resolution=(160, 90), report=lambda share, _: shares.append(share)
    )
    frames, _ = imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "a.mp4"))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(tmp_path / "a.mp4"), "-f", "s16le", "-ar", "16000", "-"]
    sound = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.int16)
    assert frames == clip.frame_count
    assert abs(len(sound) / 16000 - clip.duration_s) < 1.0 / FPS
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.wav"]


def test_the_picture_shows_someone_who_moves(clip: MotionClip) -> None:
    pictures = np.array(list(preview_frames(clip, load_open_human(), (160, 90))), float)
    assert pictures.shape == (12, 90, 160, 3)
    assert pictures[0, 30:60, 60:100].mean() > 1.5 * pictures[0, :20, :20].mean()
    assert np.abs(pictures[-1] - pictures[0]).mean() > 2.0


def test_frames_are_posed_in_chunks_as_at_once(clip: MotionClip) -> None:
    human = load_open_human()
    weights, head = clip.blend_shapes(human.blend_shape_names), clip.joints(("head",))[:, 0]
    np.testing.assert_allclose(np.array(list(posed_frames(clip, human))), human.posed(weights, {"head": head}), atol=1e-6)


def test_normals_of_a_tent() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    np.testing.assert_allclose(vertex_normals(vertices, np.array([[0, 1, 2]])), [[0, 0, 1]] * 3)


def test_a_missing_folder_is_said_before_any_work(clip: MotionClip, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        write_preview(clip, None, tmp_path / "absent" / "a.mp4", report=lambda *_: None)
