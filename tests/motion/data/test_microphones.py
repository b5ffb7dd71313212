"""Another speaker's vocal tract stretches a spectrum and nothing else."""

import numpy as np

from vivavoce.bridge.lite.mel import SAMPLE_RATE, STEP_WIDTH, mel_centres_hz, mel_steps
from vivavoce.motion.data.microphones import heard_from_another


def strongest_hz(steps: np.ndarray) -> np.ndarray:
    centres_hz = mel_centres_hz()
    return centres_hz[steps.reshape(-1, len(centres_hz)).argmax(axis=1)]


def test_a_tone_is_heard_higher_or_lower_and_at_the_same_time():
    times_s = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = (0.3 * np.sin(2.0 * np.pi * 2000.0 * times_s) * (times_s > 0.5)).astype(np.float32)
    steps = mel_steps(tone)
    rng = np.random.default_rng(0)
    heard = []
    for _ in range(40):
        warped = heard_from_another(steps, rng)
        assert warped.shape == (50, STEP_WIDTH)
        assert warped.dtype == np.float32
        np.testing.assert_allclose(warped[:20], steps[:20], atol=1e-6)  # silence stays silence
        heard.append(np.median(strongest_hz(warped[30:])))
    assert 1650.0 < min(heard) < 1800.0
    assert 2250.0 < max(heard) < 2450.0
