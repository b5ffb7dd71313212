import pytest

from vivavoce.bridge.data import REGION_NAMES
from vivavoce.bridge.data.named_regions import named_region


@pytest.mark.parametrize(
    ("names", "region"),
    [
        (("Vivavoce skin", "Vivavoce Human"), "skin"),
        (("", "Hair_Short01"), "hair"),
        (("eyelashes", "Head"), "hair"),
        (("Material.001", "LeftEye"), "eyes"),
        (("Std_Upper_Teeth", "CC_Base_Teeth"), "mouth"),
        (("Lips", "Face"), "lips"),
        (("T-Shirt", "Body"), "clothes"),
        (("Material", "Cube"), "skin"),
        (("Eyebrow", "Eye"), "hair"),
    ],
)
def test_names_tell_the_region(names, region):
    assert REGION_NAMES[named_region(*names)] == region
