import numpy as np
import pytest

from vivavoce.bridge.data import FACE_JOINT_NAMES, SMPLX_JOINT_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.data.rotation import axis_angle_to_matrix
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats import read_bvh, write_bvh
from vivavoce.bridge.formats.limits import MAX_FRAMES

REST_M = np.random.default_rng(7).uniform(-1.0, 1.0, (55, 3))
RATES = (12.5, 23.976, 24000 / 1001, 24.0, 25.0, 29.97, 30000 / 1001, 30.0, 50.0, 59.94, 60000 / 1001, 60.0, 120.0, 12.3456, 0.5)


def body_clip(frames: int, fps: float, seed: int = 0, largest_turn: float = 3.1) -> MotionClip:
    rng = np.random.default_rng(seed)
    axes = rng.normal(size=(frames, 55, 3))
    turns = axes / np.linalg.norm(axes, axis=-1, keepdims=True) * rng.uniform(0, largest_turn, (frames, 55, 1))
    layer = MotionLayer("gestures", np.zeros((frames, 0)), (), turns, SMPLX_JOINT_NAMES, rng.normal(size=(frames, 3)))
    return MotionClip(fps, (layer,))


@pytest.mark.parametrize("fps", RATES)
def test_turns_path_and_rate_return(tmp_path, fps):
    for frames in (1, 2, 60):
        clip = body_clip(frames, fps)
        write_bvh(clip, tmp_path / "a.bvh", REST_M)
        read = read_bvh(tmp_path / "a.bvh")
        assert read.fps == fps
        assert read.frame_count == frames
        assert np.allclose(read.joints(SMPLX_JOINT_NAMES), clip.joints(SMPLX_JOINT_NAMES), rtol=0, atol=1e-6)
        assert np.allclose(read.translation(), clip.translation(), rtol=0, atol=1e-6)


def test_joints_are_split_into_layers_by_name(tmp_path):
    write_bvh(body_clip(3, 30.0), tmp_path / "a.bvh", REST_M)
    clip = read_bvh(tmp_path / "a.bvh")
    assert [layer.name for layer in clip.layers] == ["lips", "gaze", "head", "gestures"]
    assert clip.layer("gaze").joint_names == FACE_JOINT_NAMES[1:]
    assert clip.layer("head").joint_names == ("neck", "head")


def test_a_clip_at_rest_is_written_as_the_rest_pose(tmp_path, full_clip):
    write_bvh(MotionClip(30.0, (MotionLayer("blinks", np.ones((2, 1)), ("eyeBlinkLeft",)),)), tmp_path / "a.bvh")
    row = [float(word) for word in (tmp_path / "a.bvh").read_text().splitlines()[-1].split()]
    assert len(row) == 3 + 3 * 55
    assert row[1] > 50.0  # the open human's pelvis stands above the ground, centimetres
    assert not any(row[3:])
    assert not np.any(read_bvh(tmp_path / "a.bvh").translation())


def test_the_hierarchy_is_smplxs(tmp_path):
    write_bvh(body_clip(1, 30.0), tmp_path / "a.bvh", REST_M)
    words = (tmp_path / "a.bvh").read_text().split("MOTION")[0].split()
    names = [words[place + 1] for place, word in enumerate(words) if word in ("ROOT", "JOINT")]
    assert sorted(names) == sorted(SMPLX_JOINT_NAMES)
    assert words.count("{") == words.count("}") == 55 + words.count("End")


def test_curves_do_not_jump_by_a_full_turn(tmp_path):
    angles = np.linspace(0.0, 3.0 * np.pi, 200)
    turns = np.zeros((200, 1, 3))
    turns[:, 0, 2] = angles
    write_bvh(MotionClip(60.0, (MotionLayer("head", np.zeros((200, 0)), (), turns, ("pelvis",)),)), tmp_path / "a.bvh", REST_M)
    rows = np.loadtxt(tmp_path / "a.bvh", skiprows=(tmp_path / "a.bvh").read_text().split("Frame Time")[0].count("\n") + 1)
    assert np.abs(np.diff(rows[:, 3])).max() < 10.0
    assert np.allclose(rows[:, 3], np.degrees(angles), atol=1e-4)


@pytest.mark.parametrize("order", ["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX"])
def test_any_channel_order_is_read(tmp_path, order):
    channels = " ".join(f"{axis.lower()}Rotation" for axis in order)
    text = f"""HIERARCHY
ROOT head
{{
  OFFSET 0 0 0
  CHANNELS 3 {channels}
  End Site
  {{
    OFFSET 0 1 0
  }}
}}
MOTION
Frames: 1
Frame Time: .0333333
10 20 30
"""
    (tmp_path / "a.bvh").write_text(text)
    clip = read_bvh(tmp_path / "a.bvh")
    assert clip.fps == 30.0
    matrix = np.eye(3)
    for axis, angle_deg in zip(order, (10, 20, 30), strict=True):
        matrix = matrix @ axis_angle_to_matrix(np.radians(angle_deg) * np.eye(3)["XYZ".index(axis)])
    assert np.allclose(axis_angle_to_matrix(clip.joints(["head"])[0, 0]), matrix, atol=1e-6)


PRINTED_RATES = {
    "0.04": 25.0,
    "0.01": 100.0,
    "0.033333": 30.0,
    "0.0416667": 24.0,
    "0.041708": 24 * 1000 / 1001,
    "0.01668": 60000 / 1001,
}


