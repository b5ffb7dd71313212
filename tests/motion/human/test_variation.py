from dataclasses import replace

import numpy as np
import pytest

from vivavoce.bridge.data import OpenHuman
from vivavoce.bridge.formats.open_human import load_open_human, write_open_human
from vivavoce.motion.human.people import random_person
from vivavoce.motion.human.variation import bust, mixed, recoloured


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


@pytest.fixture(scope="module")
def taller(human) -> OpenHuman:
    """The same person, a tenth larger, whose jaw opens twice as far."""
    jaw = human.blend_shape_names.index("jawOpen")
    offsets = human.blend_shape_offsets.copy()
    offsets[human.blend_shape_starts[jaw] : human.blend_shape_starts[jaw + 1]] *= 2.0
    return replace(
        human, vertices=1.1 * human.vertices, joint_positions=1.1 * human.joint_positions, blend_shape_offsets=offsets
    )  # fmt: skip


def test_half_way_to_another_is_between_them(human, taller):
    half = mixed(human, taller, 0.5)
    body = np.unique(human.faces[human.face_part <= human.part_names.index("lashes")])
    np.testing.assert_allclose(half.vertices[body], 1.05 * human.vertices[body], atol=1e-5)
    np.testing.assert_allclose(half.joint_positions, 1.05 * human.joint_positions, atol=1e-5)
    np.testing.assert_allclose(half.blend_shape("jawOpen")[body], 1.5 * human.blend_shape("jawOpen")[body], atol=1e-6)
    hair = np.unique(human.faces[human.face_part == human.part_names.index("hair")])
    np.testing.assert_allclose(half.vertices[hair], 1.05 * human.vertices[hair], atol=4e-3)


def test_none_of_another_is_oneself(human, taller):
    same = mixed(human, taller, 0.0)
    np.testing.assert_array_equal(same.vertices, human.vertices)
    np.testing.assert_array_equal(same.blend_shape("mouthPucker"), human.blend_shape("mouthPucker"))


def test_paint_changes_its_own_material_alone(human):
    painted = recoloured(human, {"shirt": (0.9, 0.1, 0.1)})
    shirt = np.unique(human.faces[human.face_material == human.material_names.index("shirt")])
    assert (painted.vertex_color[shirt, 0] > 150).all()
    others = np.setdiff1d(np.arange(len(human.vertices)), shirt)
    np.testing.assert_array_equal(painted.vertex_color[others], human.vertex_color[others])


def test_a_bust_poses_as_the_whole_person_does(human, tmp_path):
    made = bust(human, 1.2, without=("hair",))
    write_open_human(tmp_path / "bust.npz", made)
    read = load_open_human(tmp_path / "bust.npz")
    assert read.vertices[:, 1].min() > 1.1
    assert not np.isin(read.face_part, [read.part_names.index(name) for name in ("hair", "trousers", "covered_body")]).any()
    weights, pose = np.linspace(0.0, 0.5, 52), {"head": np.array([0.1, 0.3, 0.0])}
    whole, part = human.posed(weights, pose), read.posed(weights, pose)
    used = np.unique(human.faces[_kept(human)])
    np.testing.assert_allclose(part, whole[used], atol=1e-4)


def _kept(human: OpenHuman) -> np.ndarray:
    gone = [human.part_names.index(name) for name in ("hair", "trousers", "covered_body")]
    return (human.vertices[human.faces, 1].max(axis=1) >= 1.2) & ~np.isin(human.face_part, gone)


def test_random_people_are_adults_within_the_parameters_span():
    people = [random_person(np.random.default_rng([7, number])) for number in range(50)]
    assert all(0.6 <= person.phenotype["age"] <= 0.95 for person in people)
    assert all(abs(value) <= 0.55 for person in people for value in person.local_changes.values())
    assert all(person.local_changes["l-eye-scale-incr"] == person.local_changes["r-eye-scale-incr"] for person in people)
    assert random_person(np.random.default_rng(3)) == random_person(np.random.default_rng(3))
