"""What a rig's meshes do: shape keys add up, bones carry the skin, and a file gives back what it was given."""

from dataclasses import fields, replace

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.rigs import TargetName
from vivavoce.bridge.rigs.geometry import NO_BONES, RigBones, RigGeometry, sparse_controls
from vivavoce.bridge.rigs.geometry_file import geometry_arrays, geometry_from, read_geometry, write_geometry

SMILE = TargetName("shape_key", "Face", "smile")


def turn(bone: str, axis: str) -> TargetName:
    return TargetName("bone_rotation", "Rig", bone, axis)


@pytest.fixture
def arm() -> RigGeometry:
    """Two bones along +X with a vertex at the end of each, and a key that lifts the last vertex."""
    vertices = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    controls = sparse_controls((SMILE,), np.array([[[0, 0, 0], [0, 0, 0], [0.0, 1.0, 0.0]]]), np.array([[0.0, 1.0]]))
    bones = RigBones(
        ("upper", "lower"), ("Rig", "Rig"), np.array([-1, 0]), np.array([[0.0, 0, 0], [1.0, 0, 0]]),
        np.array([[0, 1], [0, 1], [0, 1]]), np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]),
    )  # fmt: skip
    return RigGeometry(vertices, np.array([[0, 1, 2]]), np.zeros(3, np.int64), ("Face",), controls, bones)


def test_bones_carry_their_children_and_shape_keys_come_first(arm):
    quarter = np.pi / 2.0
    targets = (SMILE, turn("upper", "z"), turn("lower", "z"), TargetName("bone_location", "Rig", "upper", "x"))
    values = np.array([[0.0, quarter, quarter, 0.0], [1.0, 0.0, quarter, 0.0], [0.0, quarter, 0.0, 3.0]])
    found = arm.deformed(targets, values, np.array([1, 2]))
    assert found[0] == pytest.approx(np.array([[0.0, 1.0, 0.0], [-1.0, 1.0, 0.0]]), abs=1e-6)
    assert found[1] == pytest.approx(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), abs=1e-6)
    assert found[2] == pytest.approx(np.array([[3.0, 1.0, 0.0], [3.0, 2.0, 0.0]]), abs=1e-6)


def test_a_file_gives_back_what_it_was_given(arm, tmp_path):
    write_geometry(arm, tmp_path / "rig.npz")
    again = read_geometry(tmp_path / "rig.npz")
    assert again.controls.targets == arm.controls.targets
    for name in ("vertices", "triangles", "vertex_mesh"):
        assert np.array_equal(getattr(again, name), getattr(arm, name))
    for field in fields(RigBones):
        assert np.array_equal(np.asarray(getattr(again.bones, field.name)), np.asarray(getattr(arm.bones, field.name)))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("triangles", np.array([[0, 1, 9]]), "outside 0..2"),
        ("bone_parents", np.array([1, -1]), "parents come before"),
        ("bone_skin_bones", np.array([[0, 7]] * 3), "outside 0..1"),
        ("control_starts", np.array([0]), "do not fit"),
        ("rig_version", np.array(9), "version"),
        ("vertices", np.array(["a"]), "wrong type"),
    ],
)
def test_arrays_that_are_no_rig_are_refused(arm, key, value, words):
    with pytest.raises(InvalidInput, match=words):
        geometry_from({**geometry_arrays(arm), key: value})


def test_a_rig_without_bones_stays_where_its_keys_put_it(arm):
    bare = replace(arm, bones=NO_BONES)
    assert bare.deformed((SMILE,), np.array([[0.5]]), np.array([2]))[0, 0] == pytest.approx([2.0, 0.5, 0.0])