@pytest.mark.parametrize(("printed", "fps"), PRINTED_RATES.items())
def test_a_rounded_frame_time_means_the_plainest_rate(tmp_path, printed, fps):
    write_bvh(body_clip(2, 30.0), tmp_path / "a.bvh", REST_M)
    text = (tmp_path / "a.bvh").read_text()
    (tmp_path / "a.bvh").write_text(text.replace(f"{1 / 30:.17g}", printed))
    assert read_bvh(tmp_path / "a.bvh").fps == fps


GOOD = """HIERARCHY
ROOT pelvis
{
OFFSET 0 90 0
CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
JOINT spine1
{
OFFSET 0 10 0
CHANNELS 3 Zrotation Xrotation Yrotation
End Site
{
OFFSET 0 10 0
}
}
}
MOTION
Frames: 2
Frame Time: 0.04
0 90 0 0 0 0 0 0 0
0 90 0 5 0 0 0 0 0
"""
SPOILS = {
    "empty": ("HIERARCHY", ""),
    "unknown joint": ("JOINT spine1", "JOINT Hips"),
    "joint twice": ("JOINT spine1", "JOINT pelvis"),
    "wrong parent": ("ROOT pelvis", "ROOT left_wrist"),
    "second root": ("JOINT spine1", "ROOT spine1"),
    "joint without name": ("JOINT spine1", "JOINT"),
    "unclosed": ("}\nMOTION", "MOTION"),
    "closed twice": ("}\nMOTION", "}\n}\nMOTION"),
    "stranger": ("OFFSET 0 10 0", "SCALE 3"),
    "no brace": ("ROOT pelvis\n{", "ROOT pelvis"),
    "short offset": ("OFFSET 0 90 0", "OFFSET 0 90"),
    "offset in words": ("OFFSET 0 90 0", "OFFSET a b c"),
    "endless offset": ("OFFSET 0 90 0", "OFFSET 0 inf 0"),
    "unknown channel": ("CHANNELS 3 Zrotation", "CHANNELS 3 Wrotation"),
    "channel twice": ("CHANNELS 3 Zrotation", "CHANNELS 3 Xrotation"),
    "channel missing": ("CHANNELS 3 Zrotation", "CHANNELS 3"),
    "two rotations": ("CHANNELS 3 Zrotation Xrotation", "CHANNELS 3 Zposition Xrotation"),
    "count in words": ("CHANNELS 3", "CHANNELS three"),
    "no motion": ("MOTION", ""),
    "endless frames": ("Frames: 2", f"Frames: {MAX_FRAMES + 1}"),
    "absurd frames": ("Frames: 2", "Frames: " + "9" * 5000),
    "no frames": ("Frames: 2", "Frames: 0"),
    "negative frames": ("Frames: 2", "Frames: -1"),
    "frames missing": ("Frames: 2", "Frames: 3"),
    "frames too many": ("Frames: 2", "Frames: 1"),
    "no time": ("0.04", "0"),
    "time runs back": ("0.04", "-0.04"),
    "endless time": ("0.04", "inf"),
    "no time at all": ("0.04", "nan"),
    "tiny time": ("0.04", "1e-300"),
    "least time": ("0.04", "5e-324"),
    "huge exponent": ("0.04", "1e-99999999999"),
    "value missing": ("5 0 0 0 0 0", "5 0 0 0 0"),
    "value too many": ("5 0 0 0 0 0", "5 0 0 0 0 0 0"),
    "value in words": ("5 0 0 0 0 0", "a 0 0 0 0 0"),
    "not a number": ("5 0 0 0 0 0", "nan 0 0 0 0 0"),
    "long line": ("MOTION", "#" * 100_000),
    "many joints": ("JOINT spine1\n{", "JOINT spine1\n{\n" * 2000),
    "many lines": ("OFFSET 0 90 0", "OFFSET 0 90 0\n" * 20_000),
}


def test_the_pattern_of_the_spoilt_files_is_read(tmp_path):
    (tmp_path / "a.bvh").write_text(GOOD)
    assert read_bvh(tmp_path / "a.bvh").frame_count == 2


@pytest.mark.parametrize(("good", "bad"), SPOILS.values(), ids=SPOILS)
def test_a_spoilt_file_is_refused_with_file_and_reason(tmp_path, good, bad):
    assert good in GOOD
    (tmp_path / "a.bvh").write_text(GOOD.replace(good, bad, 1))
    with pytest.raises(InvalidInput) as caught:
        read_bvh(tmp_path / "a.bvh")
    assert str(caught.value).count(str(tmp_path / "a.bvh")) == 1


def test_every_truncation_is_refused(tmp_path):
    for length in range(0, len(GOOD.rstrip()) - 1, 5):
        (tmp_path / "a.bvh").write_text(GOOD[:length])
        with pytest.raises(InvalidInput):
            read_bvh(tmp_path / "a.bvh")


def test_bytes_that_are_no_text_and_files_that_are_not_there_are_refused(tmp_path):
    (tmp_path / "a.bvh").write_bytes(bytes(range(256)))
    for path in (tmp_path / "a.bvh", tmp_path / "absent.bvh", tmp_path):
        with pytest.raises(InvalidInput):
            read_bvh(path)
