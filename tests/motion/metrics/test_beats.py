"""Beat alignment: onsets of sounds, beats of a motion, and how they meet."""

import numpy as np
import pytest

from vivavoce.bridge.data import AudioClip
from vivavoce.motion.metrics import HEAD_SIGMA_S, audio_onsets_s, beat_alignment, motion_beats_s

RATE = 16_000


def bursts(starts_s: list[float], duration_s: float) -> AudioClip:
    """A tone that begins at each time and dies away, over a little noise."""
    samples = 1e-4 * np.random.default_rng(0).standard_normal(round(duration_s * RATE))
    times_s = np.arange(len(samples)) / RATE
    for start_s in starts_s:
        fading = (times_s >= start_s) * np.exp(-np.maximum(times_s - start_s, 0.0) / 0.05)
        samples += 0.3 * np.sin(2 * np.pi * 440 * times_s) * fading
    return AudioClip(samples.astype(np.float32), RATE)


def test_beats_on_the_onsets_are_one_and_far_ones_nothing() -> None:
    onsets_s = np.array([1.0, 2.0])
    assert beat_alignment(onsets_s, np.array([0.5, 1.0, 2.0])) == 1.0
    assert beat_alignment(onsets_s, np.array([1.5])) < 1e-3
    assert beat_alignment(onsets_s, np.array([1.0 + HEAD_SIGMA_S])) == pytest.approx(0.5 * np.exp(-0.5), abs=1e-6)
    assert beat_alignment(onsets_s, np.zeros(0)) == 0.0
    assert np.isnan(beat_alignment(np.zeros(0), onsets_s))


@pytest.mark.parametrize("fps", [25.0, 60.0])
def test_a_nodding_head_beats_where_it_turns(fps: float) -> None:
    times_s = np.arange(round(4.0 * fps)) / fps
    nod = np.stack([0.1 * np.cos(2 * np.pi * times_s), np.zeros_like(times_s), np.zeros_like(times_s)], axis=1)
    np.testing.assert_allclose(motion_beats_s(nod, fps), np.arange(0.5, 4.0, 0.5), atol=1.0 / fps)
    assert len(motion_beats_s(np.zeros((100, 3)), fps)) == 0
    trembling = nod + 2e-4 * np.random.default_rng(0).standard_normal(nod.shape)
    assert len(motion_beats_s(trembling, fps)) < 16


def test_onsets_are_where_sounds_begin() -> None:
    wanted = [0.5, 1.0, 1.7, 2.4]
    np.testing.assert_allclose(audio_onsets_s(bursts(wanted, 3.0)), wanted, atol=0.03)
    assert len(audio_onsets_s(AudioClip(np.zeros(RATE, np.float32), RATE))) == 0
    assert len(audio_onsets_s(AudioClip(np.zeros(10, np.float32), RATE))) == 0


def test_onsets_do_not_depend_on_the_blocks_they_are_found_in() -> None:
    long = bursts([1.0, 19.99, 20.5, 41.0], 45.0)
    np.testing.assert_allclose(audio_onsets_s(long), [1.0, 19.99, 20.5, 41.0], atol=0.03)
