"""Characters of many conventions, made in Blender, speak: recognised, mapped, driven, lips shut where the line shuts them.

`benchmarks/rigs.py` measures these and the others, the wolf among them: Rigify takes 8 s to make a super face.
"""

from typing import Any

import numpy as np
import pytest

from vivavoce.bridge.data import LIPS_NAMES, MotionClip, MotionLayer, Phoneme
from vivavoce.bridge.data.lip_contact import close_lips
from vivavoce.bridge.formats import write_clip

from .conftest import run_script

FPS = 30.0
FRAMES = 16
HUMANS = {
    "keys oculus": "Oculus visemes",
    "keys vrm": "VRM and MMD vowels",
    "keys character_creator": "Character Creator + jaw, eye and lid bones",
    "keys makehuman_units": "MakeHuman expression units",
    "spelled rocketbox": "ARKit",
    "four meshes": "ARKit",
    "bones jaw": "jaw, eye and lid bones",
    "rigify modular": "Rigify modular face",
    "rigify human": "Rigify super face",
}
ANIMALS = {"rigify cat": "Rigify super face"}
EXACT = ("spelled rocketbox", "four meshes")


def babble() -> MotionClip:
    """`ama`: the mouth opens, shuts in the middle, and opens again."""
    weights = np.zeros((FRAMES, len(LIPS_NAMES)))
    weights[:, LIPS_NAMES.index("jawOpen")] = 0.5 * np.sin(np.linspace(0.0, np.pi, FRAMES))
    weights[:, LIPS_NAMES.index("mouthStretchLeft")] = weights[:, LIPS_NAMES.index("mouthStretchRight")] = 0.2
    close_lips(weights, np.where(np.abs(np.arange(FRAMES) - 8) <= 1, 1.0, 0.0))
    spans = [("sil", 0.0, 0.1), ("a", 0.1, 7 / FPS), ("m", 7 / FPS, 9 / FPS), ("a", 9 / FPS, FRAMES / FPS)]
    return MotionClip(FPS, (MotionLayer("lips", weights, LIPS_NAMES),), tuple(Phoneme(*span) for span in spans))


@pytest.fixture(scope="module")
def measures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    line = tmp_path_factory.mktemp("rigs") / "line.npz"
    write_clip(babble(), line)
    return run_script("rig_measures", line, *HUMANS, *ANIMALS)


@pytest.mark.parametrize("kind", [*HUMANS, *ANIMALS])
def test_a_character_is_recognised_and_its_lips_open_and_shut(measures: dict[str, Any], kind: str) -> None:
    said = measures[kind]
    assert said["convention"] == (HUMANS | ANIMALS)[kind]
    assert said["closures"] == [1, 1]
    assert said["opening"] > 0.1


@pytest.mark.parametrize("kind", HUMANS)
def test_a_head_is_nearer_to_the_source_than_a_still_one(measures: dict[str, Any], kind: str) -> None:
    said = measures[kind]
    assert said["error"] < (1e-3 if kind in EXACT else 0.9 * said["motion"])
