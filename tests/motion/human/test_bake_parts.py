"""The tools that the open human is made with, on meshes made here."""

import numpy as np

from vivavoce.bridge.data import ARKIT_NAMES
from vivavoce.motion.human.cutting import boundary_edges, cut, subdivided
from vivavoce.motion.human.eyes import eyeballs
from vivavoce.motion.human.lashes import sheet_grid
from vivavoce.motion.human.parts import MeshPart, carried_values, joined, smoothed, triangles, uniform_part, vertex_normals
from vivavoce.motion.human.skeleton import JOINT_NAMES, JOINT_PARENTS
from vivavoce.motion.human.strands import strand_part


def sheet(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """A flat rectangle of unit quads facing +Z: vertices (V, 3), quads (F, 4)."""
    y, x = np.meshgrid(np.arange(rows, dtype=float), np.arange(columns, dtype=float), indexing="ij")
    number = np.arange(rows * columns).reshape(rows, columns)
    quads = np.stack([number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]], axis=-1).reshape(-1, 4)
    return np.stack([x, y, np.zeros_like(x)], axis=-1).reshape(-1, 3), quads


def sheet_part(rows: int = 6, columns: int = 6) -> MeshPart:
    vertices, quads = sheet(rows, columns)
    shapes = np.zeros((len(ARKIT_NAMES), len(vertices), 3))
    shapes[0] = [0.0, 0.0, 1.0]
    weights = np.zeros((len(vertices), len(JOINT_NAMES)))
    weights[:, JOINT_NAMES.index("head")] = 1.0
    return uniform_part("body", "skin", "skin", vertices, quads, vertices[:, :2][quads], shapes, weights)


def area(vertices: np.ndarray, quads: np.ndarray) -> float:
    a, b, c = vertices[triangles(quads)].swapaxes(0, 1)
    return float(0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())


def test_a_cut_splits_the_area_at_the_level_and_leaves_no_gap() -> None:
    vertices, quads = sheet(5, 7)
    matrix, pieces, inside = cut(quads, vertices[:, 0] + 0.5 * vertices[:, 1] - 2.3)
    moved = matrix @ vertices
    assert np.isclose(area(moved, pieces), area(vertices, quads))
    assert np.isclose(area(moved, pieces[inside]), 24.0 - 0.5 * (2.3 + 0.3) * 4.0)
    field = moved[:, 0] + 0.5 * moved[:, 1] - 2.3
    assert field[pieces[inside]].min() > -1e-9
    assert field[pieces[~inside]].max() < 1e-9
    assert len(boundary_edges(pieces)) == len(boundary_edges(quads)) + 2


def test_subdividing_keeps_a_flat_sheet_and_quarters_its_quads() -> None:
    vertices, quads = sheet(4, 5)
    matrix, smaller = subdivided(quads, len(vertices))
    assert len(smaller) == 4 * len(quads)
    assert np.isclose(area(matrix @ vertices, smaller), area(vertices, quads))
    np.testing.assert_allclose(vertex_normals(matrix @ vertices, smaller), np.tile([0.0, 0.0, 1.0], (matrix.shape[0], 1)))


def test_smoothing_keeps_what_is_fixed_and_what_is_even() -> None:
    _, quads = sheet(4, 4)
    values = np.zeros(16)
    values[5] = 1.0
    fixed = np.arange(16) == 5
    assert smoothed(values, quads, rounds=3)[5] < 0.5
    assert smoothed(values, quads, rounds=3, fixed=fixed)[5] == 1.0
    np.testing.assert_allclose(smoothed(np.full(16, 2.0), quads, rounds=5), 2.0)


def test_what_lies_on_a_vertex_is_carried_by_it() -> None:
    vertices, _ = sheet(4, 4)
    index, share = carried_values(vertices[[5]], vertices)
    assert index[0, 0] == 5
    assert share[0, 0] > 0.999
    np.testing.assert_allclose(share.sum(axis=1), 1.0)


def test_strands_follow_the_skin_under_their_roots() -> None:
    skin = sheet_part()
    roots = np.array([[1.2, 2.3, 0.0], [3.4, 1.1, 0.0]])
    curves = roots[:, None] + np.linspace(0.0, 1.0, 5)[None, :, None] * np.array([0.0, 0.2, 1.0])
    hair = strand_part("hair", curves, np.tile([1.0, 0.0, 0.0], (2, 5, 1)), np.full(2, 0.01), skin, np.ones(2))
    assert len(hair.vertices) == 2 * 9
    np.testing.assert_allclose(hair.shapes[0], np.tile([0.0, 0.0, 1.0], (18, 1)), atol=1e-9)
    np.testing.assert_allclose(hair.weights[:, JOINT_NAMES.index("head")], 1.0)
    tips = hair.vertices[[8, 17]]
    np.testing.assert_allclose(tips, curves[:, -1])


def test_a_sheet_s_grid_has_every_vertex_in_rows_of_neighbours() -> None:
    vertices, quads = sheet(5, 9)
    shuffled = np.random.default_rng(0).permutation(len(quads))
    grid = sheet_grid(quads[shuffled])
    assert grid.shape == (5, 9)
    assert sorted(grid.ravel()) == list(range(45))
    np.testing.assert_allclose(np.linalg.norm(np.diff(vertices[grid], axis=1), axis=-1), 1.0)
    np.testing.assert_allclose(np.linalg.norm(np.diff(vertices[grid], axis=0), axis=-1), 1.0)


def test_parts_join_and_lose_what_no_face_uses() -> None:
    part = sheet_part(3, 3)
    both = joined("body", [part, part])
    assert both.quads.max() == 17
    left = both.without_faces(np.arange(8) != 7)
    assert len(left.quads) == 1
    assert left.vertices.shape == (4, 3)
    np.testing.assert_allclose(left.vertices[left.quads[0]], part.vertices[part.quads[3]])


def test_eyeballs_turn_about_their_own_joints() -> None:
    generator = np.random.default_rng(0)
    points = generator.normal(size=(400, 3))
    points = 0.016 * points / np.linalg.norm(points, axis=1, keepdims=True)
    centres = {"Left": np.array([0.03, 1.6, 0.12]), "Right": np.array([-0.03, 1.6, 0.12])}
    eyes = eyeballs({side: points + centre for side, centre in centres.items()}, centres)
    out_left = eyes.vertices + eyes.shapes[ARKIT_NAMES.index("eyeLookOutLeft")]
    left = eyes.vertices[:, 0] > 0.0
    np.testing.assert_array_equal(out_left[~left], eyes.vertices[~left])
    front = int(np.flatnonzero(left)[eyes.vertices[left, 2].argmax()])
    assert out_left[front, 0] - eyes.vertices[front, 0] > 0.007
    radius = np.linalg.norm(out_left[left] - centres["Left"], axis=1)
    np.testing.assert_allclose(radius, np.linalg.norm(eyes.vertices[left] - centres["Left"], axis=1), atol=1e-9)


def test_joints_come_after_their_parents() -> None:
    assert all(parent < joint for joint, parent in enumerate(JOINT_PARENTS))
    assert len(JOINT_NAMES) == len(JOINT_PARENTS) == len(set(JOINT_NAMES))
