"""A human performance, reduced to what muzzles, beaks and ears can show."""

import numpy as np
import pytest

from vivavoce.addon.core.rigs.creature import CREATURE_CHANNELS, CreaturePart, creature_channels, creature_mapping
from vivavoce.bridge.data import ARKIT_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.rigs import TargetName, mapping_from_json, mapping_to_json, retarget


def still(**weights: float) -> MotionClip:
    row = np.array([[weights.get(name, 0.0) for name in ARKIT_NAMES]])
    return MotionClip(30.0, (MotionLayer("lips", row, ARKIT_NAMES),))


@pytest.mark.parametrize(
    ("weights", "channels"),
    [
        ({}, {}),
        ({"jawOpen": 0.7}, {"open": 0.7}),
        ({"jawOpen": 0.7, "mouthClose": 0.7}, {}),
        ({"mouthPressLeft": 0.3, "mouthPressRight": 0.3}, {"close": 1.0}),
        ({"mouthStretchLeft": 0.5, "mouthStretchRight": 0.5}, {"wide": 0.6}),
        ({"mouthPucker": 1.0, "mouthFunnel": 1.0}, {"round": 1.0}),
        ({"browDownLeft": 1.0, "browDownRight": 1.0}, {"brow": -1.0, "ear": -0.6}),
        ({"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0}, {"brow": 1.0, "ear": 0.8}),
        ({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}, {"blink": 1.0}),
    ],
)
def test_what_a_face_does_in_the_words_of_a_muzzle(weights: dict[str, float], channels: dict[str, float]) -> None:
    found = dict(zip(CREATURE_CHANNELS, creature_channels(still(**weights))[0].tolist(), strict=True))
    assert found == pytest.approx(dict.fromkeys(CREATURE_CHANNELS, 0.0) | channels, abs=1e-6)


def test_what_shuts_the_lips_shuts_a_beak() -> None:
    beak = TargetName("bone_rotation", "Parrot", "beak_lower", "x")
    mapping = creature_mapping({"open": [CreaturePart(beak, 0.5)]})
    for jaw in (0.05, 0.5, 1.0):
        np.testing.assert_allclose(retarget(still(jawOpen=jaw), mapping).column(beak), 0.5 * jaw, atol=1e-7)
        np.testing.assert_allclose(retarget(still(jawOpen=jaw, mouthClose=jaw), mapping).column(beak), 0.0, atol=1e-7)


def test_one_part_may_follow_two_channels() -> None:
    ear = TargetName("bone_rotation", "Cat", "ear.L", "local_z")
    mapping = creature_mapping({"ear": [CreaturePart(ear, -0.4)], "blink": [CreaturePart(ear, 0.1)]})
    assert retarget(still(browDownLeft=1.0, browDownRight=1.0), mapping).column(ear)[0] == pytest.approx(0.24)
    assert retarget(still(eyeBlinkLeft=1.0, eyeBlinkRight=1.0), mapping).column(ear)[0] == pytest.approx(0.1)


def test_a_creature_is_a_mapping_like_any_other() -> None:
    parts = {channel: [CreaturePart(TargetName("shape_key", "Wolf", channel), 1.0)] for channel in CREATURE_CHANNELS}
    mapping = creature_mapping(parts)
    assert mapping_from_json(mapping_to_json(mapping)) == mapping
    assert {target.name for target in mapping.targets} == set(CREATURE_CHANNELS)
