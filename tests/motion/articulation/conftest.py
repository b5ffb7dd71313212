"""Voices to perform: made of numbers, so that every pause and every accent is known."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.motion.speech.prosody import Prosody


def voice(duration_s: float, seed: int = 0) -> Prosody:
    """Phrases of 1 to 4 s with pauses of 0.3 to 1.5 s; syllables five times a second; pitch falls over each phrase."""
    rng = np.random.default_rng(seed)
    count = round(duration_s * 100)
    times_s = np.arange(count) * 0.01
    is_speech, pitch_hz = np.zeros(count, bool), np.zeros(count)
    clock_s = 0.5
    while clock_s < duration_s - 1.0:
        end_s = min(clock_s + rng.uniform(1.0, 4.0), duration_s - 0.5)
        phrase = (times_s >= clock_s) & (times_s < end_s)
        is_speech |= phrase
        pitch_hz[phrase] = np.linspace(150.0, 100.0, phrase.sum()) * 2.0 ** (rng.standard_normal() / 12.0)
        clock_s = end_s + rng.uniform(0.3, 1.5)
    syllables = 6.0 * np.sin(2.0 * np.pi * 5.0 * times_s) + 5.0 * np.sin(2.0 * np.pi * 0.9 * times_s)
    loudness_db = np.where(is_speech, -22.0 + syllables, -70.0)
    return Prosody(loudness_db.astype(np.float32), pitch_hz.astype(np.float32), is_speech)


@pytest.fixture(scope="session")
def speech() -> Prosody:
    """Ten minutes."""
    return voice(600.0)


@pytest.fixture(scope="session")
def line() -> Prosody:
    """Twelve seconds."""
    return voice(12.0, seed=5)


@pytest.fixture(scope="session")
def silence() -> Prosody:
    """Five minutes without a word."""
    return Prosody(np.full(30000, -100.0, np.float32), np.zeros(30000, np.float32), np.zeros(30000, bool))
