"""Decode recordings block by block: soundfile for what it reads, ffmpeg for everything else, films included."""

import logging
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import numpy as np
import soundfile

from ...bridge.errors import InvalidInput, ModelMissing

logger = logging.getLogger(__name__)

SOUNDFILE_SUFFIXES = frozenset(
    (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf", ".w64", ".rf64")
)
_BLOCK_VALUES = 1 << 16
_AU_HEADER = struct.Struct(">4s5I")  # magic, offset of the data, their size, encoding, sample rate, channels


@dataclass(frozen=True, eq=False)
class Decoding:
    """A recording being read. blocks: (n,) float32, mono, at sample_rate Hz. expected_s: its length if the file tells, else 0."""

    sample_rate: int
    blocks: Iterator[np.ndarray]
    expected_s: float


@contextmanager
def decoding(path: Path) -> Iterator[Decoding]:
    """Open a recording for reading in blocks. Raises InvalidInput if it holds no sound or cannot be decoded."""
    source = _opened_by_soundfile(path) if path.suffix.lower() in SOUNDFILE_SUFFIXES else None
    if source is None:
        with _ffmpeg_decoding(path) as decoded:
            yield decoded
        return
    with source:
        yield Decoding(source.samplerate, _soundfile_blocks(source, path), max(source.frames, 0) / max(source.samplerate, 1))


def _opened_by_soundfile(path: Path) -> soundfile.SoundFile | None:
    """None for what only looks like one of soundfile's formats, such as an m4a named .wav: ffmpeg goes by content."""
    try:
        return soundfile.SoundFile(str(path))
    except soundfile.LibsndfileError:
        return None


def _soundfile_blocks(source: soundfile.SoundFile, path: Path) -> Iterator[np.ndarray]:
    frames = max(_BLOCK_VALUES // source.channels, 1)
    while True:
        try:
            block = source.read(frames, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise _damaged(path, str(error)) from error
        if not len(block):
            return
        yield block.mean(axis=1)


def _damaged(path: Path, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{path} cannot be decoded: {reason} Is it a recording? If so it is damaged; export it again, best as wav."
    )


@contextmanager
def _ffmpeg_decoding(path: Path) -> Iterator[Decoding]:
    """The first audio stream, from ffmpeg's pipe: as Sun au, the simplest header that tells the sample rate."""
    command = [
        _ffmpeg_path(), "-nostdin", "-hide_banner", "-nostats", "-v", "level+info", "-protocol_whitelist", "file,pipe",
        "-i", f"file:{path.resolve()}", "-map", "0:a:0", "-vn", "-sn", "-dn",
        "-ac", "1", "-c:a", "pcm_f32be", "-f", "au", "pipe:1",
    ]  # fmt: skip
    # Messages go to a file: a pipe that nobody reads would fill up and stop ffmpeg. In append mode, reading it here
    # does not move the place where ffmpeg writes.
    with (
        tempfile.TemporaryFile("a+b") as messages,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=messages, stdin=subprocess.DEVNULL) as process,
    ):
        assert process.stdout is not None
        try:
            header = process.stdout.read(_AU_HEADER.size)
            if len(header) < _AU_HEADER.size:
                process.wait()
                raise _refusal(path, _text_of(messages))
            _, data_offset, _, _, sample_rate, _ = _AU_HEADER.unpack(header)
            process.stdout.read(data_offset - _AU_HEADER.size)
            yield Decoding(sample_rate, _ffmpeg_blocks(process, messages, path), _expected_s(_text_of(messages)))
        finally:
            process.kill()


def _ffmpeg_blocks(process: subprocess.Popen[bytes], messages: IO[bytes], path: Path) -> Iterator[np.ndarray]:
    assert process.stdout is not None
    while data := process.stdout.read(4 * _BLOCK_VALUES):
        yield np.frombuffer(data[: len(data) // 4 * 4], ">f4").astype(np.float32)
    errors = _errors_in(_text_of(messages))
    if process.wait() != 0:
        raise _damaged(path, errors[-1] if errors else "ffmpeg gave up.")
    if errors:
        logger.warning("Parts of %s could not be decoded (%s); the performance may be out of step after them.", path, errors[0])


def _ffmpeg_path() -> str:
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise ModelMissing(
            "No ffmpeg is on this machine. Install imageio-ffmpeg again, or give a wav, flac, ogg or mp3."
        ) from error


def _text_of(messages: IO[bytes]) -> str:
    messages.seek(0)
    return messages.read().decode("utf-8", "replace")


def _errors_in(text: str) -> list[str]:
    return [re.sub(r"^(\[[^\]]*\] ?)+", "", line).strip() for line in text.splitlines() if re.search(r"\[(error|fatal)\]", line)]


def _refusal(path: Path, text: str) -> InvalidInput:
    if "matches no streams" in text or "does not contain any stream" in text:
        return InvalidInput(f"{path} has no audio stream. Give a recording, or a film with sound.")
    errors = _errors_in(text)
    return _damaged(path, f"{errors[0].rstrip('.')}." if errors else "ffmpeg finds no sound in it.")


def _expected_s(text: str) -> float:
    match = re.search(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", text)
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) if match else 0.0
