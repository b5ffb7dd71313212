"""Every part of the face performs the shortest clip that can be loaded, spoken or silent, at the slowest and the fastest rate."""

from collections.abc import Callable

import numpy as np
import pytest

from vivavoce.bridge.data import AudioClip, MotionLayer, PerformanceStyle
from vivavoce.bridge.randomness import part_rng
from vivavoce.motion.articulation.blinks import blink_layer
from vivavoce.motion.articulation.emotion import emotion_mouth_offsets
from vivavoce.motion.articulation.gaze import gaze_layer
from vivavoce.motion.articulation.head import head_layer
from vivavoce.motion.articulation.upper_face import upper_face_layer
from vivavoce.motion.speech.prosody import prosody

STYLE = PerformanceStyle({"fear": 0.7})
SAMPLES = {
    "silent": np.zeros(3200, np.float32),
    "spoken": np.sign(np.sin(2.0 * np.pi * 120.0 * np.arange(3200) / 16000.0)).astype(np.float32) * 0.1,
}


@pytest.mark.parametrize("samples", SAMPLES.values(), ids=SAMPLES.keys())
@pytest.mark.parametrize("fps", [1.0, 23.976, 1000.0])
@pytest.mark.parametrize("layer", [blink_layer, gaze_layer, head_layer, upper_face_layer])
def test_layers(samples: np.ndarray, fps: float, layer: Callable[..., MotionLayer]):
    heard = prosody(AudioClip(samples, 16000))
    frame_count = int(np.ceil(0.2 * fps))
    for seed in range(5):
        assert layer(heard, fps, frame_count, STYLE, part_rng(seed, "head")).frame_count == frame_count


@pytest.mark.parametrize("samples", SAMPLES.values(), ids=SAMPLES.keys())
def test_mouth_offsets(samples: np.ndarray):
    names, weights = emotion_mouth_offsets(STYLE, prosody(AudioClip(samples, 16000)), 30.0, 6)
    assert weights.shape == (6, len(names))
    assert np.isfinite(weights).all()
