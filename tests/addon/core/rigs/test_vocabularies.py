"""The field's rigs by the names that they really have: each is recognised as what it is, and plays what it can."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from vivavoce.addon.core.rigs.auto_mapping import auto_mapping
from vivavoce.addon.core.rigs.survey import ArmatureSurvey, BoneSurvey, MeshSurvey, RigSurvey

NAMES = Path(__file__).parents[5] / "shared" / "names"

pytestmark = pytest.mark.skipif(not NAMES.is_dir(), reason=f"needs the rig vocabularies in {NAMES}")


def names(file: str) -> Any:
    return json.loads((NAMES / f"{file}.json").read_text(encoding="utf-8"))


def flat(groups: dict[str, list[str]]) -> list[str]:
    return [name for group in groups.values() for name in group]


def character(keys: Iterable[str] = (), bones: Iterable[str] = ()) -> RigSurvey:
    armature = ArmatureSurvey("Rig", tuple(BoneSurvey(name) for name in dict.fromkeys(bones)))
    mesh = MeshSurvey("Face", tuple(dict.fromkeys(keys)))
    return RigSurvey((mesh,) if mesh.shape_keys else (), (armature,) if armature.bones else ())


def cases() -> dict[str, tuple[RigSurvey, str, set[str]]]:
    """Name -> character, what it is, and some of what it must be able to do."""
    if not NAMES.is_dir():
        return {}
    creator, makehuman, oculus, rocketbox = map(names, ("character_creator", "makehuman_mpfb", "oculus_15_visemes", "rocketbox"))
    human, modular, animals = map(names, ("rigify_super_face", "rigify_face_modular", "rigify_animals"))
    metahuman, vrm, rhubarb = map(names, ("metahuman_ctrl", "vrm_expressions", "rhubarb_9"))
    rig = makehuman["default_rig_bones"]
    faces = {"jawOpen", "mouthPucker", "eyeBlinkLeft", "browInnerUp", "eyeLookUpRight"}
    visemes = {"jawOpen", "mouthClose", "mouthPucker", "mouthStretchLeft"}
    found = {
        "ARKit of MakeHuman": (character(makehuman["mpfb_arkit_faceunits (asset pack faceunits01)"], rig), "ARKit", faces),
        "Character Creator 4": (
            character(creator["cc4_extended_morphs"] + creator["cc_viseme_8_7_pairs"], ["CC_Base_JawRoot", "CC_Base_L_Eye"]),
            "Character Creator",
            faces,
        ),
        "Character Creator visemes": (character(creator["cc_viseme_15_1to1"]), "Character Creator visemes", visemes),
        "MetaHuman": (character(metahuman["ctrl_expressions"]), "MetaHuman", faces),
        "Rocketbox with shapes": (character(rocketbox["shapekey_to_standard"], rocketbox["face_bones"]), "ARKit", faces),
        "Rocketbox": (character(bones=rocketbox["face_bones"]), "Rocketbox bones", faces),
        "MakeHuman units": (character(makehuman["makehuman_expression_unit_targets"], rig), "MakeHuman expression units", faces),
        "MakeHuman visemes": (character(makehuman["mpfb_meta_visemes (visemes02)"], rig), "Oculus visemes", visemes),
        "Microsoft": (character(makehuman["mpfb_microsoft_visemes (visemes01)"]), "Microsoft visemes", visemes),
        "Oculus": (character(oculus["ovrlipsync_enum_order"]), "Oculus visemes", visemes),
        "Ready Player Me": (character(oculus["rpm_spelling"]), "Oculus visemes", visemes),
        "Rhubarb": (character(rhubarb["basic"] + rhubarb["extended"]), "Rhubarb mouth shapes", visemes),
        "Preston Blair": (character(rhubarb["preston_blair"].values()), "Rhubarb mouth shapes", visemes),
        "VRM 1": (character(vrm["vrm1_presets"]), "VRM and MMD vowels", {"jawOpen", "mouthPucker", "eyeBlinkRight"}),
        "VRM 0": (character(vrm["vrm0_presets"]), "VRM and MMD vowels", {"jawOpen", "mouthPucker", "eyeBlinkLeft"}),
        "SMPL-X": (character(bones=names("smplx_flame")["smplx_joints_55"]), "SMPL-X or FLAME joints", {"jawOpen"}),
        "Rigify super face": (character(bones=flat(human["generated_all_controls"])), "Rigify super face", faces),
        "Rigify modular face": (character(bones=flat(modular["generated_face_collections"])), "Rigify modular face", faces),
    }
    for animal in ("cat", "wolf"):
        bones = flat(animals["rigs"][animal]["face_collections"])
        found[f"Rigify {animal}"] = (character(bones=bones), "Rigify super face", faces)
    found["VRoid"] = (character(f"Face.M_F00_000_00_Fcl_MTH_{vowel}" for vowel in "AIUEO"), "VRM and MMD vowels", {"jawOpen"})
    found["MMD"] = (
        character(["あ", "い", "う", "え", "お", "まばたき", "ｳｨﾝｸ２右"]),
        "VRM and MMD vowels",
        {"jawOpen", "eyeBlinkRight"},
    )
    found["VRChat"] = (character(f"vrc.v_{name.lower()}" for name in oculus["ovrlipsync_enum_order"]), "Oculus visemes", visemes)
    return found


@pytest.mark.parametrize(("survey", "title", "channels"), cases().values(), ids=cases())
def test_a_rig_is_recognised_by_its_names(survey: RigSurvey, title: str, channels: set[str]) -> None:
    mapping = auto_mapping(survey)
    assert mapping.convention.split(" + ")[0] == title
    assert channels <= set(mapping.sources)


def test_a_face_that_speaks_by_two_means_uses_one() -> None:
    oculus = names("oculus_15_visemes")["rpm_spelling"]
    mapping = auto_mapping(character([*names("arkit_52")["names_alphabetical"], *oculus]))
    assert not {target.name for target in mapping.targets} & set(oculus)


def test_a_jaw_bone_helps_where_shapes_do_not_open() -> None:
    creator = names("character_creator")["cc4_extended_morphs"]
    jaw = [target for target in auto_mapping(character(creator, ["CC_Base_JawRoot"])).targets if target.kind == "bone_rotation"]
    assert {target.axis for target in jaw} == {"x", "y"}


def test_what_means_nothing_is_not_recognised() -> None:
    assert not auto_mapping(character(["Key 1", "Fat", "Thin"], ["Bone", "Bone.001"])).rows
