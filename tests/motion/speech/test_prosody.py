import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.bridge.data import AudioClip
from vivavoce.motion.speech.prosody import prosody, true_spans

RATE = 16000


def tone(pitch_hz: np.ndarray, level: float = 0.1) -> np.ndarray:
    """A voice-like sound, twelve falling harmonics, whose pitch follows (S,) Hz."""
    phase = 2.0 * np.pi * np.cumsum(pitch_hz) / RATE
    harmonic = np.arange(1, 13)[:, None]
    return (level * np.sum(np.sin(phase * harmonic) / harmonic, axis=0)).astype(np.float32)


def noise(duration_s: float, level: float) -> np.ndarray:
    return (np.random.default_rng(1).standard_normal(round(duration_s * RATE)) * level).astype(np.float32)


@pytest.mark.parametrize("pitch_hz", [70.0, 120.0, 230.0, 500.0])
def test_pitch_of_a_steady_voice_is_found(pitch_hz: float):
    found = prosody(AudioClip(tone(np.full(RATE, pitch_hz)), RATE)).pitch_hz
    assert np.mean(np.abs(found[5:-5] / pitch_hz - 1.0) < 0.01) > 0.98


def test_a_glide_is_followed():
    glide = np.geomspace(100.0, 220.0, 2 * RATE)
    result = prosody(AudioClip(tone(glide), RATE))
    truth = glide[np.minimum((result.times_s * RATE).astype(int), len(glide) - 1)]
    assert np.mean(np.abs(result.pitch_hz / truth - 1.0)[5:-5] < 0.02) > 0.97


def test_loudness_is_in_decibels_of_full_scale():
    loudness = [prosody(AudioClip(tone(np.full(RATE, 150.0), level), RATE)).loudness_db[50] for level in (0.01, 0.1)]
    sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    assert loudness[1] - loudness[0] == pytest.approx(20.0, abs=0.1)
    assert prosody(AudioClip(sine, RATE)).loudness_db[50] == pytest.approx(-9.03, abs=0.2)


@pytest.mark.parametrize("noise_level", [0.0, 1e-4, 3e-3])
def test_speech_is_told_from_pauses_at_any_noise_floor(noise_level: float):
    voice = np.concatenate([np.zeros(RATE), tone(np.full(RATE, 150.0)), np.zeros(RATE)]).astype(np.float32)
    result = prosody(AudioClip(voice + noise(3.0, noise_level), RATE))
    ((start, end),) = true_spans(result.is_speech)
    assert start == pytest.approx(100, abs=4)
    assert end == pytest.approx(200, abs=4)
    assert not result.pitch_hz[~result.is_speech].any()


def test_stops_are_bridged_and_pauses_are_not():
    voice = tone(np.full(RATE, 150.0))
    for gap_s, spans in ((0.12, 1), (0.4, 2)):
        gap = np.zeros(round(gap_s * RATE), np.float32)
        clip = np.concatenate([np.zeros(RATE // 2, np.float32), voice, gap, voice, np.zeros(RATE // 2, np.float32)])
        assert len(true_spans(prosody(AudioClip(clip, RATE)).is_speech)) == spans


@pytest.mark.parametrize("samples", [np.zeros(RATE, np.float32), noise(4.0, 0.05), np.full(RATE, 0.3, np.float32)])
def test_silence_noise_and_a_constant_hold_no_speech(samples: np.ndarray):
    result = prosody(AudioClip(samples, RATE))
    assert not result.is_speech.any()
    assert not result.pitch_hz.any()
    assert np.isfinite(result.loudness_db).all()


def test_steps_cover_the_clip_at_any_rate_and_length():
    for rate in (8000, 16000, 22050, 44100):
        for samples in (rate // 5, rate, rate + 1):
            result = prosody(AudioClip(np.zeros(samples, np.float32), rate))
            assert result.step_count == int(np.ceil(samples / rate * 100 - 1e-9))


def test_blocks_leave_no_seams():
    """The same second of voice is heard alike wherever a block's border falls."""
    second = tone(150.0 + 40.0 * np.sin(np.arange(RATE) * 2 * np.pi / RATE)) * np.hanning(RATE).astype(np.float32)
    result = prosody(AudioClip(np.tile(second, 45), RATE))
    loudness = result.loudness_db.reshape(45, 100)[1:-1]
    assert np.ptp(loudness, axis=0).max() < 0.1
