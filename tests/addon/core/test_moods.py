"""Few moods say what many samples said."""

import numpy as np
import pytest

from vivavoce.addon.core.moods import LARGEST_ERROR, MOOD_NAMES, moods_of_text, moods_text, reduced_moods
from vivavoce.bridge.data import Mood, PerformanceStyle
from vivavoce.bridge.errors import InvalidInput

TIMES_S = np.arange(240) / 24.0


def samples(**curves: np.ndarray | float) -> np.ndarray:
    return np.stack([np.broadcast_to(curves.get(name, 0.0), TIMES_S.shape) for name in MOOD_NAMES], axis=1)


def test_what_does_not_change_is_one_mood():
    assert reduced_moods(TIMES_S, samples(sad=0.25)) == (Mood(0.0, {"sad": 0.25}),)
    assert reduced_moods(TIMES_S[:1], samples()[:1]) == (Mood(0.0),)


def test_straight_lines_keep_their_corners_alone():
    intensities = samples(
        happy=np.interp(TIMES_S, [1.0, 4.0], [0.0, 1.0]), angry=np.interp(TIMES_S, [4.0, 5.0, 6.0], [0, 1, 0.5])
    )
    moods = reduced_moods(TIMES_S, intensities)
    assert [mood.time_s for mood in moods] == [1.0, 4.0, 5.0, 6.0]
    assert moods[-1].emotion == {"happy": 1.0, "angry": 0.5}


@pytest.mark.parametrize("seed", range(5))
def test_every_sample_is_met_within_the_bound(seed: int):
    rng = np.random.default_rng(seed)
    intensities = np.stack([np.interp(TIMES_S, np.sort(rng.uniform(0, 10, 9)), rng.random(9)) for _ in MOOD_NAMES], axis=1) ** 2
    moods = reduced_moods(TIMES_S, intensities)
    read = PerformanceStyle(moods=moods).emotion_at(TIMES_S)[:, 1:]
    np.testing.assert_allclose(read, intensities, atol=LARGEST_ERROR + 1e-4)
    assert len(moods) < len(TIMES_S)


def test_bezier_keys_take_few_moods_and_a_step_takes_two():
    eased = samples(happy=0.5 - 0.5 * np.cos(np.clip(TIMES_S / 3.0, 0.0, np.pi)))
    assert 4 < len(reduced_moods(TIMES_S, eased)) < 16
    step = reduced_moods(TIMES_S, samples(fear=TIMES_S >= 2.0))
    assert step == (Mood(round(47 / 24, 6)), Mood(2.0, {"fear": 1.0}))


def test_text_reads_back():
    moods = (Mood(-0.5, {"happy": 0.25}), Mood(2.0))
    assert moods_of_text(moods_text(moods)) == moods
    assert moods_of_text("") == ()
    for text in ("[1]", "{", '[{"when": 1}]', '[{"time_s": 0, "emotion": {"glad": 1}}]'):
        with pytest.raises(InvalidInput):
            moods_of_text(text)
