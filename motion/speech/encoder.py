"""Speech to features for the motion models: fifty a second, from one of several encoders behind one interface."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from ...bridge.data import AudioClip
from ...bridge.errors import InvalidInput
from ...bridge.lite.mel import SAMPLE_RATE
from .log_mel import log_mel
from .small_encoder import SMALL_ENCODERS, small_encoder
from .transformers_folder import WHISPER_MODEL, folder_model, model_type, whisper_from_folder
from .whisper_encoder import WhisperEncoder
from .whisper_weights import whisper_tiny

DEFAULT_ENCODER = "whisper-tiny"
FEATURES_PER_SECOND = 50
_STEP_SAMPLES = SAMPLE_RATE // FEATURES_PER_SECOND
_WINDOW_STEPS = 26 * FEATURES_PER_SECOND
_CONTEXT_STEPS = 2 * FEATURES_PER_SECOND
"""A window is 26 s, heard with 2 s more on both sides: together the 30 s that Whisper was trained on."""
_DEFAULT_DEPTH = 2
"""Of Whisper-tiny's four layers. Mouths regressed from the second follow captured ones better than from the last
(correlation of the opening on GRID .81 against .78), and the encoder takes half the time."""
_SHORTEST_STEPS = 10
_WAVEFORM_CENTRE_SAMPLES = 200
"""The middle of the first feature's receptive field in HuBERT and wav2vec 2.0, 400 samples wide."""


class SpeechEncoder(Protocol):
    """What turns a window of sound into features. width: D, the size of one feature."""

    width: int

    def window_features(self, samples: Tensor) -> Tensor:
        """(S,) float32 at 16 kHz, S a multiple of 320 -> (S / 320, D); feature `index` is centred on sample 320 * index."""
        ...


def speech_features(
    audio: AudioClip,
    encoder: SpeechEncoder | None = None,
    report: Callable[[float], None] = lambda share: None,
    dtype: type[np.floating] = np.float32,
) -> np.ndarray:
    """(T, D), T = ceil(50 * seconds): feature `index` is centred at 0.02 s * index. The default encoder is Whisper-tiny.

    Memory beyond the result is flat: see `feature_windows`. Raises InvalidInput for a clip that is not at 16 kHz.
    """
    encoder = encoder or speech_encoder()
    step_count = math.ceil(len(audio.samples) / _STEP_SAMPLES)
    features = np.empty((step_count, encoder.width), dtype)
    filled = 0
    for window in feature_windows(audio, encoder):
        features[filled : filled + len(window)] = window
        filled += len(window)
        report(filled / step_count)
    return features


def feature_windows(audio: AudioClip, encoder: SpeechEncoder) -> Iterator[np.ndarray]:
    """The features in pieces of 26 s at most, each (T, D), heard with 2 s of the sound around them."""
    if audio.sample_rate != SAMPLE_RATE:
        raise InvalidInput(f"Speech encoders listen at {SAMPLE_RATE} Hz, not {audio.sample_rate} Hz: resample the audio first.")
    step_count = math.ceil(len(audio.samples) / _STEP_SAMPLES)
    for start in range(0, step_count, _WINDOW_STEPS):
        end = min(start + _WINDOW_STEPS, step_count)
        first, last = max(start - _CONTEXT_STEPS, 0), min(end + _CONTEXT_STEPS, step_count)
        samples = torch.zeros(max(last - first, _SHORTEST_STEPS) * _STEP_SAMPLES)
        heard = np.array(audio.samples[first * _STEP_SAMPLES : last * _STEP_SAMPLES])
        samples[: len(heard)] = torch.from_numpy(heard)
        with torch.inference_mode():
            features = encoder.window_features(samples)
        yield features[start - first : end - first].cpu().numpy()


def speech_encoder(name: str | Path = DEFAULT_ENCODER, device: str = "cpu") -> SpeechEncoder:
    """`whisper-tiny` (after its second layer), our own `small` or `small-60ms`, or one in a folder of `transformers`.

    Raises ModelMissing where there is none, InvalidInput where it cannot be used.
    """
    if str(name) == DEFAULT_ENCODER:
        return _Whisper(whisper_tiny(), device, _DEFAULT_DEPTH)
    if str(name) in SMALL_ENCODERS:
        return small_encoder(str(name), device)
    folder = Path(name).expanduser()
    if model_type(folder) == WHISPER_MODEL:
        return _Whisper(whisper_from_folder(folder), device)
    return _Waveform(folder_model(folder), device)


class _Whisper:
    def __init__(self, model: WhisperEncoder, device: str, depth: int | None = None) -> None:
        self.model = model.to(device)
        self.device = device
        self.depth = depth
        self.width = model.norm.normalized_shape[0]

    def window_features(self, samples: Tensor) -> Tensor:
        return self.model(log_mel(samples.to(self.device), self.model.band_count)[None], self.depth)[0]


class _Waveform:
    """HuBERT and wav2vec 2.0: the waveform itself, brought to mean 0 and variance 1."""

    def __init__(self, model: nn.Module, device: str) -> None:
        config = model.config
        if math.prod(config.conv_stride) != _STEP_SAMPLES:
            raise InvalidInput(
                f"The encoder makes a feature every {math.prod(config.conv_stride)} samples; {_STEP_SAMPLES} is meant."
            )
        self.model = model.to(device)
        self.device = device
        self.width = config.hidden_size

    def window_features(self, samples: Tensor) -> Tensor:
        samples = samples.to(self.device)
        samples = (samples - samples.mean()) / (samples.var() + 1e-7).sqrt()
        padded = nn.functional.pad(samples, (_WAVEFORM_CENTRE_SAMPLES, _WAVEFORM_CENTRE_SAMPLES))
        return self.model(padded[None]).last_hidden_state[0, : len(samples) // _STEP_SAMPLES]
