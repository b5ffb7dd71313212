"""A folder of frames goes on where it stopped and refuses what is not its own."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.rendering.frames import FrameFolder
from vivavoce.rendering.pictures import Picture

PICTURE = Picture(np.full((4, 6, 3), 0.5), np.ones((4, 6)))


def test_only_frames_that_are_missing_are_made(tmp_path: Path) -> None:
    folder = FrameFolder(tmp_path / "new" / "frames", "a", 3)
    assert folder.open() == [0, 1, 2]
    folder.write(1, PICTURE)
    assert folder.open() == [0, 2]
    assert [path.name for path in folder.paths()] == ["000001.png", "000002.png", "000003.png"]


@pytest.mark.parametrize("other", [("b", 3, "png"), ("a", 4, "png"), ("a", 3, "exr")])
def test_frames_of_another_render_are_left_alone(tmp_path: Path, other: tuple[str, int, str]) -> None:
    FrameFolder(tmp_path, "a", 3).open()
    before = (tmp_path / "render.json").read_bytes()
    with pytest.raises(InvalidInput, match="not frames of this render"):
        FrameFolder(tmp_path, *other).open()
    assert (tmp_path / "render.json").read_bytes() == before


def test_a_folder_with_the_artists_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="not frames of this render"):
        FrameFolder(tmp_path, "a", 3).open()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_what_is_removed_is_the_frames_alone(tmp_path: Path) -> None:
    folder = FrameFolder(tmp_path / "frames", "a", 1)
    folder.open()
    folder.write(0, PICTURE)
    (tmp_path / "frames" / ".vivavoce-0a1b.png").write_bytes(b"half of a frame")
    folder.remove()
    assert not (tmp_path / "frames").exists()


def test_no_frames_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="0 frames"):
        FrameFolder(tmp_path, "a", 0)
