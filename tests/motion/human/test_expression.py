"""The face said twice, by ARKit weights and by joints and expression, is one face."""

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, FACE_JOINT_NAMES, MotionClip, MotionLayer, OpenHuman
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.human.expression import (
    OPEN_HUMAN_BASIS,
    ExpressionBasis,
    expression_to_arkit,
    offsets_to_arkit,
    open_human_basis,
    with_smplx_face,
)
from vivavoce.motion.human.face_joints import FACE_JOINT_TURNS
from vivavoce.motion.human.model_parts import model_vertices


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


@pytest.fixture(scope="module")
def basis(human: OpenHuman) -> ExpressionBasis:
    return open_human_basis(human)


def distances_mm(human: OpenHuman, basis: ExpressionBasis, weights: np.ndarray) -> np.ndarray:
    """How far the two ways of saying (F, 52) weights lie apart at the worst vertex, (F,)."""
    posed = basis.posed(weights, np.tensordot(weights, FACE_JOINT_TURNS, axes=1))
    return 1e3 * np.linalg.norm(posed - human.deformed(weights)[:, model_vertices(human)], axis=-1).max(axis=1)


def test_every_blend_shape_is_met_at_weight_0_and_1(human: OpenHuman, basis: ExpressionBasis):
    for weights in np.eye(len(ARKIT_NAMES), dtype=np.float32):
        assert distances_mm(human, basis, np.stack([0.0 * weights, weights])).max() < 0.001


def test_half_way_a_turn_bulges_by_less_than_two_millimetres(human: OpenHuman, basis: ExpressionBasis):
    """A blend shape moves along the chord, a joint along the arc: worst at the chin, 1.75 mm at jawOpen 0.5."""
    turning = np.flatnonzero(FACE_JOINT_TURNS.any(axis=(1, 2)))
    worst = [distances_mm(human, basis, 0.5 * np.eye(len(ARKIT_NAMES), dtype=np.float32)[[index]])[0] for index in turning]
    assert max(worst) < 1.8
    assert ARKIT_NAMES[turning[int(np.argmax(worst))]] == "jawOpen"


def test_the_lower_teeth_turn_with_the_jaw(human: OpenHuman, basis: ExpressionBasis):
    weights = np.zeros((1, len(ARKIT_NAMES)), np.float32)
    rotations = np.zeros((1, 3, 3))
    rotations[0, 0] = FACE_JOINT_TURNS[ARKIT_INDEX["jawOpen"], 0]
    lower_teeth = np.isin(model_vertices(human), human.faces[human.face_part == human.part_names.index("teeth")])
    lower_teeth &= basis.joint_weights[:, 0] > 0.9
    turned = (basis.posed(weights, rotations)[0] - basis.template)[lower_teeth]
    wanted = basis.blend_shapes[ARKIT_INDEX["jawOpen"]][lower_teeth]
    assert np.linalg.norm(turned - wanted, axis=-1).max() < 0.2 * np.linalg.norm(wanted, axis=-1).max()


def lips_layer(weights: np.ndarray, names: tuple[str, ...]) -> MotionLayer:
    head = np.full((len(weights), 1, 3), 0.1, np.float32)
    return MotionLayer("lips", weights, names, joint_rotations=head, joint_names=("head",))


def test_a_layer_says_its_shapes_again():
    weights = np.array([[0.0, 0.0], [1.0, 0.5]], np.float32)
    layer = with_smplx_face(lips_layer(weights, ("jawOpen", "mouthPucker")))
    assert layer.joint_names == ("head", "jaw")
    np.testing.assert_allclose(layer.joint_rotations[1], [[0.1, 0.1, 0.1], [0.3, 0.0, 0.0]], atol=1e-7)
    assert layer.expression is not None
    assert layer.expression_basis == OPEN_HUMAN_BASIS
    np.testing.assert_array_equal(layer.expression[:, ARKIT_INDEX["mouthPucker"]], weights[:, 1])
    np.testing.assert_array_equal(layer.expression.sum(axis=1), weights.sum(axis=1))


def test_saying_it_twice_changes_nothing():
    once = with_smplx_face(lips_layer(np.array([[0.4]], np.float32), ("jawOpen",)))
    twice = with_smplx_face(once)
    assert twice.joint_names == once.joint_names
    np.testing.assert_array_equal(twice.joint_rotations, once.joint_rotations)


