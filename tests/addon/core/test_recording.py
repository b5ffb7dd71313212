"""Stretches of recordings over silence."""

import wave
from pathlib import Path

import numpy as np

from vivavoce.addon.core.recording import SAMPLE_RATE, mixed, write_wav


def test_pieces_begin_where_they_are_to_and_add_up_where_they_overlap() -> None:
    one, two = np.full(SAMPLE_RATE, 0.25, np.float32), np.full(SAMPLE_RATE, 0.5, np.float32)
    whole = mixed([(1.0, one), (1.5, two), (4.0, one)])
    assert len(whole) == 5 * SAMPLE_RATE
    for at_s, value in ((0.5, 0.0), (1.2, 0.25), (1.7, 0.75), (2.2, 0.5), (3.0, 0.0), (4.5, 0.25)):
        assert whole[round(at_s * SAMPLE_RATE)] == value


def test_nothing_is_silent() -> None:
    assert mixed([]).shape == (0,)


def test_a_wav_holds_the_samples_and_clips_what_is_too_loud(tmp_path: Path) -> None:
    samples = np.array([0.0, 0.5, -0.5, 2.0, -2.0], np.float32)
    write_wav(tmp_path / "a.wav", samples)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (SAMPLE_RATE, 1, 5)
        values = np.frombuffer(file.readframes(5), "<i2") / 32767.0
    np.testing.assert_allclose(values, np.clip(samples, -1.0, 1.0), atol=1e-4)
