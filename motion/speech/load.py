"""Recordings in: any common format, rate, depth and number of channels becomes one channel at 16 kHz."""

import logging
import mmap
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import soxr

from ...bridge.data import AudioClip
from ...bridge.errors import InvalidInput
from .decode import Decoding, decoding

logger = logging.getLogger(__name__)

SAMPLE_RATE = 16000
SHORTEST_S = 0.2
LONGEST_S = 2.0 * 3600.0
LONGEST_IN_MEMORY_S = 600.0
"""Longer clips are memory-mapped."""
_READABLE_RATES_HZ = (1000, 1_000_000)
_SILENT_PEAK = 1e-4
_CLIPPED_LEVEL = 0.999
_CLIPPED_SHARE = 5e-4


def load_audio(path: str | Path, progress: Callable[[float], None] | None = None) -> AudioClip:
    """A recording as mono at 16 kHz, read in blocks. `progress` is told the share read so far, 0 to 1.

    Warns of silence and of clipping. Raises InvalidInput, with what to do, for anything that is not 0.2 s to 2 h of sound.
    """
    path = Path(path)
    _check_file(path)
    with _SampleStore() as store, decoding(path) as source:
        clipped_share = _read_all(source, store, path, progress or (lambda share: None))
        if store.count < SHORTEST_S * SAMPLE_RATE:
            raise InvalidInput(f"{path} is too short: {store.count / SAMPLE_RATE:.2f} s of sound. Give at least {SHORTEST_S} s.")
        if store.peak < _SILENT_PEAK:
            logger.warning("%s is silent: the character will only idle, blink and breathe.", path)
        if clipped_share > _CLIPPED_SHARE:
            logger.warning(
                "%s is clipped (%.1f %% of it at full scale): record it quieter if you can.", path, 100 * clipped_share
            )
        return AudioClip(store.samples(), SAMPLE_RATE, path.name)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder. Give one recording in it.")
    if not path.exists():
        raise InvalidInput(f"There is no file {path}. Check the path.")
    try:
        with path.open("rb") as file:
            is_empty = not file.read(1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}. Check who may read it.") from error
    if is_empty:
        raise InvalidInput(f"{path} is empty (0 bytes). Export or copy it again.")


def _read_all(source: Decoding, store: "_SampleStore", path: Path, progress: Callable[[float], None]) -> float:
    """Resample everything into the store; returns the share of clipped samples."""
    rate = source.sample_rate
    if not _READABLE_RATES_HZ[0] <= rate <= _READABLE_RATES_HZ[1]:
        raise InvalidInput(f"{path} claims a sample rate of {rate} Hz, which no recording has. Export it again.")
    resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32") if rate != SAMPLE_RATE else None
    count = clipped = 0
    for block in source.blocks:
        magnitude = np.abs(block)
        if not np.isfinite(magnitude).all():
            first_s = (count + int(np.argmin(np.isfinite(magnitude)))) / rate
            raise InvalidInput(f"{path} holds samples that are not numbers (NaN), first at {first_s:.3f} s. Export it again.")
        clipped += int(np.count_nonzero(magnitude >= _CLIPPED_LEVEL))
        count += len(block)
        if count > LONGEST_S * rate:
            raise InvalidInput(f"{path} is longer than {LONGEST_S / 3600:g} hours. Cut it into parts.")
        store.append(resampler.resample_chunk(block) if resampler else block)
        progress(min(count / rate / max(source.expected_s, count / rate), 1.0))
    if resampler and count:
        store.append(resampler.resample_chunk(np.empty(0, np.float32), last=True))
    return clipped / max(count, 1)


@dataclass(eq=False)
class _SampleStore:
    """Samples as they arrive: in memory while few, then in a temporary file that the system removes with its last user."""

    count: int = 0
    peak: float = 0.0
    _blocks: list[np.ndarray] = field(default_factory=list)
    _file: IO[bytes] | None = None

    def __enter__(self) -> "_SampleStore":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def append(self, block: np.ndarray) -> None:
        if not len(block):
            return
        self.count += len(block)
        self.peak = max(self.peak, float(np.abs(block).max()))
        self._blocks.append(block)
        if self._file is None and self.count > LONGEST_IN_MEMORY_S * SAMPLE_RATE:
            self._file = tempfile.TemporaryFile(prefix="vivavoce-")  # noqa: SIM115 - __exit__ closes it
        if self._file is not None:
            for pending in self._blocks:
                self._file.write(pending.tobytes())
            self._blocks.clear()

    def samples(self) -> np.ndarray:
        """All samples, read-only, scaled down if they overshoot full scale. (S,) float32"""
        if self._file is None:
            samples = np.concatenate([np.empty(0, np.float32), *self._blocks])
        else:
            self._file.flush()
            # The mapping keeps the nameless file alive; when the last array over it goes, so does the file.
            samples = np.frombuffer(mmap.mmap(self._file.fileno(), 0), np.float32)
        if self.peak > 1.0:
            samples /= np.float32(self.peak)
        samples.setflags(write=False)
        return samples
