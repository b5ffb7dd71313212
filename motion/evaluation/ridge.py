"""Ridge regression on the encoder's features: what a line of algebra makes of the examples that the networks learn from."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...bridge.data import AudioClip, MotionClip, PerformanceStyle
from ..articulation.performance import PERFORMED_LAYERS
from ..data.examples import Batch, Examples
from ..data.targets import STEPS_PER_SECOND
from ..models.channels import CHANNEL_NAMES, layers_of, resampled
from ..speech.encoder import SpeechEncoder, speech_encoder, speech_features
from .candidates import Candidate, Performer

ReportProgress = Callable[[float, str], None]

_OFFSETS = (-7, -4, -2, 0, 2, 4, 7)
"""Steps of 20 ms that are heard together: 140 ms to both sides carry all that a regression can use."""
_REACH = max(_OFFSETS)
_STIFFNESS = 0.03
"""Added to the Gram matrix's diagonal as a share of its mean."""
_BATCHES, _LINES, _STEPS = 40, 24, 114


@dataclass(frozen=True, eq=False)
class Ridge:
    """mean, scale: (D,) of the features. weights: (len(_OFFSETS) * D + 1, 48), the last row constant."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray

    def channels(self, features: np.ndarray) -> np.ndarray:
        """(T, D) at 50 Hz -> (T, 48)."""
        padded = np.pad((features - self.mean) / self.scale, ((_REACH, _REACH), (0, 0)), mode="edge")
        return _in_context(padded) @ self.weights


def _in_context(features: np.ndarray) -> np.ndarray:
    """(..., T + 2 * _REACH, D) -> (..., T, P): each step with its neighbours, and 1."""
    count = features.shape[-2] - 2 * _REACH
    heard = [features[..., _REACH + offset : _REACH + offset + count, :] for offset in _OFFSETS]
    return np.concatenate([*heard, np.ones_like(heard[0][..., :1])], axis=-1)


def fitted_ridge(batches: Iterable[Batch], mean: np.ndarray, scale: np.ndarray) -> Ridge:
    """Least squares from features in context to channels, each channel on the steps where it is known. mean, scale: (D,)."""
    grams: dict[bytes, np.ndarray] = {}
    products: dict[bytes, np.ndarray] = {}
    for batch in batches:
        heard = _in_context((batch.features.numpy() - mean) / scale).reshape(-1, len(_OFFSETS) * len(mean) + 1)
        wanted, known = (
            table.numpy()[:, _REACH:-_REACH].reshape(-1, len(CHANNEL_NAMES)) for table in (batch.channels, batch.known)
        )
        # Steps that know the same channels share one system.
        patterns, pattern_of = np.unique(np.packbits(known > 0.5, axis=1), axis=0, return_inverse=True)
        for index, pattern in enumerate(patterns):
            rows, key = pattern_of.ravel() == index, pattern.tobytes()
            grams[key] = grams.get(key, 0.0) + heard[rows].T @ heard[rows]
            products[key] = products.get(key, 0.0) + heard[rows].T @ wanted[rows]
    return Ridge(mean, scale, _solved(grams, products))


def _solved(grams: Mapping[bytes, np.ndarray], products: Mapping[bytes, np.ndarray]) -> np.ndarray:
    """(P, 48): channels that the same steps know are solved together; what none knows is 0."""
    keys = list(grams)
    size = len(grams[keys[0]])
    weights = np.zeros((size, len(CHANNEL_NAMES)), np.float32)
    knowing = np.stack([np.unpackbits(np.frombuffer(key, np.uint8), count=len(CHANNEL_NAMES)).astype(bool) for key in keys])
    for knows in np.unique(knowing, axis=1).T:
        channels = np.flatnonzero((knowing == knows[:, None]).all(axis=0))
        chosen = [keys[index] for index in np.flatnonzero(knows)]
        if chosen:
            gram = np.stack([grams[key] for key in chosen]).sum(axis=0, dtype=np.float64)
            product = np.stack([products[key][:, channels] for key in chosen]).sum(axis=0, dtype=np.float64)
            stiffness = _STIFFNESS * np.trace(gram) / size
            weights[:, channels] = np.linalg.solve(gram + stiffness * np.eye(size), product)
    return weights


def ridge_of_corpora(paths: Sequence[Path], encoder_name: str, report: ReportProgress, seed: int = 0) -> Candidate:
    """A regression on the training lines of corpora, half an hour of them in crops, as an engine."""
    examples, rng = Examples(paths, encoder_name, report=report), np.random.default_rng(seed)
    mean, scale = (np.asarray(found, np.float32) for found in examples.feature_statistics(rng))

    def batches() -> Iterator[Batch]:
        for number in range(_BATCHES):
            report(number / _BATCHES, "fitting the regression")
            yield examples.batch(rng, _LINES, _STEPS)

    return ridge_engine(fitted_ridge(batches(), mean, scale), speech_encoder(encoder_name))


def ridge_engine(ridge: Ridge, encoder: SpeechEncoder) -> Candidate:
    """The regression as an engine: the same take whatever the style."""

    def engine(audio: AudioClip) -> Performer:
        channels = ridge.channels(speech_features(audio, encoder))

        def perform(style: PerformanceStyle, fps: float) -> MotionClip:
            frame_count = max(int(np.ceil(audio.duration_s * fps - 1e-6)), 1)
            return MotionClip(fps, tuple(layers_of(resampled(channels, STEPS_PER_SECOND, fps, frame_count), PERFORMED_LAYERS)))

        return perform

    return engine
