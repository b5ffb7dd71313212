"""Lips moved to an opening: exactly there, and a draw that keeps its size and shape but not its own time."""

import numpy as np

from vivavoce.motion.models.channels import CHANNEL_INDEX, FACE, lip_opening
from vivavoce.motion.models.lip_timing import in_time, opened

JAW, FUNNEL, SMILE = (CHANNEL_INDEX[name] for name in ("jawOpen", "mouthFunnel", "mouthSmileLeft"))


def mouth(jaw: np.ndarray, funnel: float = 0.0, smile: float = 0.0) -> np.ndarray:
    channels = np.zeros((len(jaw), FACE.stop), np.float32)
    channels[:, JAW], channels[:, FUNNEL], channels[:, SMILE] = jaw, funnel, smile
    return channels


def test_lips_are_opened_as_far_as_wanted() -> None:
    wanted = np.linspace(0.0, 0.8, 9)
    for channels in (mouth(np.full(9, 0.3)), mouth(np.zeros(9), funnel=0.9)):
        np.testing.assert_allclose(lip_opening(opened(channels, wanted)), wanted, atol=1e-6)


def test_a_draw_opens_with_the_speech_and_stays_its_own() -> None:
    times_s = np.arange(500) / 50.0
    speech = 0.15 - 0.15 * np.cos(2.0 * np.pi * 4.0 * times_s)
    late = mouth(1.5 * np.roll(speech, 4), funnel=0.2, smile=0.4)
    made = in_time(late, speech, 50.0)
    assert np.corrcoef(lip_opening(late), speech)[0, 1] < 0.6
    assert np.corrcoef(lip_opening(made), speech)[0, 1] > 0.99
    assert 1.4 < lip_opening(made).mean() / speech.mean() < 1.8
    assert lip_opening(made)[speech < 1e-6].max() < 1e-6
    np.testing.assert_array_equal(made[:, SMILE], late[:, SMILE])


def test_what_is_drawn_as_it_is_heard_stays() -> None:
    heard = mouth(0.2 + 0.2 * np.sin(np.arange(200) / 5.0), funnel=0.1)
    np.testing.assert_allclose(in_time(heard, lip_opening(heard), 50.0), heard, atol=1e-6)
