"""Pictures on disk: what was written is read, and what is no picture is said to be none."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.rendering.pictures import Picture, linear_from_srgb, read_picture, srgb_from_linear, write_picture


def test_screen_and_light_are_each_others_inverse() -> None:
    values = np.linspace(0.0, 1.0, 257, dtype=np.float32)
    np.testing.assert_allclose(srgb_from_linear(linear_from_srgb(values)), values, atol=1e-6)
    np.testing.assert_allclose(linear_from_srgb(np.float32(0.5)), 0.21404, atol=1e-5)


@pytest.mark.parametrize(("suffix", "error"), [("png", 0.005), ("exr", 0.001)])
def test_a_written_picture_is_read_with_its_text(tmp_path: Path, suffix: str, error: float) -> None:
    colour = np.random.default_rng(0).random((5, 7, 3)).astype(np.float32)
    alpha = np.linspace(0.2, 1.0, 35, dtype=np.float32).reshape(5, 7)
    write_picture(tmp_path / f"a.{suffix}", Picture(colour * alpha[..., None], alpha, "from where"))
    read = read_picture(tmp_path / f"a.{suffix}")
    np.testing.assert_allclose(read.colour, colour * alpha[..., None], atol=error)
    np.testing.assert_allclose(read.alpha, alpha, atol=0.003)
    assert read.text == "from where"


@pytest.mark.parametrize("name", ["a.png", "a.exr"])
def test_what_is_no_picture_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x89PNG no picture")
    with pytest.raises(InvalidInput, match=name):
        read_picture(tmp_path / name)
    with pytest.raises(InvalidInput, match="no picture at"):
        read_picture(tmp_path / f"absent-{name}")
