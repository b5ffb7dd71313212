import numpy as np
import pytest

from vivavoce.bridge.data import (
    ARKIT_NAMES,
    BLINK_NAMES,
    GAZE_NAMES,
    LAYER_NAMES,
    LIPS_NAMES,
    SMPLX_JOINT_NAMES,
    UPPER_FACE_NAMES,
    MotionClip,
    MotionLayer,
    Phoneme,
)
from vivavoce.bridge.data.rotation import axis_angle_to_matrix
from vivavoce.bridge.errors import InvalidInput


def layer(name: str = "lips", frames: int = 4, weight: float = 0.5, **parts) -> MotionLayer:
    return MotionLayer(name, np.full((frames, 1), weight), ("jawOpen",), **parts)


def turning_layer(name: str, joint: str, axis_angle: tuple[float, float, float], frames: int = 4) -> MotionLayer:
    return MotionLayer(name, np.zeros((frames, 0)), (), np.tile(np.float32(axis_angle), (frames, 1, 1)), (joint,))


def test_the_layers_names_share_out_the_face():
    names = (*LIPS_NAMES, *UPPER_FACE_NAMES, *BLINK_NAMES, *GAZE_NAMES)
    assert sorted(names) == sorted(ARKIT_NAMES)


def test_what_flows_is_frozen_float32_and_apart_from_its_source():
    source = np.zeros((4, 1), np.float64)
    one = MotionLayer("lips", source, ("jawOpen",), translation=np.zeros((4, 3)))
    source[:] = 1.0
    for array in (one.blend_shape_weights, one.joint_rotations, one.translation):
        assert array is not None
        assert array.dtype == np.float32
        assert not array.flags.writeable
        assert not array.any()
    with pytest.raises(AttributeError):
        one.name = "gaze"  # type: ignore[misc]


def test_empty_parts_have_as_many_frames_as_the_layer():
    one = MotionLayer("gestures", np.zeros((7, 0)))
    assert one.frame_count == 7
    assert one.joint_rotations.shape == (7, 0, 3)
    assert (one.translation, one.expression, one.expression_basis) == (None, None, "")


def test_a_blend_shape_that_a_layer_lacks_is_zero():
    assert np.array_equal(layer().blend_shape("jawOpen"), np.full(4, 0.5, np.float32))
    assert np.array_equal(layer().blend_shape("jawLeft"), np.zeros(4, np.float32))


BAD_LAYERS = {
    "unknown layer": {"name": "beak"},
    "unknown blend shape": {"blend_shape_names": ("beak",)},
    "repeated blend shape": {"blend_shape_weights": np.zeros((4, 2)), "blend_shape_names": ("jawOpen", "jawOpen")},
    "unknown joint": {"joint_rotations": np.zeros((4, 1, 3)), "joint_names": ("beak",)},
    "weights too wide": {"blend_shape_weights": np.zeros((4, 2))},
    "weights flat": {"blend_shape_weights": np.zeros(4)},
    "weights not a number": {"blend_shape_weights": np.full((4, 1), np.nan)},
    "rotations without joints": {"joint_rotations": np.zeros((4, 1, 3))},
    "joints without rotations": {"joint_names": ("jaw",)},
    "rotations of another length": {"joint_rotations": np.zeros((5, 1, 3)), "joint_names": ("jaw",)},
    "rotations as quaternions": {"joint_rotations": np.zeros((4, 1, 4)), "joint_names": ("jaw",)},
    "rotations infinite": {"joint_rotations": np.full((4, 1, 3), np.inf), "joint_names": ("jaw",)},
    "translation of another length": {"translation": np.zeros((5, 3))},
    "translation beyond float32": {"translation": np.full((4, 3), 1e300)},
    "expression of another length": {"expression": np.zeros((5, 10)), "expression_basis": "flame"},
    "expression without basis": {"expression": np.zeros((4, 10))},
    "basis without expression": {"expression_basis": "flame"},
}


@pytest.mark.parametrize("parts", BAD_LAYERS.values(), ids=BAD_LAYERS)
def test_a_layer_that_makes_no_sense_is_refused(parts):
    with pytest.raises(InvalidInput):
        MotionLayer(**{"name": "lips", "blend_shape_weights": np.zeros((4, 1)), "blend_shape_names": ("jawOpen",), **parts})


@pytest.mark.parametrize("fps", [0.0, -1.0, np.nan, np.inf, 1001.0])
def test_a_rate_that_makes_no_sense_is_refused(fps):
    with pytest.raises(InvalidInput, match="frame rate"):
        MotionClip(fps, (layer(),))


def test_layers_that_do_not_fit_together_are_refused():
    for layers in ((), (layer(), layer()), (layer(), layer("gaze", frames=5))):
        with pytest.raises(InvalidInput, match="layer"):
            MotionClip(30.0, layers)


