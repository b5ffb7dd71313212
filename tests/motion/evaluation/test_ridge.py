"""The ridge regression finds what is linear, channel by channel where it is known."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from vivavoce.bridge.data import AudioClip, PerformanceStyle
from vivavoce.motion.data.examples import STYLE_STEPS, Batch
from vivavoce.motion.evaluation.ridge import Ridge, fitted_ridge, ridge_engine
from vivavoce.motion.models.channels import CHANNEL_INDEX, CHANNEL_NAMES
from vivavoce.motion.speech.load import SAMPLE_RATE

WIDTH, LINES, STEPS = 6, 8, 80
JAW, PUCKER, BLINK = (CHANNEL_INDEX[name] for name in ("jawOpen", "mouthPucker", "blink"))


def batch(seed: int, mixing: np.ndarray, known: np.ndarray, delay: int = 0) -> Batch:
    """Channels that are the features of `delay` steps before, mixed, plus .1."""
    features = np.random.default_rng(seed).standard_normal((LINES, STEPS, WIDTH)).astype(np.float32)
    channels = np.roll(features, delay, axis=1) @ mixing + 0.1
    style = torch.zeros(LINES, STYLE_STEPS, len(CHANNEL_NAMES))
    return Batch(
        torch.from_numpy(features),
        torch.from_numpy(np.where(known, channels, 99.0).astype(np.float32)),
        torch.from_numpy(np.broadcast_to(known, channels.shape).astype(np.float32)),
        torch.zeros(LINES, STEPS, 2),
        torch.zeros(LINES, STEPS, 8),
        style,
        style,
    )


@pytest.fixture
def mixing() -> np.ndarray:
    return np.random.default_rng(9).normal(0.0, 0.3, (WIDTH, len(CHANNEL_NAMES))).astype(np.float32)


def known_but(*unknown: int) -> np.ndarray:
    known = np.ones(len(CHANNEL_NAMES), bool)
    known[list(unknown)] = False
    return known


@pytest.mark.parametrize("delay", [0, 2, -4])
def test_what_is_linear_is_found_at_its_delay(mixing: np.ndarray, delay: int) -> None:
    ridge = fitted_ridge([batch(seed, mixing, known_but(), delay) for seed in range(6)], np.zeros(WIDTH), np.ones(WIDTH))
    features = np.random.default_rng(7).standard_normal((60, WIDTH)).astype(np.float32)
    wanted = np.roll(features, delay, axis=0) @ mixing + 0.1
    np.testing.assert_allclose(ridge.channels(features)[8:-8], wanted[8:-8], atol=0.15)


def test_a_channel_is_learnt_where_it_is_known(mixing: np.ndarray) -> None:
    halves = [batch(1, mixing, known_but(PUCKER)), batch(2, mixing, known_but(JAW)), batch(3, mixing, known_but(BLINK, JAW))]
    never = [batch(seed, mixing, known_but(BLINK)) for seed in (4, 5)]
    ridge = fitted_ridge(halves * 2 + never, np.zeros(WIDTH), np.ones(WIDTH))
    features = np.random.default_rng(7).standard_normal((60, WIDTH)).astype(np.float32)
    np.testing.assert_allclose(ridge.channels(features)[8:-8], (features @ mixing + 0.1)[8:-8], atol=0.3)
    only = fitted_ridge(never, np.zeros(WIDTH), np.ones(WIDTH))
    assert not only.channels(features)[:, BLINK].any()


class Level:
    """An encoder whose features are the mean square of each step."""

    width = 1

    def window_features(self, samples: torch.Tensor) -> torch.Tensor:
        return samples.reshape(-1, 320).square().mean(dim=1, keepdim=True)


def test_it_performs_as_an_engine() -> None:
    weights = np.zeros((8, len(CHANNEL_NAMES)), np.float32)
    weights[3, JAW] = 10.0
    audio = AudioClip(np.concatenate([np.zeros(SAMPLE_RATE), np.full(SAMPLE_RATE, 0.2)]).astype(np.float32), SAMPLE_RATE)
    performer = ridge_engine(Ridge(np.zeros(1), np.ones(1), weights), Level())(audio)
    clip = performer(PerformanceStyle(), 25.0)
    jaw = clip.layer("lips").blend_shape("jawOpen")
    assert clip.frame_count == 50
    np.testing.assert_allclose(jaw[[5, 45]], [0.0, 0.4], atol=0.02)
    assert {layer.name for layer in clip.layers} == {"lips", "upper_face", "blinks", "gaze", "head"}
