"""Hero frames know from where they were taken, in every way that an artist can say it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data.camera import Camera
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.camera_json import Viewpoint, sidecar, viewpoint_from_text, viewpoint_text
from vivavoce.rendering.pictures import Picture, write_picture
from vivavoce.rendering.references import read_reference, read_references

VIEWPOINT = Viewpoint(Camera(np.eye(4), 0.3, 6, 4), 1.25)
PICTURE = Picture(np.full((4, 6, 3), 0.5), np.ones((4, 6)))


@pytest.mark.parametrize("name", ["hero.png", "he@ro.exr"])
def test_a_picture_carries_its_viewpoint(tmp_path: Path, name: str) -> None:
    write_picture(tmp_path / name, replace(PICTURE, text=viewpoint_text(VIEWPOINT)))
    reference = read_reference(str(tmp_path / name))
    assert reference.viewpoint is not None
    np.testing.assert_array_equal(reference.viewpoint.camera.camera_to_world, np.eye(4))
    assert reference.time_s == 1.25


def test_a_file_beside_the_picture_tells_its_viewpoint(tmp_path: Path) -> None:
    path = tmp_path / "hero.png"
    write_picture(path, PICTURE)
    with pytest.raises(InvalidInput, match="does not say from where"):
        read_reference(str(path))
    sidecar(path).write_text(viewpoint_text(VIEWPOINT))
    assert read_reference(str(path)).time_s == 1.25


def test_the_artist_says_from_where_and_when(tmp_path: Path) -> None:
    write_picture(tmp_path / "hero.png", PICTURE)
    reference = read_reference(f"{tmp_path / 'hero.png'}@az=20,el=5,t=1.5s")
    assert (reference.view, reference.time_s, reference.viewpoint) == ("az=20,el=5", 1.5, None)
    with pytest.raises(InvalidInput, match="from where"):
        read_reference(f"{tmp_path / 'hero.png'}@t=1")
    with pytest.raises(InvalidInput, match="no number of seconds"):
        read_reference(f"{tmp_path / 'hero.png'}@az=0,t=soon")


def test_a_picture_of_another_size_than_its_cameras_is_refused(tmp_path: Path) -> None:
    write_picture(tmp_path / "hero.png", Picture(PICTURE.colour[:3], PICTURE.alpha[:3], viewpoint_text(VIEWPOINT)))
    with pytest.raises(InvalidInput, match="6 x 3 pixels and its camera 6 x 4"):
        read_reference(str(tmp_path / "hero.png"))


def test_a_missing_reference_and_too_many_are_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no picture at .*absent\.png"):
        read_references((str(tmp_path / "absent.png"),))
    with pytest.raises(InvalidInput, match="At most 3"):
        read_references(("a.png",) * 4)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', viewpoint_text(VIEWPOINT).replace("0.3", '"wide"')])
def test_a_text_that_is_no_viewpoint_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"hero\.png"):
        viewpoint_from_text(text, "hero.png")