def test_a_phoneme_has_a_span():
    for start_s, end_s in ((-0.1, 0.1), (0.2, 0.1), (np.nan, 0.1), (0.0, np.nan)):
        with pytest.raises(InvalidInput, match="span"):
            Phoneme("p", start_s, end_s)


@pytest.mark.parametrize("fps", [23.976, 24.0, 29.97, 60.0])
def test_samples_have_their_times(fps):
    clip = MotionClip(fps, (layer(frames=5),))
    assert clip.duration_s == pytest.approx(5 / fps)
    assert np.allclose(clip.times_s, np.arange(5) / fps)


def test_a_layer_is_found_by_name_and_a_missing_one_is_named():
    clip = MotionClip(30.0, (layer("lips"), layer("gaze")))
    assert clip.layer("gaze") is clip.layers[1]
    with pytest.raises(InvalidInput, match="lips, gaze"):
        clip.layer("head")


def test_layers_can_be_exchanged_without_touching_the_clip():
    clip = MotionClip(30.0, (layer("lips"),), (Phoneme("p", 0.0, 0.1),), {"seed": "1"})
    other = clip.with_layers([layer("gaze")])
    assert [one.name for one in clip.layers] == ["lips"]
    assert [one.name for one in other.layers] == ["gaze"]
    assert (other.fps, other.phonemes, other.metadata) == (clip.fps, clip.phonemes, clip.metadata)


def test_weights_add_up_and_are_clamped():
    clip = MotionClip(30.0, (layer("lips", weight=0.4), layer("gaze", weight=0.3), layer("head", weight=0.0)))
    assert np.allclose(clip.blend_shapes(["jawOpen", "jawLeft"]), [[0.7, 0.0]] * 4)
    assert np.all(clip.with_layers([layer("lips", weight=0.8), layer("gaze", weight=0.8)]).blend_shapes(["jawOpen"]) == 1.0)
    assert np.all(clip.with_layers([layer("lips", weight=-0.8)]).blend_shapes(["jawOpen"]) == 0.0)


def test_the_sum_is_clamped_not_its_parts():
    clip = MotionClip(30.0, (layer("lips", weight=1.5), layer("gaze", weight=-0.75)))
    assert np.all(clip.blend_shapes(["jawOpen"]) == 0.75)


def test_later_layers_turn_on_top_of_earlier_ones():
    nod, shake = (0.3, 0.0, 0.0), (0.0, 0.5, 0.0)
    clip = MotionClip(30.0, (turning_layer("head", "head", nod), turning_layer("gestures", "head", shake)))
    composed = axis_angle_to_matrix(clip.joints(["head"])[0, 0])
    expected = axis_angle_to_matrix(np.array(nod)) @ axis_angle_to_matrix(np.array(shake))
    assert np.allclose(composed, expected, atol=1e-6)


def test_joints_that_no_layer_holds_rest():
    clip = MotionClip(30.0, (turning_layer("head", "head", (0.1, 0.2, 0.3)),))
    joints = clip.joints(SMPLX_JOINT_NAMES)
    head = SMPLX_JOINT_NAMES.index("head")
    assert joints.shape == (4, 55, 3)
    assert np.allclose(joints[:, head], (0.1, 0.2, 0.3), atol=1e-7)
    assert not np.delete(joints, head, axis=1).any()


def test_translations_add_up():
    clip = MotionClip(
        30.0, (layer("lips"), layer("head", translation=np.ones((4, 3))), layer("gestures", translation=np.ones((4, 3))))
    )
    assert np.all(clip.translation() == 2.0)
    assert not np.any(MotionClip(30.0, (layer(),)).translation())


def test_expressions_of_one_basis_add_up():
    parts = {"expression": np.ones((4, 10)), "expression_basis": "flame"}
    expression, basis = MotionClip(30.0, (layer("lips", **parts), layer("head"), layer("gaze", **parts))).expression()
    assert (expression.shape, expression.dtype, basis) == ((4, 10), np.float32, "flame")
    assert np.all(expression == 2.0)
    nothing, no_basis = MotionClip(30.0, (layer(),)).expression()
    assert (nothing.shape, no_basis) == ((4, 0), "")


@pytest.mark.parametrize(("basis", "count"), [("smplx", 10), ("flame", 50)])
def test_expressions_that_do_not_fit_together_are_refused(basis, count):
    first = layer("lips", expression=np.ones((4, 10)), expression_basis="flame")
    second = layer("gaze", expression=np.ones((4, count)), expression_basis=basis)
    with pytest.raises(InvalidInput, match="flame"):
        MotionClip(30.0, (first, second)).expression()


def test_the_order_of_layers_is_the_clips_own():
    clip = MotionClip(30.0, tuple(layer(name) for name in reversed(LAYER_NAMES)))
    assert [one.name for one in clip.layers] == list(reversed(LAYER_NAMES))
