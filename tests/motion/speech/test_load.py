"""Recordings are written here by soundfile and ffmpeg, in every format that users bring."""

import logging
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("soundfile")
pytest.importorskip("imageio_ffmpeg")
pytest.importorskip("soxr")

import imageio_ffmpeg
import soundfile

from vivavoce.bridge.errors import InvalidInput
from vivavoce.motion.speech import load
from vivavoce.motion.speech.load import SAMPLE_RATE, load_audio

TONE_HZ = 440.0


def tone(duration_s: float = 1.0, rate: int = SAMPLE_RATE, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2.0 * np.pi * TONE_HZ * np.arange(round(duration_s * rate)) / rate)


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-nostdin", *map(str, arguments)], check=True, timeout=60
    )


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(), SAMPLE_RATE)
    return path


def assert_is_tone(samples: np.ndarray, duration_s: float = 1.0, tolerance_s: float = 0.0) -> None:
    assert samples.dtype == np.float32
    assert not samples.flags.writeable
    assert abs(len(samples) / SAMPLE_RATE - duration_s) <= tolerance_s + 1.0 / SAMPLE_RATE
    spectrum = np.abs(np.fft.rfft(samples[: SAMPLE_RATE // 2] * np.hanning(SAMPLE_RATE // 2)))
    assert 2.0 * np.argmax(spectrum) == pytest.approx(TONE_HZ, abs=2.0)
    assert np.abs(samples[4000:8000]).max() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_every_bit_depth_of_wav(tmp_path: Path, subtype: str):
    soundfile.write(tmp_path / "tone.wav", tone(), SAMPLE_RATE, subtype=subtype)
    assert_is_tone(load_audio(tmp_path / "tone.wav").samples)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000, 192000])
def test_every_rate_keeps_the_duration_and_the_moment(tmp_path: Path, rate: int):
    samples = tone(rate=rate)
    samples[: rate // 2] = 0.0
    soundfile.write(tmp_path / "tone.wav", samples, rate)
    loaded = load_audio(tmp_path / "tone.wav").samples
    assert len(loaded) == pytest.approx(SAMPLE_RATE, abs=1)
    assert np.flatnonzero(np.abs(loaded) > 0.1)[0] == pytest.approx(SAMPLE_RATE // 2, abs=12)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_channels_are_averaged(tmp_path: Path, channels: int):
    soundfile.write(tmp_path / "tone.flac", np.repeat(tone()[:, None], channels, axis=1), SAMPLE_RATE)
    assert_is_tone(load_audio(tmp_path / "tone.flac").samples)


@pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3", "aiff"])
def test_soundfile_formats(tmp_path: Path, suffix: str):
    soundfile.write(tmp_path / f"tone.{suffix}", tone(), SAMPLE_RATE)
    assert_is_tone(load_audio(tmp_path / f"tone.{suffix}").samples, tolerance_s=0.08)


@pytest.mark.parametrize("suffix", ["m4a", "mp4", "mov", "mkv", "webm", "opus", "wma", "aac", "avi", "caf", "ac3"])
def test_ffmpeg_formats(tmp_path: Path, wav: Path, suffix: str):
    ffmpeg("-i", wav, "-ar", "48000", tmp_path / f"tone.{suffix}")
    assert_is_tone(load_audio(tmp_path / f"tone.{suffix}").samples, tolerance_s=0.1)


def test_the_sound_of_a_film(tmp_path: Path, wav: Path):
    film = tmp_path / "film with a % and spaces.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=25", "-i", wav, "-shortest", film)
    assert_is_tone(load_audio(film).samples, tolerance_s=0.1)


def test_content_counts_more_than_the_suffix(tmp_path: Path, wav: Path):
    ffmpeg("-i", wav, tmp_path / "tone.m4a")
    renamed = (tmp_path / "tone.m4a").rename(tmp_path / "renamed.wav")
    assert_is_tone(load_audio(renamed).samples, tolerance_s=0.1)


def test_the_source_is_the_name_alone(wav: Path):
    assert load_audio(str(wav)).source == "tone.wav"


def test_progress_rises_to_one(tmp_path: Path, wav: Path):
    ffmpeg("-i", wav, tmp_path / "tone.m4a")
    for path in (wav, tmp_path / "tone.m4a"):
        shares: list[float] = []
        load_audio(path, shares.append)
        assert shares == sorted(shares)
        assert shares[-1] == pytest.approx(1.0, abs=0.05)


def test_a_long_clip_is_mapped_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    soundfile.write(tmp_path / "long.flac", np.tile(tone(), 20), SAMPLE_RATE)
    in_memory = load_audio(tmp_path / "long.flac").samples
    monkeypatch.setattr(load, "LONGEST_IN_MEMORY_S", 2.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    clip = load_audio(tmp_path / "long.flac")
    np.testing.assert_array_equal(clip.samples, in_memory)
    assert not clip.samples.flags.owndata
    excerpt = clip.excerpt(1.0, 2.0)
    del clip
    np.testing.assert_array_equal(excerpt.samples, in_memory[SAMPLE_RATE : 2 * SAMPLE_RATE])
    del excerpt
    assert not list((tmp_path / "temporary").iterdir())


def test_overshoot_is_scaled_not_cut(tmp_path: Path):
    soundfile.write(tmp_path / "loud.wav", tone(level=3.0), SAMPLE_RATE, subtype="FLOAT")
    samples = load_audio(tmp_path / "loud.wav").samples
    np.testing.assert_allclose(samples, tone(level=1.0), atol=1e-3)


def test_silence_loads_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    soundfile.write(tmp_path / "silent.wav", np.zeros(SAMPLE_RATE), SAMPLE_RATE)
    with caplog.at_level(logging.WARNING):
        assert not load_audio(tmp_path / "silent.wav").samples.any()
    assert "silent" in caplog.text


def test_clipping_loads_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    soundfile.write(tmp_path / "clipped.wav", np.clip(tone(level=2.0), -1.0, 1.0), SAMPLE_RATE)
    with caplog.at_level(logging.WARNING):
        load_audio(tmp_path / "clipped.wav")
    assert "clipped" in caplog.text


def test_ordinary_speech_loads_without_a_warning(wav: Path, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        load_audio(wav)
    assert not caplog.text


def write_nothing(folder: Path) -> Path:
    return folder / "missing.wav"


def write_folder(folder: Path) -> Path:
    return folder


def write_empty(folder: Path) -> Path:
    (folder / "empty.wav").touch()
    return folder / "empty.wav"


def write_corrupt(folder: Path) -> Path:
    (folder / "corrupt.wav").write_bytes(np.random.default_rng(0).bytes(20000))
    return folder / "corrupt.wav"


def write_text(folder: Path) -> Path:
    (folder / "notes.m4a").write_text("These are notes, not a recording.\n" * 50)
    return folder / "notes.m4a"


def write_truncated(folder: Path) -> Path:
    soundfile.write(folder / "tone.wav", tone(), SAMPLE_RATE)
    ffmpeg("-i", folder / "tone.wav", folder / "tone.m4a")
    (folder / "cut.m4a").write_bytes((folder / "tone.m4a").read_bytes()[:3000])
    return folder / "cut.m4a"


def write_damaged_flac(folder: Path) -> Path:
    soundfile.write(folder / "tone.flac", np.random.default_rng(0).uniform(-0.5, 0.5, 10 * SAMPLE_RATE), SAMPLE_RATE)
    data = bytearray((folder / "tone.flac").read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    (folder / "damaged.flac").write_bytes(data)
    return folder / "damaged.flac"


def write_film_without_sound(folder: Path) -> Path:
    ffmpeg("-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=25", folder / "mute.mp4")
    return folder / "mute.mp4"


def write_short(folder: Path) -> Path:
    soundfile.write(folder / "short.wav", tone(0.19), SAMPLE_RATE)
    return folder / "short.wav"


def write_header_only(folder: Path) -> Path:
    soundfile.write(folder / "header.wav", np.zeros(0), SAMPLE_RATE)
    return folder / "header.wav"


def write_not_numbers(folder: Path) -> Path:
    samples = tone()
    samples[SAMPLE_RATE // 2] = np.nan
    soundfile.write(folder / "nan.wav", samples, SAMPLE_RATE, subtype="FLOAT")
    return folder / "nan.wav"


def write_absurd_rate(folder: Path) -> Path:
    soundfile.write(folder / "rate.wav", tone(), 7)
    return folder / "rate.wav"


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (write_nothing, "There is no file .*missing.wav. Check the path"),
        (write_folder, "is a folder. Give one recording"),
        (write_empty, "is empty .* Export or copy it again"),
        (write_corrupt, "cannot be decoded: .* export it again"),
        (write_text, "cannot be decoded: .* export it again"),
        (write_truncated, "cannot be decoded: .* export it again"),
        (write_damaged_flac, "cannot be decoded: .* export it again"),
        (write_film_without_sound, "has no audio stream. Give a recording, or a film with sound"),
        (write_short, "is too short: 0.19 s of sound. Give at least 0.2 s"),
        (write_header_only, "is too short: 0.00 s"),
        (write_not_numbers, "not numbers .* first at 0.500 s. Export it again"),
        (write_absurd_rate, "claims a sample rate of 7 Hz"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(tmp_path: Path, write: Callable[[Path], Path], message: str):
    with pytest.raises(InvalidInput, match=message):
        load_audio(write(tmp_path))


def test_too_long_is_refused(tmp_path: Path, wav: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(load, "LONGEST_S", 0.9)
    with pytest.raises(InvalidInput, match=r"is longer than .* hours. Cut it into parts"):
        load_audio(wav)


def test_a_playlist_cannot_reach_the_network(tmp_path: Path):
    playlist = tmp_path / "list.m4a"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/sound.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(InvalidInput, match="cannot be decoded"):
        load_audio(playlist)
