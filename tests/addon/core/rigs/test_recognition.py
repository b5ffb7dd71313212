"""Each vocabulary is recognised by its names, however a rig spells them, and makes a mapping that plays."""

import numpy as np
import pytest

from vivavoce.addon.core.rigs.auto_mapping import auto_mapping, channel_confidence
from vivavoce.addon.core.rigs.survey import ArmatureSurvey, BoneSurvey, MeshSurvey, RigSurvey
from vivavoce.bridge.data import ARKIT_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.rigs import retarget


def keyed(*names: str, mesh: str = "Face") -> RigSurvey:
    return RigSurvey((MeshSurvey(mesh, names),))


def boned(*names: str) -> RigSurvey:
    return RigSurvey((), (ArmatureSurvey("Rig", tuple(BoneSurvey(name) for name in names)),))


SPELLINGS = {
    "as Apple": lambda name: name,
    "capitals": lambda name: name[0].upper() + name[1:],
    "underscores": lambda name: "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name),
    "side letters": lambda name: name.replace("Left", "_L").replace("Right", "_R"),
    "dotted sides": lambda name: name.replace("Left", ".L").replace("Right", ".R"),
    "prefixed": lambda name: f"Head__{name}",
    "numbered": lambda name: f"AK_{10 + ARKIT_NAMES.index(name)}_{name[0].upper()}{name[1:]}",
    "of Maya": lambda name: f"blendShape1.{name}",
    "ending": lambda name: f"{name}_Mesh",
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
def test_arkit_is_arkit_however_it_is_spelled(spelled) -> None:
    mapping = auto_mapping(keyed(*map(spelled, ARKIT_NAMES)))
    assert mapping.convention == "ARKit"
    assert {row.source: row.targets[0].target.name for row in mapping.rows} == {name: spelled(name) for name in ARKIT_NAMES}
    assert min(channel_confidence(keyed(*map(spelled, ARKIT_NAMES))).values()) >= 0.9


def test_arkit_onto_arkit_is_exact() -> None:
    weights = np.random.default_rng(0).uniform(0.0, 1.0, (20, 52)).astype(np.float32)
    clip = MotionClip(30.0, (MotionLayer("lips", weights, ARKIT_NAMES),))
    curves = retarget(clip, auto_mapping(keyed(*ARKIT_NAMES)))
    order = [ARKIT_NAMES.index(target.name) for target in curves.targets]
    np.testing.assert_array_equal(curves.values, weights[:, order])