@pytest.mark.parametrize("layer", [lips_layer(np.zeros((3, 1), np.float32), ("jawOpen",)), lips_layer(np.zeros((3, 0)), ())])
def test_a_layer_at_rest_stays_as_it_is(layer: MotionLayer):
    assert with_smplx_face(layer) is layer


def test_eyes_look_up_by_turning_back_and_left_by_turning_left():
    weights = np.ones((1, 2), np.float32)
    up = with_smplx_face(MotionLayer("gaze", weights, ("eyeLookUpLeft", "eyeLookUpRight")))
    left = with_smplx_face(MotionLayer("gaze", weights, ("eyeLookOutLeft", "eyeLookInRight")))
    assert up.joint_names == left.joint_names == FACE_JOINT_NAMES[1:]
    assert (up.joint_rotations[..., 0] < -0.1).all()
    assert (left.joint_rotations[..., 1] > 0.1).all()


def test_layers_add_up_to_the_composed_face():
    lips = with_smplx_face(lips_layer(np.array([[0.5, 0.2]], np.float32), ("jawOpen", "mouthSmileLeft")))
    blinks = with_smplx_face(MotionLayer("blinks", np.array([[0.7]], np.float32), ("eyeBlinkLeft",)))
    clip = MotionClip(30.0, (lips, blinks))
    np.testing.assert_array_equal(clip.expression()[0], clip.blend_shapes(ARKIT_NAMES))


@pytest.mark.parametrize(
    "face",
    [
        {"jawOpen": 1.0},
        {"jawOpen": 0.4, "mouthPucker": 0.6},
        {"mouthSmileLeft": 0.8, "browInnerUp": 0.5},
        {"eyeLookUpLeft": 1.0, "eyeBlinkRight": 1.0},
    ],
)
def test_arkit_comes_back_from_the_mesh(human: OpenHuman, basis: ExpressionBasis, face: dict[str, float]):
    weights = np.zeros((1, len(ARKIT_NAMES)))
    for name, weight in face.items():
        weights[0, ARKIT_INDEX[name]] = weight
    rotations = np.tensordot(weights, FACE_JOINT_TURNS, axes=1)
    back = expression_to_arkit(basis, weights, rotations)
    assert back.min() >= 0.0
    assert back.max() <= 1.0
    # The jaw swings puckered lips along, which mouthLowerDown explains in part: 0.26 of it.
    np.testing.assert_allclose(back, weights, atol=0.3)
    mesh, rows = basis.posed(weights, rotations), model_vertices(human)
    # No other weights come nearer in the sum of squares, so neither do the ones that were said.
    assert np.linalg.norm(human.deformed(back)[:, rows] - mesh) <= np.linalg.norm(human.deformed(weights)[:, rows] - mesh) + 1e-6


def test_along_the_chord_a_half_open_jaw_is_not_a_jaw_forward(basis: ExpressionBasis):
    weights = np.zeros((3, len(ARKIT_NAMES)))
    weights[:, ARKIT_INDEX["jawOpen"]] = (0.0, 0.5, 1.0)
    rotations = np.tensordot(weights, FACE_JOINT_TURNS, axes=1)
    on_arc, on_chord = (expression_to_arkit(basis, weights, rotations, along_chord=along_chord) for along_chord in (False, True))
    assert on_arc[1, ARKIT_INDEX["jawForward"]] > 0.05
    assert on_chord[1, ARKIT_INDEX["jawForward"]] < 0.01
    np.testing.assert_allclose(on_chord[:, ARKIT_INDEX["jawOpen"]], weights[:, ARKIT_INDEX["jawOpen"]], atol=0.03)
    np.testing.assert_allclose(on_chord[[0, 2]], on_arc[[0, 2]], atol=1e-3)


def test_offsets_of_blend_shapes_are_their_weights(human: OpenHuman, basis: ExpressionBasis):
    weights = np.zeros((2, len(ARKIT_NAMES)), np.float32)
    weights[:, ARKIT_INDEX["jawOpen"]] = 0.4
    weights[1, ARKIT_INDEX["mouthPucker"]] = 0.6
    offsets = (human.deformed(weights) - human.vertices)[:, model_vertices(human)]
    np.testing.assert_allclose(offsets_to_arkit(basis, offsets), weights, atol=0.01)


def test_no_frames_are_no_frames(basis: ExpressionBasis):
    assert expression_to_arkit(basis, np.zeros((0, 52)), np.zeros((0, 3, 3))).shape == (0, 52)
