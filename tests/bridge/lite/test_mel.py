import numpy as np
import pytest

from vivavoce.bridge.lite.mel import STEP_SAMPLES, STEP_WIDTH, MelStream, mel_steps, resampled


def voice_like(seconds: float, seed: int = 0) -> np.ndarray:
    """Noise that comes and goes four times a second."""
    times_s = np.arange(int(seconds * 16_000)) / 16_000
    loudness = 0.5 - 0.5 * np.cos(2.0 * np.pi * 4.0 * times_s)
    return (0.1 * loudness * np.random.default_rng(seed).standard_normal(len(times_s))).astype(np.float32)


@pytest.mark.parametrize("block", [1, 37, 160, 333, 4000])
def test_blocks_of_any_size_give_the_same_steps(block: int):
    samples = voice_like(0.8)
    stream = MelStream()
    pieces = [stream.feed(samples[start : start + block]) for start in range(0, len(samples), block)]
    whole = mel_steps(samples)
    streamed = np.concatenate(pieces)
    assert len(streamed) >= len(whole) - 2
    np.testing.assert_allclose(streamed, whole[: len(streamed)], atol=2e-5)


def test_nothing_is_heard_ahead():
    samples = voice_like(1.0)
    changed = samples.copy()
    changed[8000:] *= 10.0
    first_that_hears_it = (8000 - 200 - 160) // STEP_SAMPLES
    same = np.abs(mel_steps(samples) - mel_steps(changed)).max(axis=1) < 1e-6
    assert same[:first_that_hears_it].all()
    assert not same[first_that_hears_it + 2]


def test_a_louder_recording_gives_the_same_steps_once_it_was_heard():
    samples = voice_like(2.0)
    quiet, loud = mel_steps(samples), mel_steps(2.0 * samples)
    np.testing.assert_allclose(quiet[10:], loud[10:], atol=1e-3)


def test_there_is_a_step_for_every_20_ms_begun():
    for count in (0, 1, STEP_SAMPLES, STEP_SAMPLES + 1, 16_000):
        assert mel_steps(np.zeros(count, np.float32)).shape == (-(-count // STEP_SAMPLES), STEP_WIDTH)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000])
def test_resampling_keeps_pitch_level_and_length(rate: int):
    seconds = 1.37
    tone = np.sin(2.0 * np.pi * 440.0 * np.arange(int(seconds * rate)) / rate)
    made = resampled(tone, rate)
    assert abs(len(made) - seconds * 16_000) < 2
    wanted = np.sin(2.0 * np.pi * 440.0 * np.arange(len(made)) / 16_000)
    np.testing.assert_allclose(made[800:-800], wanted[800:-800], atol=0.01)
