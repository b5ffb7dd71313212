import json
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, BLINK_NAMES, FACE_JOINT_NAMES, GAZE_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats import read_livelink_csv, write_livelink_csv
from vivavoce.bridge.formats.livelink_csv import ANGLE_COLUMNS, WEIGHT_COLUMNS

NAMES_FILE = Path(__file__).parents[4] / "shared" / "names" / "arkit_52.json"
RATES = (
    12.5, 23.976, 24000 / 1001, 24 / 1.001, 24.0, 25.0, 29.97, 30000 / 1001, 30.0, 48.0, 50.0, 59.94, 60000 / 1001, 60.0, 119.88,
    120.0, 12.3456, 240.0,
)  # fmt: skip
TURNING_JOINTS = ("head", *FACE_JOINT_NAMES[1:])


def rows_of(path: Path) -> list[list[str]]:
    return [line.split(",") for line in path.read_text().splitlines()]


def face_clip(frames: int, fps: float, seed: int = 0) -> MotionClip:
    """What a csv can hold without loss: weights, head and eyes."""
    rng = np.random.default_rng(seed)
    layers = [
        MotionLayer(name, rng.uniform(0, 1, (frames, len(shapes))), shapes)
        for name, shapes in (("lips", ("jawOpen", "mouthClose")), ("blinks", BLINK_NAMES))
    ]
    layers.append(
        MotionLayer(
            "gaze", rng.uniform(0, 1, (frames, 8)), GAZE_NAMES, rng.uniform(-0.5, 0.5, (frames, 2, 3)), FACE_JOINT_NAMES[1:]
        )
    )
    layers.append(MotionLayer("head", np.zeros((frames, 0)), (), rng.uniform(-0.9, 0.9, (frames, 1, 3)), ("head",)))
    return MotionClip(fps, tuple(layers))


def assert_same_face(first: MotionClip, second: MotionClip) -> None:
    assert np.array_equal(first.blend_shapes(ARKIT_NAMES), second.blend_shapes(ARKIT_NAMES))
    assert np.allclose(first.joints(TURNING_JOINTS), second.joints(TURNING_JOINTS), rtol=0, atol=1e-7)


@pytest.mark.parametrize("fps", RATES)
def test_weights_angles_and_rate_return(tmp_path, fps):
    for frames in (int(1.1 * fps) + 2, 400):
        clip = face_clip(frames, fps)
        write_livelink_csv(clip, tmp_path / "a.csv")
        read = read_livelink_csv(tmp_path / "a.csv")
        assert read.fps == fps
        assert read.frame_count == frames
        assert_same_face(clip, read)


