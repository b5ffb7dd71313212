"""The bundled open human's shapes against what a viewer sees: sealed lips, covered eyes, no teeth through skin."""

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, OpenHuman, mirrored_name
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.human.lips import contact_ring
from vivavoce.motion.human.parts import triangles
from vivavoce.motion.human.shapes import SEALED


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


def arkit_weights(**weights: float) -> np.ndarray:
    row = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, weight in weights.items():
        row[ARKIT_INDEX[name]] = weight
    return row


def part_faces(human: OpenHuman, *names: str) -> np.ndarray:
    return human.faces[np.isin(human.face_part, [human.part_names.index(name) for name in names])]


def seen_from_front(human: OpenHuman, weights: np.ndarray, points: np.ndarray, margin_m: float = 0.0) -> int:
    """How many of the vertices `points` no face of the body stands before, for an eye far away on +Z."""
    vertices = human.deformed(weights)
    low, high = vertices[points].min(axis=0) - 0.005, vertices[points].max(axis=0) + 0.005
    corners = vertices[triangles(part_faces(human, "body"))]
    near = np.all((corners[..., :2].max(axis=1) > low[:2]) & (corners[..., :2].min(axis=1) < high[:2]), axis=1)
    a, b, c = corners[near].swapaxes(0, 1)
    seen = 0
    for point in vertices[points]:
        u, v, w = b - a, c - a, point - a
        area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
        area = np.where(np.abs(area) < 1e-12, np.inf, area)
        s = (w[:, 0] * v[:, 1] - w[:, 1] * v[:, 0]) / area
        t = (u[:, 0] * w[:, 1] - u[:, 1] * w[:, 0]) / area
        over = (s >= 0.0) & (t >= 0.0) & (s + t <= 1.0)
        seen += not np.any(over & (a[:, 2] + s * u[:, 2] + t * v[:, 2] > point[2] + margin_m))
    return seen


@pytest.mark.parametrize("shape", SEALED)
def test_closed_shapes_keep_the_lips_together(human: OpenHuman, shape: str) -> None:
    jaw = {"jawOpen": 1.0} if shape == "mouthClose" else {}
    for weight in (0.5, 1.0):
        weights = {name: weight * value for name, value in ({shape: 1.0, mirrored_name(shape): 1.0} | jaw).items()}
        assert human.lip_gap_m(arkit_weights(**weights))[0] < 1e-3


@pytest.mark.parametrize("shape", [None, "mouthPressLeft", "mouthRollLower", "mouthRollUpper", "mouthPucker", "jawForward"])
def test_no_tooth_shows_through_closed_lips(human: OpenHuman, shape: str | None) -> None:
    weights = arkit_weights(**({shape: 1.0, mirrored_name(shape): 1.0} if shape else {}))
    material = human.face_material == human.material_names.index("teeth")
    teeth = np.unique(human.faces[material])
    front = teeth[(human.vertices[teeth, 2] > human.vertices[teeth, 2].max() - 0.02)]
    # A hair's breadth at the corners of the mouth, under a thousandth of the front teeth, is let pass.
    assert seen_from_front(human, weights, front) <= 2


def test_a_blink_covers_the_eye_and_only_its_own(human: OpenHuman) -> None:
    eyes = np.unique(part_faces(human, "eyes"))
    eyes = eyes[human.vertices[eyes, 2] > human.vertices[eyes, 2].max() - 0.012]
    left, right = eyes[human.vertices[eyes, 0] > 0.0], eyes[human.vertices[eyes, 0] < 0.0]
    open_eyes, blink = arkit_weights(), arkit_weights(eyeBlinkLeft=1.0)
    assert seen_from_front(human, open_eyes, left) > 300
    assert seen_from_front(human, blink, left) == 0
    assert seen_from_front(human, blink, right) == seen_from_front(human, open_eyes, right)


def test_the_lip_pairs_lie_on_the_line_of_contact(human: OpenHuman) -> None:
    ring = contact_ring(part_faces(human, "body", "covered_body"))
    assert set(human.lip_pairs.ravel()) <= set(ring)
    upper, lower = human.vertices[human.lip_pairs].swapaxes(0, 1)
    assert np.abs(upper[:, 1] - lower[:, 1]).max() < 1e-3
    assert np.all(np.diff(upper[:, 0]) > 0.0)


@pytest.mark.parametrize("name", ["jawOpen", "jawLeft", "jawForward"])
def test_lower_teeth_and_tongue_follow_the_jaw(human: OpenHuman, name: str) -> None:
    motion = np.linalg.norm(human.blend_shape(name), axis=1)
    teeth, tongue = np.unique(part_faces(human, "teeth")), np.unique(part_faces(human, "tongue"))
    is_lower = np.any((human.skin_joints == human.joint_names.index("jaw")) & (human.skin_weights > 0.5), axis=1)
    assert motion[teeth[is_lower[teeth]]].min() > 0.002
    assert motion[teeth[~is_lower[teeth]]].max() < 1e-4
    assert motion[tongue].max() > 0.004


def test_left_and_right_shapes_mirror_each_other(human: OpenHuman) -> None:
    for name in ARKIT_NAMES:
        if name.endswith("Left"):
            left, right = human.blend_shape(name), human.blend_shape(mirrored_name(name))
            assert np.isclose(np.abs(left).max(), np.abs(right).max(), rtol=0.08), name
            assert np.isclose(left[:, 0].sum(), -right[:, 0].sum(), rtol=0.15, atol=0.05), name
