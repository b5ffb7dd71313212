"""The report says in words what a character cannot do, and names what stands in the way."""

from vivavoce.addon.core.rigs.auto_mapping import auto_mapping
from vivavoce.addon.core.rigs.coverage import Coverage, coverage
from vivavoce.addon.core.rigs.survey import ArmatureSurvey, BoneSurvey, MeshSurvey, RigSurvey, circular
from vivavoce.bridge.data import ARKIT_NAMES


def report(*meshes: MeshSurvey, bones: tuple[str, ...] = ("neck", "head")) -> Coverage:
    survey = RigSurvey(meshes, (ArmatureSurvey("Rig", tuple(map(BoneSurvey, bones))),))
    return coverage(survey, auto_mapping(survey))


def keys_without(*missing: str) -> tuple[str, ...]:
    return tuple(name for name in ARKIT_NAMES if name not in missing)


def test_a_whole_face_needs_no_words() -> None:
    found = report(MeshSurvey("Face", ARKIT_NAMES))
    assert (found.convention, found.shown, found.unsure, found.sentences) == ("ARKit", 52, (), ())


def test_what_is_missing_is_said() -> None:
    said = " ".join(report(MeshSurvey("Face", keys_without("mouthClose", "tongueOut"))).sentences)
    assert "No mouthClose: p b m will be closed by the jaw and pressed lips" in said
    assert "Not shown: tongueOut" in said


def test_a_bone_alone_says_what_it_leaves() -> None:
    said = " ".join(report(bones=("neck", "head", "jaw")).sentences)
    assert "closed by the jaw alone" in said
    assert "Nothing moves the gaze" in said


def test_teeth_that_stay_behind_are_named() -> None:
    teeth, lashes = MeshSurvey("Teeth"), MeshSurvey("Lashes", vertex_groups=("head",))
    said = " ".join(report(MeshSurvey("Face", ARKIT_NAMES), teeth, lashes).sentences)
    assert "Stay behind when the face moves: Teeth." in said


def test_targets_that_cannot_move_are_named() -> None:
    motions = tuple(0.0 if name == "jawLeft" else 0.1 for name in ARKIT_NAMES)
    mesh = MeshSurvey("Face", ARKIT_NAMES, driven=("jawOpen",), muted=("eyeBlinkLeft",), motions=motions)
    said = " ".join(report(mesh).sentences)
    assert "Drivers move jawOpen of Face" in said
    assert "Muted shape keys of Face: eyeBlinkLeft" in said
    assert "that move nothing: jawLeft" in said


def test_likeness_alone_is_not_trusted() -> None:
    names = tuple(name for name in ARKIT_NAMES if name != "cheekPuff")
    assert report(MeshSurvey("Face", (*names, "zz_cheekPuff"))).unsure == ("cheekPuff",)


def test_no_face_is_no_guess() -> None:
    found = report(MeshSurvey("Cube", ("Key 1",)), bones=("Bone",))
    assert found.shown == 0
    assert "None of 1 shape keys and 1 bones" in found.sentences[0]


def test_circles_are_found_with_nothing_beside_them() -> None:
    needs = {"root": set(), "a": {"root", "c"}, "b": {"a"}, "c": {"b"}, "behind": {"a"}, "itself": {"itself"}, "before": {"gone"}}
    assert set(circular(needs)) == {"a", "b", "c", "itself"}
    assert not circular({"root": set(), "a": {"root"}, "b": {"a", "root"}})
