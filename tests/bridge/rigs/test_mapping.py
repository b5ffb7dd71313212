"""The mapping document, and the curves that come of it."""

from dataclasses import replace

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, LAYER_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.rigs import (
    JointTarget,
    MappingFactor,
    MappingRow,
    MappingTarget,
    RigMapping,
    TargetName,
    layered,
    mapping_from_json,
    mapping_to_json,
    retarget,
)
from vivavoce.bridge.rigs.mirror import mirrored_rig_name

FRAMES = 30


def key(name: str) -> TargetName:
    return TargetName("shape_key", "Face", name)


def clip() -> MotionClip:
    random = np.random.default_rng(3)
    layers = [
        MotionLayer(name, random.uniform(0.0, 0.8, (FRAMES, len(part))), tuple(part))
        for name, part in zip(LAYER_NAMES[:3], (ARKIT_NAMES[14:], ARKIT_NAMES[20:30], ARKIT_NAMES[:20]), strict=True)
    ]
    turn = random.normal(0.0, 0.1, (FRAMES, 1, 3))
    return MotionClip(25.0, (*layers, MotionLayer("head", np.zeros((FRAMES, 0)), (), turn, ("head",))))


def exact_mapping() -> RigMapping:
    return RigMapping("ARKit", tuple(MappingRow(name, (MappingTarget(key(name)),)) for name in ARKIT_NAMES))


def entangled_mapping() -> RigMapping:
    """Products, clamps, responses, a bone that the head's turn moves, a mirrored side."""
    wide = MappingTarget(TargetName("bone_rotation", "Rig", "Lid.L", "z"), 0.4, 0.1, -1.0, 1.0, is_mirrored=True)
    return RigMapping(
        "own",
        (
            MappingRow("jawOpen", (MappingTarget(key("A"), 1.4),), (MappingFactor("mouthFunnel", True, 2.0),)),
            MappingRow("mouthClose", (MappingTarget(key("A"), -1.4, minimum=-0.5),)),
            MappingRow("eyeBlinkLeft", (wide,), (MappingFactor("eyeSquintLeft"),)),
            MappingRow("head.y", (MappingTarget(key("turn"), 2.0, response=((-0.2, 0.0), (0.2, 1.0))),)),
        ),
        (JointTarget("head", "Rig", "Head", 0.8),),
    )


def test_the_same_names_give_the_same_numbers() -> None:
    curves = retarget(clip(), exact_mapping())
    assert [target.name for target in curves.targets] == list(ARKIT_NAMES)
    np.testing.assert_array_equal(curves.values, clip().blend_shapes(ARKIT_NAMES))


@pytest.mark.parametrize("mapping", [exact_mapping(), entangled_mapping()], ids=["exact", "entangled"])
def test_layers_add_up_to_the_whole(mapping: RigMapping) -> None:
    whole, parts = retarget(clip(), mapping), layered(clip(), mapping)
    total = dict.fromkeys(whole.targets, 0.0) | {target: parts.rest.column(target)[0] for target in parts.rest.targets}
    for curves in parts.layers.values():
        for target in curves.targets:
            total[target] = total[target] + curves.column(target)
    for target in whole.targets:
        np.testing.assert_allclose(total[target], whole.column(target), atol=1e-6)


def test_contributions_add_and_stay_in_range() -> None:
    mapping = replace(entangled_mapping(), rows=entangled_mapping().rows[:2])
    weights = clip().blend_shapes(("jawOpen", "mouthFunnel", "mouthClose"))
    opening = 1.4 * weights[:, 0] * np.clip(1.0 - 2.0 * weights[:, 1], 0.0, 1.0) - 1.4 * weights[:, 2]
    np.testing.assert_allclose(retarget(clip(), mapping).values[:, 0], np.clip(opening, -0.5, 1.0), atol=1e-6)


def test_the_other_side_turns_the_other_way() -> None:
    curves = retarget(clip(), entangled_mapping())
    right = curves.column(TargetName("bone_rotation", "Rig", "Lid.R", "z"))
    blink, squint = clip().blend_shapes(("eyeBlinkRight", "eyeSquintRight")).T
    np.testing.assert_allclose(right, -(0.4 * blink + 0.1) * squint, atol=1e-6)


def test_a_mapping_survives_being_written_and_read() -> None:
    for mapping in (exact_mapping(), entangled_mapping(), RigMapping()):
        assert mapping_from_json(mapping_to_json(mapping)) == mapping


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"version": 1', '"version": 2'), "version 2"),
        (('"jawOpen"', '"jawOpn"'), "jawOpn"),
        (('"gain": 1.4', '"gain": "much"'), "must be a number"),
        (('"gain": 1.4', '"gaim": 1.4'), "gaim"),
        (('"kind": "shape_key"', '"kind": "wish"'), "wish"),
        (('"axis": "z"', '"axis": "w"'), "axis"),
        (('"radians"', '"degrees"'), "units"),
        (('"format"', '"farmat"'), "lacks format"),
        (('"joint": "head"', '"joint": "horn"'), "horn"),
    ],
)
def test_a_wrong_mapping_is_refused(change: tuple[str, str], says: str) -> None:
    text = mapping_to_json(entangled_mapping())
    assert change[0] in text
    with pytest.raises(InvalidInput, match=says):
        mapping_from_json(text.replace(change[0], change[1], 1))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not JSON"):
        mapping_from_json("rows")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("eyeBlinkLeft", "eyeBlinkRight"), ("Mouth_Smile_L", "Mouth_Smile_R"), ("lid.T.L.001", "lid.T.R.001"),
        ("CTRL_L_brow_down", "CTRL_R_brow_down"), ("CTRL_expressions_browDownL", "CTRL_expressions_browDownR"),
        ("Bip01 LEye", "Bip01 REye"), ("eye-left-closure", "eye-right-closure"), ("左目", "右目"), ("jaw", "jaw"),
        ("Lip_Upper", "Lip_Upper"), ("L_Eye", "R_Eye"),
    ],
)  # fmt: skip
def test_names_have_another_side(left: str, right: str) -> None:
    assert mirrored_rig_name(left) == right
    assert mirrored_rig_name(right) == left
