"""A light is read as it was written."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import Lamp, SceneLight
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.scene_light import light_arrays, read_scene_light, write_scene_light


@pytest.mark.parametrize("lamps", [(), (Lamp("area", np.eye(4), np.ones(3), (1.0, 2.0)), Lamp("sun", np.eye(4), np.ones(3)))])
def test_a_light_is_read_as_it_was_written(tmp_path: Path, lamps: tuple[Lamp, ...]) -> None:
    light = SceneLight(np.random.default_rng(0).random((4, 8, 3)), lamps)
    write_scene_light(light, tmp_path / "light.npz")
    read = read_scene_light(tmp_path / "light.npz")
    assert [lamp.kind for lamp in read.lamps] == [lamp.kind for lamp in lamps]
    for name, values in light_arrays(light).items():
        np.testing.assert_array_equal(light_arrays(read)[name], values)


def test_what_holds_no_light_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", fps=24.0)
    with pytest.raises(InvalidInput, match="holds no light"):
        read_scene_light(tmp_path / "other.npz")
