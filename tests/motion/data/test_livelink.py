"""Live Link Face takes: csv and sound of one name, moved onto one clock."""

import struct
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")
pytest.importorskip("soundfile")

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats import write_livelink_csv
from vivavoce.commands.motion_data import MotionData, run
from vivavoce.motion.data.corpus import Corpus
from vivavoce.motion.data.livelink import FPS, face_delay_s, livelink_clip, livelink_parts, wave_start_s

from .conftest import performed_weights, write_tone

SECONDS = 2.0
RATE = 48_000


def write_take(folder: Path, name: str, fps: float = 60.0, hour: str = "00") -> np.ndarray:
    folder.mkdir(parents=True, exist_ok=True)
    weights = performed_weights(round(SECONDS * fps))
    turn = np.full((len(weights), 1, 3), (0.0, 0.1, 0.0))
    layers = MotionLayer("lips", weights, ARKIT_NAMES), MotionLayer("head", np.zeros((len(weights), 0)), (), turn, ("head",))
    write_livelink_csv(MotionClip(fps, layers), folder / f"{name}.csv")
    text = (folder / f"{name}.csv").read_text()
    (folder / f"{name}.csv").write_text(text.replace("\n00:", f"\n{hour}:"))
    write_tone(folder / f"{name}.wav", SECONDS, RATE)
    return weights


def stamp(path: Path, start_s: float, before: bytes = b"") -> None:
    """Make a wav a Broadcast Wave whose first sample was taken at that time of day."""
    content = path.read_bytes()
    bext = bytearray(602)
    struct.pack_into("<Q", bext, 338, round(start_s * RATE))
    chunks = before + b"bext" + struct.pack("<I", len(bext)) + bytes(bext)
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8 + len(chunks)) + content[8:12] + chunks + content[12:])


def test_a_take_is_read_with_its_sound(tmp_path: Path) -> None:
    weights = write_take(tmp_path / "20240101_Slate_1", "Slate_1_iPhone")
    (part,) = livelink_parts(tmp_path)
    (clip,) = part.clips()
    assert clip.label.speaker == "20240101_Slate_1"
    assert clip.is_valid.all()
    np.testing.assert_allclose(clip.curves, weights, atol=1e-5)
    assert clip.head_rotation is not None
    np.testing.assert_allclose(clip.head_rotation[:, 1], 0.1, atol=1e-5)


def test_other_frame_rates_are_brought_to_one(tmp_path: Path) -> None:
    write_take(tmp_path, "take", 29.97)
    clip = livelink_clip(tmp_path / "take.csv", tmp_path / "take.wav")
    jaw = ARKIT_INDEX["jawOpen"]
    wanted = np.interp(np.arange(100) / FPS, np.arange(60) / 29.97, performed_weights(60)[:, jaw])
    np.testing.assert_allclose(clip.curves[:100, jaw], wanted, atol=0.01)


def test_a_face_that_began_later_is_moved(tmp_path: Path) -> None:
    weights = write_take(tmp_path, "take", hour="10")
    stamp(tmp_path / "take.wav", 10 * 3600.0 - 0.5)
    clip = livelink_clip(tmp_path / "take.csv", tmp_path / "take.wav")
    assert not clip.is_valid[:30].any()
    assert clip.is_valid[30:].all()
    np.testing.assert_allclose(clip.curves[30:], weights[:-30], atol=1e-4)


def test_a_face_that_began_before_is_moved(tmp_path: Path) -> None:
    weights = write_take(tmp_path, "take", hour="10")
    stamp(tmp_path / "take.wav", 10 * 3600.0 + 0.5, before=b"LIST" + struct.pack("<I", 3) + b"abc\0")
    clip = livelink_clip(tmp_path / "take.csv", tmp_path / "take.wav")
    assert clip.is_valid[:89].all()
    assert not clip.is_valid[90:].any()
    np.testing.assert_allclose(clip.curves[:89], weights[30:119], atol=1e-4)


def test_midnight_is_passed(tmp_path: Path) -> None:
    write_take(tmp_path, "take")
    stamp(tmp_path / "take.wav", 86_399.5)
    assert face_delay_s(tmp_path / "take.csv", tmp_path / "take.wav", 60.0) == pytest.approx(0.5)


def test_clocks_that_were_not_set_are_told(tmp_path: Path) -> None:
    write_take(tmp_path, "take", hour="10")
    stamp(tmp_path / "take.wav", 3600.0)
    with pytest.raises(InvalidInput, match="clocks were not set"):
        livelink_clip(tmp_path / "take.csv", tmp_path / "take.wav")
    stamp_far = tmp_path / "far"
    write_take(stamp_far, "take", hour="10")
    stamp(stamp_far / "take.wav", 36_000.0 - 5.0)
    with pytest.raises(InvalidInput, match="do not overlap"):
        livelink_clip(stamp_far / "take.csv", stamp_far / "take.wav")


def test_only_a_broadcast_wave_tells_its_time(tmp_path: Path) -> None:
    write_tone(tmp_path / "plain.wav", 0.5)
    assert wave_start_s(tmp_path / "plain.wav") is None
    (tmp_path / "other.wav").write_bytes(b"OggS and more")
    assert wave_start_s(tmp_path / "other.wav") is None
    write_tone(tmp_path / "stamped.wav", 0.5, RATE)
    stamp(tmp_path / "stamped.wav", 3.25)
    assert wave_start_s(tmp_path / "stamped.wav") == pytest.approx(3.25)
    (tmp_path / "short.wav").write_bytes((tmp_path / "stamped.wav").read_bytes()[:100])
    assert wave_start_s(tmp_path / "short.wav") is None


def test_an_emotion_in_the_name_labels_the_take(tmp_path: Path) -> None:
    write_take(tmp_path, "Anna_happy_3")
    clip = livelink_clip(tmp_path / "Anna_happy_3.csv", tmp_path / "Anna_happy_3.wav")
    assert (clip.label.emotion, clip.label.intensity) == ("happy", 1.0)


def test_the_command_builds_a_corpus(tmp_path: Path) -> None:
    for number in (1, 2):
        write_take(tmp_path / "takes" / f"slate {number}", f"take_{number}")
    run(MotionData("livelink", tmp_path / "takes.safetensors", tmp_path / "takes"))
    corpus = Corpus(tmp_path / "takes.safetensors")
    assert [label.name for label in corpus.labels] == ["take_1", "take_2"]
    assert corpus.header.fps == FPS


def test_a_folder_without_takes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "alone.csv").write_text("Timecode,BlendShapeCount\n")
    with pytest.raises(InvalidInput, match="no csv with a sound"):
        livelink_parts(tmp_path)
