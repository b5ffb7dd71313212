import json

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, FACE_JOINT_NAMES, SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats import read_npz, write_npz
from vivavoce.bridge.formats.limits import MAX_FRAMES

RATES = (12.0, 23.976, 24000 / 1001, 24.0, 25.0, 30000 / 1001, 60.0, 1000 / 33, 0.3)


def arrays_of(path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


@pytest.mark.parametrize("seed", range(5))
def test_a_clip_returns_to_the_bit(tmp_path, full_clip, assert_same_clip, seed):
    for fps in RATES:
        clip = full_clip(frames=1 + 7 * seed, fps=fps, seed=seed)
        write_npz(clip, tmp_path / "a.npz")
        assert_same_clip(read_npz(tmp_path / "a.npz"), clip)


def test_extreme_values_and_bare_layers_return_to_the_bit(tmp_path, assert_same_clip):
    edges = np.array([[-0.0, 1e-45], [np.finfo(np.float32).max, np.nextafter(np.float32(1), 2)]], np.float32)
    for layer in (MotionLayer("blinks", edges, ("eyeBlinkLeft", "eyeBlinkRight")), MotionLayer("gestures", np.zeros((2, 0)))):
        clip = MotionClip(24.0, (layer,))
        write_npz(clip, tmp_path / "a.npz")
        assert_same_clip(read_npz(tmp_path / "a.npz"), clip)


def test_equal_clips_give_equal_bytes(tmp_path, full_clip):
    clip = full_clip()
    reordered = MotionClip(clip.fps, clip.layers, clip.phonemes, dict(reversed(clip.metadata.items())))
    for name, one in {"a": clip, "b": full_clip(), "c": reordered}.items():
        write_npz(one, tmp_path / f"{name}.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes() == (tmp_path / "c.npz").read_bytes()


def test_a_plain_smplx_loader_finds_what_it_knows(tmp_path, full_clip):
    clip = full_clip(frames=12, fps=23.976)
    write_npz(clip, tmp_path / "a.npz")
    arrays = arrays_of(tmp_path / "a.npz")
    assert arrays["poses"].shape == (12, 165)
    assert arrays["trans"].shape == (12, 3)
    assert arrays["betas"].shape == (16,)
    assert not arrays["betas"].any()
    assert arrays["expressions"].shape == (12, 10)
    assert (str(arrays["gender"]), str(arrays["surface_model_type"])) == ("neutral", "smplx")
    assert float(arrays["mocap_frame_rate"]) == float(arrays["fps"]) == 23.976
    jaw = 3 * SMPLX_JOINT_INDEX["jaw"]
    assert np.allclose(arrays["poses"][:, jaw : jaw + 3], clip.layer("lips").joint_rotations[:, 0], atol=1e-6)
    assert np.array_equal(arrays["poses"], clip.joints(SMPLX_JOINT_NAMES).reshape(12, -1))
    assert np.array_equal(arrays["blendshapes"], clip.blend_shapes(ARKIT_NAMES))
    assert tuple(arrays["blendshape_names"]) == ARKIT_NAMES


def test_a_clip_without_expression_has_a_neutral_one_for_others(tmp_path, assert_same_clip):
    clip = MotionClip(30.0, (MotionLayer("blinks", np.ones((3, 1)), ("eyeBlinkLeft",)),))
    write_npz(clip, tmp_path / "a.npz")
    assert not arrays_of(tmp_path / "a.npz")["expressions"].any()
    assert_same_clip(read_npz(tmp_path / "a.npz"), clip)


@pytest.mark.parametrize(("width", "rate_key"), [(165, "mocap_frame_rate"), (156, "mocap_framerate")])
def test_amass_files_become_joint_layers(tmp_path, width, rate_key):
    rng = np.random.default_rng(0)
    poses, trans = rng.uniform(-0.7, 0.7, (8, width)), rng.normal(size=(8, 3))
    np.savez(
        tmp_path / "amass.npz", poses=poses, trans=trans, betas=np.ones(16), gender="female", **{rate_key: np.array(120)},
        expressions=rng.normal(size=(8, 50)) if width == 165 else np.zeros((8, 0)), markers=np.array([{"a": 1}], dtype=object),
    )  # fmt: skip
    clip = read_npz(tmp_path / "amass.npz")
    names = [name for name in SMPLX_JOINT_NAMES if width == 165 or name not in FACE_JOINT_NAMES]
    assert clip.fps == 120.0
    assert np.allclose(clip.joints(names).reshape(8, -1), poses, atol=1e-6)
    assert np.array_equal(clip.translation(), trans.astype(np.float32))
    assert clip.layer("head").joint_names == ("neck", "head")
    if width == 165:
        assert clip.layer("lips").joint_names == ("jaw",)
        assert clip.layer("gaze").joint_names == FACE_JOINT_NAMES[1:]
        assert clip.expression()[1] == "smplx"
        assert clip.expression()[0].shape == (8, 50)


def test_an_amass_file_at_rest_is_still_a_clip(tmp_path):
    np.savez(tmp_path / "rest.npz", poses=np.zeros((4, 165)), trans=np.zeros((4, 3)), mocap_frame_rate=30.0)
    clip = read_npz(tmp_path / "rest.npz")
    assert (clip.frame_count, [layer.name for layer in clip.layers]) == (4, ["head"])


SPOILS = {
    "pickled array": ("lips.joint_rotations", np.array([{}], dtype=object)),
    "pickled stranger": ("anything", np.array([{}], dtype=object)),
    "frames differ": ("head.joint_rotations", np.zeros((5, 3, 3), np.float32)),
    "no frames": ("lips.blend_shape_weights", np.zeros((0, 29), np.float32)),
    "axes missing": ("gestures.translation", np.zeros(90, np.float32)),
    "not a number": ("upper_face.blend_shape_weights", np.full((90, 13), np.nan, np.float32)),
    "infinite": ("gestures.translation", np.full((90, 3), np.inf, np.float32)),
    "beyond float32": ("gestures.translation", np.full((90, 3), 1e300)),
    "integers": ("gestures.translation", np.zeros((90, 3), np.int64)),
    "unknown blend shape": ("blinks.blend_shape_names", np.array(["eyeBlinkLeft", "eyeWink"])),
    "repeated blend shape": ("blinks.blend_shape_names", np.array(["eyeBlinkLeft", "eyeBlinkLeft"])),
    "unknown joint": ("lips.joint_names", np.array(["beak"])),
    "unknown layer": ("layer_names", np.array(["lips", "beak"])),
    "layer twice": ("layer_names", np.array(["lips", "lips"])),
    "no layers": ("layer_names", np.array([], np.str_)),
    "too many coefficients": ("lips.expression", np.zeros((90, 5000), np.float32)),
    "basis without name": ("lips.expression_basis", np.array("")),
    "rate of nothing": ("fps", np.array(0.0)),
    "endless rate": ("fps", np.array(np.inf)),
    "rates": ("fps", np.array([30.0, 30.0])),
    "phoneme backwards": ("phoneme_ends_s", np.array([0.1, 0.0])),
    "phonemes differ": ("phoneme_starts_s", np.array([0.0])),
    "no JSON": ("metadata", np.array("{")),
    "deep JSON": ("metadata", np.array("[" * 100_000)),
    "JSON of numbers": ("metadata", np.array(json.dumps({"a": 1}))),
    "newer version": ("format_version", np.array(99)),
    "versions": ("format_version", np.array([1, 1])),
    "version in words": ("format_version", np.array("one")),
}


@pytest.mark.parametrize(("key", "array"), SPOILS.values(), ids=SPOILS)
def test_a_spoilt_clip_is_refused_with_file_and_reason(tmp_path, full_clip, key, array):
    path = tmp_path / "a.npz"
    write_npz(full_clip(frames=90), path)
    np.savez(path, **{**arrays_of(path), key: array})
    with pytest.raises(InvalidInput) as caught:
        read_npz(path)
    assert str(caught.value).count(str(path)) == 1


@pytest.mark.parametrize("key", ["fps", "layer_names", "metadata", "lips.joint_names", "lips.blend_shape_weights"])
def test_a_clip_with_a_part_missing_is_refused(tmp_path, full_clip, key):
    write_npz(full_clip(), tmp_path / "a.npz")
    arrays = arrays_of(tmp_path / "a.npz")
    del arrays[key]
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(InvalidInput, match=key):
        read_npz(tmp_path / "a.npz")


AMASS_SPOILS = {
    "no poses": {"trans": np.zeros((4, 3)), "mocap_frame_rate": 30.0},
    "no rate": {"poses": np.zeros((4, 165))},
    "SMPL's poses": {"poses": np.zeros((4, 72)), "mocap_frame_rate": 30.0},
    "frames differ": {"poses": np.zeros((4, 165)), "trans": np.zeros((5, 3)), "mocap_frame_rate": 30.0},
    "no frames": {"poses": np.zeros((0, 165)), "mocap_frame_rate": 30.0},
    "not a number": {"poses": np.full((4, 165), np.nan), "mocap_frame_rate": 30.0},
    "pickled poses": {"poses": np.array([{}], dtype=object), "mocap_frame_rate": 30.0},
    "negative rate": {"poses": np.ones((4, 165)), "mocap_frame_rate": -30.0},
    "beyond float32": {"poses": np.full((4, 165), 1e300), "mocap_frame_rate": 30.0},
    "nothing": {},
}


@pytest.mark.parametrize("arrays", AMASS_SPOILS.values(), ids=AMASS_SPOILS)
def test_a_spoilt_amass_file_is_refused(tmp_path, arrays):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(InvalidInput) as caught:
        read_npz(tmp_path / "a.npz")
    assert str(caught.value).count(str(tmp_path / "a.npz")) == 1


def test_clips_that_could_not_be_read_back_are_not_written(tmp_path):
    for frames in (0, MAX_FRAMES + 1):
        clip = MotionClip(30.0, (MotionLayer("head", np.zeros((frames, 0))),))
        with pytest.raises(InvalidInput, match="frames"):
            write_npz(clip, tmp_path / "a.npz")
    assert not list(tmp_path.iterdir())
