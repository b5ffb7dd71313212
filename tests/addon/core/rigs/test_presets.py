"""Mappings that are shared find their parts on another character."""

import pytest

from vivavoce.addon.core.rigs.auto_mapping import auto_mapping
from vivavoce.addon.core.rigs.presets import preset_mapping, rebound
from vivavoce.addon.core.rigs.survey import ArmatureSurvey, BoneSurvey, MeshSurvey, RigSurvey
from vivavoce.addon.core.rigs.vocabulary import vocabularies
from vivavoce.bridge.data import ARKIT_NAMES
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.rigs import mapping_from_json, mapping_to_json


def character(rig: str, *meshes: tuple[str, tuple[str, ...]]) -> RigSurvey:
    bones = ("neck", "head", "jaw", "eye.L", "eye.R")
    return RigSurvey(tuple(MeshSurvey(*mesh) for mesh in meshes), (ArmatureSurvey(rig, tuple(map(BoneSurvey, bones))),))


@pytest.mark.parametrize("vocabulary", vocabularies(), ids=lambda vocabulary: vocabulary.identifier)
def test_every_vocabulary_is_a_preset(vocabulary) -> None:
    keys = tuple(entry.spellings[0] for entry in vocabulary.keys)
    bones = tuple(BoneSurvey(entry.spellings[0]) for entry in vocabulary.bones)
    survey = RigSurvey((MeshSurvey("Face", keys),), (ArmatureSurvey("Rig", bones),))
    mapping = preset_mapping(survey, vocabulary.identifier)
    assert mapping.convention == vocabulary.title
    assert {target.name for target in mapping.targets} >= {bone.name for bone in bones}


def test_a_preset_that_fits_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Rhubarb"):
        preset_mapping(character("Rig", ("Face", ARKIT_NAMES)), "rhubarb")


def test_a_mapping_finds_the_parts_of_another_character() -> None:
    mapping = auto_mapping(character("Rig", ("Face", ARKIT_NAMES)))
    shared = mapping_from_json(mapping_to_json(mapping))
    other = character("Armature", ("Head", tuple(f"Head_{name}" for name in ARKIT_NAMES)), ("Teeth", ("jawOpen",)))
    found = rebound(shared, other)
    assert {target.object for target in found.targets} == {"Head", "Teeth"}
    assert {target.name for target in found.targets if target.object == "Head"} == {f"Head_{name}" for name in ARKIT_NAMES}
    assert {joint.object for joint in found.joints} == {"Armature"}
    with pytest.raises(InvalidInput, match="No shape key"):
        rebound(shared, RigSurvey((MeshSurvey("Cube", ("Key 1",)),)))
