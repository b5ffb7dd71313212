"""Stretches of recordings, heard together as one: pure numpy and the standard library's wav."""

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

SAMPLE_RATE = 16000
"""Hz: what speech is heard at."""


def mixed(pieces: Iterable[tuple[float, np.ndarray]]) -> np.ndarray:
    """Sounds laid over silence. pieces: where each begins, in seconds from 0, and its samples (S,). Returns (S,) float32."""
    placed = [(round(at_s * SAMPLE_RATE), samples) for at_s, samples in pieces]
    whole = np.zeros(max((start + len(samples) for start, samples in placed), default=0), np.float32)
    for start, samples in placed:
        whole[start : start + len(samples)] += samples
    return whole


def write_wav(path: Path, samples: np.ndarray) -> None:
    """samples: (S,) -1..1, clipped there, at SAMPLE_RATE."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes())
