"""What a render job is sent and answers arrives as it was sent, and nothing escapes from its folder."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.render_bundle import CameraPath, RenderBundle, rendered_frames, unpacked_bundle, write_rendered

CAMERAS = CameraPath(np.stack([np.eye(4)] * 2), np.array([0.3, 0.4]))


@pytest.mark.parametrize("cameras", [None, CAMERAS])
def test_a_bundle_is_unpacked_as_it_was_packed(tmp_path: Path, cameras: CameraPath | None) -> None:
    files = {"clip.npz": b"clip", "hero1.png": bytes(range(256))}
    np.savez(tmp_path / "job.npz", **RenderBundle(files, np.array([0.0, 0.5]), cameras).arrays())
    (tmp_path / "in").mkdir()
    times_s, unpacked = unpacked_bundle(tmp_path / "job.npz", tmp_path / "in")
    assert {path.name: path.read_bytes() for path in (tmp_path / "in").iterdir()} == files
    assert times_s is not None
    assert times_s.tolist() == [0.0, 0.5]
    assert (unpacked is None) == (cameras is None)
    if unpacked is not None:
        np.testing.assert_array_equal(unpacked.camera_to_world, CAMERAS.camera_to_world)
        assert unpacked.camera(1, 8, 6).fov_y_rad == 0.4


@pytest.mark.parametrize("name", ["../out.png", "/etc/hosts", ".hidden", "a/b.png", ""])
def test_a_file_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    np.savez(tmp_path / "job.npz", **RenderBundle({name: b"x"}).arrays())
    (tmp_path / "in").mkdir()
    with pytest.raises(InvalidInput, match="cannot be called"):
        unpacked_bundle(tmp_path / "job.npz", tmp_path / "in")


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "job.npz", fps=24.0)
    with pytest.raises(InvalidInput, match="names"):
        unpacked_bundle(tmp_path / "job.npz", tmp_path)
    with pytest.raises(InvalidInput, match="as many poses"):
        CameraPath(np.stack([np.eye(4)] * 2), np.zeros(3))


def test_frames_come_back_one_by_one(tmp_path: Path) -> None:
    paths = [tmp_path / f"{index}.png" for index in range(3)]
    for index, path in enumerate(paths):
        path.write_bytes(bytes([index]) * (index + 1))
    write_rendered(paths, tmp_path / "result.npz")
    assert list(rendered_frames(tmp_path / "result.npz")) == [(".png", bytes([index]) * (index + 1)) for index in range(3)]
