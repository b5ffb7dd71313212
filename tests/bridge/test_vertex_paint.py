import numpy as np
import pytest

from vivavoce.bridge.data.open_human import OpenHuman
from vivavoce.bridge.data.vertex_paint import beard, linear_colours, lips, material_colours
from vivavoce.bridge.formats.open_human import load_open_human


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


def test_display_colours_become_linear(human: OpenHuman) -> None:
    colours = linear_colours(human)
    assert colours.min() >= 0.0
    assert colours.max() <= 1.0
    np.testing.assert_allclose(
        1.055 * colours[human.vertex_color > 20] ** (1 / 2.4) - 0.055, human.vertex_color[human.vertex_color > 20] / 255
    )


def test_lips_are_full_inside_and_soft_outside(human: OpenHuman) -> None:
    share, region = lips(human), human.vertex_region == human.region_names.index("lips")
    assert share[region].min() >= 0.5
    assert share[~region].max() <= 0.5
    assert np.any((share > 0.0) & (share < 1.0))


def test_a_beard_is_on_skin_below_the_nose_and_symmetric(human: OpenHuman) -> None:
    share = beard(human)
    eye_height = human.joint_positions[human.joint_names.index("left_eye_smplhf"), 1]
    grown = share > 0.5
    assert grown.any()
    assert human.vertices[grown, 1].max() < eye_height - 0.03
    assert set(human.vertex_region[grown]) == {human.region_names.index("skin")}
    assert abs(np.average(human.vertices[:, 0], weights=share)) < 1e-3


def test_every_used_material_has_a_mean_colour(human: OpenHuman) -> None:
    means = material_colours(human)
    assert set(means) == {human.material_names[index] for index in np.unique(human.face_material)}
    assert means["pupil"].max() < 0.05 < means["sclera"].min()
