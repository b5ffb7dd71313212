import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.motion.speech.phrasing import accents, phrases, pitch_contour, rising_ends, vocal_effort
from vivavoce.motion.speech.prosody import Prosody

TIMES_S = np.arange(600) * 0.01


def spoken(
    *spans_s: tuple[float, float], pitch_hz: np.ndarray | float = 120.0, loudness_db: np.ndarray | float = -20.0
) -> Prosody:
    is_speech = np.zeros(len(TIMES_S), bool)
    for start_s, end_s in spans_s:
        is_speech[round(start_s * 100) : round(end_s * 100)] = True
    loudness = np.where(is_speech, loudness_db, -80.0).astype(np.float32)
    return Prosody(loudness, np.where(is_speech, pitch_hz, 0.0).astype(np.float32), is_speech)


SILENCE = spoken()


def test_phrases_end_at_pauses_alone():
    np.testing.assert_allclose(phrases(spoken((1.0, 2.0), (2.2, 3.0), (4.0, 5.0))), [[1.0, 3.0], [4.0, 5.0]])
    np.testing.assert_allclose(phrases(spoken((0.0, 6.0))), [[0.0, 6.0]])


def test_silence_has_nothing_to_follow():
    assert phrases(SILENCE).shape == (0, 2)
    assert len(accents(SILENCE).times_s) == 0
    assert not pitch_contour(SILENCE).any()
    assert not vocal_effort(SILENCE, 0.1).any()
    assert rising_ends(SILENCE, phrases(SILENCE)).shape == (0,)


def test_the_contour_is_in_semitones_around_the_voice():
    octave_up = np.where(np.abs(TIMES_S - 5.0) > 0.4, 100.0, 200.0)
    contour = pitch_contour(spoken((0.0, 6.0), pitch_hz=octave_up))
    assert contour[200] == pytest.approx(0.0, abs=0.5)
    assert contour[500] == pytest.approx(12.0, abs=0.5)


def test_effort_rises_with_loudness():
    effort = vocal_effort(spoken((0.0, 6.0), loudness_db=-40.0 + 5.0 * TIMES_S), 0.05)
    assert effort.min() >= 0.0
    assert effort.max() <= 1.0
    assert np.all(np.diff(effort)[20:-20] >= -1e-9)


@pytest.mark.parametrize("by_pitch", [False, True])
def test_accents_are_louder_or_higher_syllables(by_pitch: bool):
    at_s = np.array([1.0, 2.5, 4.0])
    peaks = np.exp(-0.5 * ((TIMES_S[:, None] - at_s) / 0.07) ** 2) @ [0.6, 1.0, 0.8]
    heard = accents(
        spoken((0.5, 5.0), pitch_hz=120.0 * 2.0 ** (peaks * 0.7 * by_pitch), loudness_db=-30.0 + 15.0 * peaks * (not by_pitch))
    )
    nearest = np.abs(heard.times_s[:, None] - at_s).argmin(axis=0)
    np.testing.assert_allclose(heard.times_s[nearest], at_s, atol=0.06)
    assert heard.strengths[nearest[1]] == heard.strengths.max()
    assert np.all((heard.strengths >= 0.0) & (heard.strengths <= 1.0))


def test_questions_rise_at_their_ends():
    rising = 120.0 + np.clip(TIMES_S - 1.6, 0.0, 0.4) * 150.0
    voice = spoken((0.5, 2.0), (3.0, 5.0), pitch_hz=rising)
    np.testing.assert_array_equal(rising_ends(voice, phrases(voice)), [True, False])