def test_a_read_clip_is_written_to_the_same_bytes(tmp_path):
    write_livelink_csv(face_clip(100, 60.0), tmp_path / "a.csv")
    write_livelink_csv(read_livelink_csv(tmp_path / "a.csv"), tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_layers_are_composed_when_written_and_split_by_name_when_read(tmp_path, full_clip):
    clip = full_clip(frames=70, fps=60.0)
    write_livelink_csv(clip, tmp_path / "a.csv")
    read = read_livelink_csv(tmp_path / "a.csv")
    assert [layer.name for layer in read.layers] == ["lips", "upper_face", "blinks", "gaze", "head"]
    assert np.array_equal(clip.blend_shapes(ARKIT_NAMES), read.blend_shapes(ARKIT_NAMES))
    assert read.layer("gaze").blend_shape_names == GAZE_NAMES
    assert read.layer("head").joint_names == ("head",)


def test_the_columns_are_live_link_faces(tmp_path):
    write_livelink_csv(face_clip(3, 30.0), tmp_path / "a.csv")
    header, *rows = rows_of(tmp_path / "a.csv")
    assert header[:3] == ["Timecode", "BlendShapeCount", "EyeBlinkLeft"]
    assert len(header) == 2 + 61
    assert [row[0] for row in rows] == ["00:00:00:00.000", "00:00:00:01.000", "00:00:00:02.000"]
    assert all(row[1] == "61" and len(row) == len(header) for row in rows)


def test_the_columns_are_in_the_published_order():
    if not NAMES_FILE.is_file():
        pytest.skip(f"{NAMES_FILE} is not here")
    names = json.loads(NAMES_FILE.read_text())
    assert list(WEIGHT_COLUMNS) == names["live_link_face_csv_order"]
    assert list(ANGLE_COLUMNS) == names["live_link_face_extra_columns"]


@pytest.mark.parametrize(
    ("axis_angle", "column", "value"),
    [((0.0, 0.3, 0.0), "HeadYaw", 0.3), ((0.2, 0.0, 0.0), "HeadPitch", 0.2), ((0.0, 0.0, -0.1), "HeadRoll", -0.1)],
)
def test_head_angles_are_those_of_neck_and_head_together(tmp_path, axis_angle, column, value):
    half = np.array([[axis_angle]]) / 2
    clip = MotionClip(30.0, (MotionLayer("head", np.zeros((1, 0)), (), np.concatenate([half, half], axis=1), ("neck", "head")),))
    write_livelink_csv(clip, tmp_path / "a.csv")
    header, row = rows_of(tmp_path / "a.csv")
    angles = dict(zip(header[-9:], map(float, row[-9:]), strict=True))
    assert angles.pop(column) == pytest.approx(value, abs=1e-6)
    assert all(abs(angle) < 1e-7 for angle in angles.values())


def test_eyes_without_joints_turn_as_their_weights_say(tmp_path):
    weights = np.zeros((1, 8), np.float32)
    weights[0, [GAZE_NAMES.index("eyeLookOutLeft"), GAZE_NAMES.index("eyeLookInRight"), GAZE_NAMES.index("eyeLookDownLeft")]] = (
        0.5
    )
    write_livelink_csv(MotionClip(30.0, (MotionLayer("gaze", weights, GAZE_NAMES),)), tmp_path / "a.csv")
    header, row = rows_of(tmp_path / "a.csv")
    angles = dict(zip(header[-6:], map(float, row[-6:]), strict=True))
    assert angles["LeftEyeYaw"] == angles["RightEyeYaw"] > 0.1  # both look to the face's left
    assert angles["LeftEyePitch"] > 0.1
    assert angles["RightEyePitch"] == 0.0


def test_columns_are_found_by_name_whatever_their_order_and_case(tmp_path):
    (tmp_path / "a.csv").write_text('mouthleft,JAWOPEN,Mood,"MouthRight"\r\n0.1,0.2,9,0.3\r\n\r\n0.4,0.5,9,0.6\r\n', "utf-8-sig")
    clip = read_livelink_csv(tmp_path / "a.csv", fps=30.0)
    assert clip.frame_count == 2
    assert np.allclose(clip.blend_shapes(["mouthLeft", "jawOpen", "mouthRight"])[1], [0.4, 0.5, 0.6])
    assert [layer.name for layer in clip.layers] == ["lips"]


def test_the_rate_given_overrules_the_timecodes(tmp_path):
    write_livelink_csv(face_clip(10, 30.0), tmp_path / "a.csv")
    assert read_livelink_csv(tmp_path / "a.csv", fps=48.0).fps == 48.0
    with pytest.raises(InvalidInput, match="fps"):
        read_livelink_csv(tmp_path / "a.csv")


def write_table(path: Path, labels: list[str], values: list[float]) -> Path:
    lines = [f"{label},{value}" for label, value in zip(labels, values, strict=True)]
    path.write_text("\n".join(["Timecode,JawOpen", *lines]))
    return path


def test_dropped_samples_are_filled(tmp_path):
    kept = [index for index in range(90) if index not in (20, 21, 50)]
    labels = [f"23:59:{59 if index < 30 else 0:02d}:{index % 30:02d}.000" for index in range(30)]
    labels += [f"00:00:{index // 30 - 1:02d}:{index % 30:02d}.000" for index in range(30, 90)]
    path = write_table(tmp_path / "a.csv", [labels[index] for index in kept], [index / 100 for index in kept])
    clip = read_livelink_csv(path)
    assert (clip.fps, clip.frame_count) == (30.0, 90)
    assert np.allclose(clip.blend_shapes(["jawOpen"])[:, 0], np.arange(90) / 100, atol=1e-6)


def test_a_recording_with_two_samples_to_a_timecode_frame_has_twice_the_rate(tmp_path):
    labels = [f"10:00:{index // 60:02d}:{index % 60 // 2:02d}.{500 * (index % 2):03d}" for index in range(130)]
    assert read_livelink_csv(write_table(tmp_path / "a.csv", labels, [0.0] * 130)).fps == 60.0


def test_a_recording_of_every_other_timecode_frame_has_half_the_rate(tmp_path):
    labels = [f"10:00:{index // 30:02d}:{2 * (index % 30):02d}.000" for index in range(70)]
    assert read_livelink_csv(write_table(tmp_path / "a.csv", labels, [0.0] * 70)).fps == 30.0


def test_jitter_does_not_spoil_the_rate(tmp_path):
    rng = np.random.default_rng(0)
    positions = 1000.0 + np.arange(200) + rng.uniform(-0.1, 0.1, 200)
    labels = [
        f"00:00:{int(position) // 60:02d}:{int(position) % 60:02d}.{int(position % 1 * 1000):03d}" for position in positions
    ]
    assert read_livelink_csv(write_table(tmp_path / "a.csv", labels, [0.0] * 200)).fps == 60.0


HEADER = ",".join(["Timecode", "JawOpen"])
SPOILS = {
    "empty": "",
    "header alone": HEADER + "\n",
    "no known column": "Timecode,Beak\n00:00:00:00.000,1\n",
    "angles alone": "Timecode,HeadYaw\n00:00:00:00.000,1\n",
    "column twice": "JawOpen,jawOpen\n0,0\n",
    "words": HEADER + "\n00:00:00:00.000,wide\n",
    "blank cell": HEADER + "\n00:00:00:00.000,\n",
    "not a number": HEADER + "\n00:00:00:00.000,nan\n",
    "infinite": HEADER + "\n00:00:00:00.000,1e999\n",
    "beyond float32": HEADER + "\n" + "".join(f"00:00:{second:02d}:00.000,1e300\n" for second in range(3)),
    "cell missing": HEADER + "\n00:00:00:00.000\n",
    "cell too many": HEADER + "\n00:00:00:00.000,1,2\n",
    "one row": HEADER + "\n00:00:00:00.000,1\n",
    "no timecode": "JawOpen\n" + "0.5\n" * 100,
    "strange timecode": HEADER + "\n12.5,0\n12.6,0\n",
    "time stands": HEADER + "\n" + "00:00:00:00.000,0\n" * 2 + "00:00:01:00.000,0\n",
    "time runs back": HEADER + "\n00:00:05:00.000,0\n00:00:01:00.000,0\n",
    "a gap of hours": HEADER + "\n" + "".join(f"00:00:00:{index:03d}.000,0\n" for index in range(999)) + "99:00:00:00.000,0\n",
    "a line without end": HEADER + "\n" + "0" * 100_000,
    "open quote": HEADER + '\n"00:00:00:00.000,0\n',
}


@pytest.mark.parametrize("text", SPOILS.values(), ids=SPOILS)
def test_a_spoilt_table_is_refused_with_file_and_reason(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read_livelink_csv(tmp_path / "a.csv")
    assert str(caught.value).count(str(tmp_path / "a.csv")) == 1


def test_a_bad_cell_is_named_by_row_and_column(tmp_path):
    (tmp_path / "a.csv").write_text("MouthClose,JawOpen\n0,0\n0,wide\n")
    with pytest.raises(InvalidInput, match=r"JawOpen in row 2 is 'wide'"):
        read_livelink_csv(tmp_path / "a.csv", fps=30.0)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(bytes(range(256)) * 10)
    for path in (tmp_path / "a.csv", tmp_path / "absent.csv", tmp_path):
        with pytest.raises(InvalidInput):
            read_livelink_csv(path)
