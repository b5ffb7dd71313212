"""Features of a whole corpus, made once and kept beside it: training reads them by memory map."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...bridge.formats import whole_file
from ..speech.encoder import SpeechEncoder, speech_encoder, speech_features
from .corpus import SAMPLE_RATE, Corpus

FEATURES_PER_SECOND = 50
_STEP_SAMPLES = SAMPLE_RATE // FEATURES_PER_SECOND
_CLIPS_PER_PART = 500


def step_starts(corpus: Corpus) -> np.ndarray:
    """(N + 1,) where each clip's steps begin among those of all clips: ceil(50 * seconds) a clip."""
    counts = [math.ceil(samples / _STEP_SAMPLES) for samples in corpus.sample_counts]
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])


def features_path(corpus: Corpus, encoder_name: str) -> Path:
    """Where the features of a corpus lie once they are made."""
    folder = corpus.path.with_name(f"{corpus.path.name}.features")
    return folder / f"{Path(encoder_name).name}-{corpus.fingerprint}" / "features.npy"


def corpus_features(
    corpus: Corpus, encoder_name: str, report: Callable[[float, str], None] = lambda share, stage: None
) -> np.ndarray:
    """(T, D) float16 features of all clips, one after another, as a read-only memory map.

    They lie in a folder beside the corpus, in parts, so that a stopped run goes on where it stood.
    """
    whole = features_path(corpus, encoder_name)
    if not whole.exists():
        whole.parent.mkdir(parents=True, exist_ok=True)
        _write_features(corpus, speech_encoder(encoder_name), whole, report)
    return np.load(whole, mmap_mode="r")


def _write_features(corpus: Corpus, encoder: SpeechEncoder, whole: Path, report: Callable[[float, str], None]) -> None:
    parts = []
    for first in range(0, len(corpus), _CLIPS_PER_PART):
        report(first / len(corpus), f"features of {corpus.path.name}")
        part = whole.parent / f"{first:06d}.npy"
        parts.append(part)
        if not part.exists():
            clips = (corpus.clip(index).audio for index in range(first, min(first + _CLIPS_PER_PART, len(corpus))))
            features = np.concatenate([speech_features(clip, encoder, dtype=np.float16) for clip in clips])
            with whole_file(part) as temporary, temporary.open("wb") as file:
                np.save(file, features)
    with whole_file(whole) as temporary:
        joined = np.lib.format.open_memmap(temporary, "w+", np.float16, (int(step_starts(corpus)[-1]), encoder.width))
        row = 0
        for part in parts:
            features = np.load(part)
            joined[row : row + len(features)] = features
            row += len(features)
        joined.flush()
    for part in parts:
        part.unlink()
