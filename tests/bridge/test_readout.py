"""The read-out of clips whose closures, lag, pauses and clipped shapes are known."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import SILENCE, AudioClip, MotionClip, MotionLayer, OpenHuman, Phoneme
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.bridge.readout import clip_readout, clipped_shapes, lag_s, loudness_db

FACEGOOD = Path(__file__).resolve().parents[3] / "shared" / "data" / "facegood"
FPS = 50.0


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


def syllables(duration_s: float = 6.0) -> tuple[Phoneme, ...]:
    """`ma` of varying length for most of the time, with one pause in the middle."""
    phonemes, at = [], 0.0
    for length in np.random.default_rng(0).uniform(0.2, 0.45, 40):
        if 2.0 < at < 2.5:
            phonemes.append(Phoneme(SILENCE, at, at + 1.2))
            at += 1.2
        if at + length > duration_s:
            break
        phonemes += [Phoneme("m", at, at + 0.4 * length), Phoneme("a", at + 0.4 * length, at + length)]
        at += length
    return tuple(phonemes)


def mouth(phonemes: tuple[Phoneme, ...], late_s: float = 0.0, pause_wobble: float = 0.0) -> MotionClip:
    """jawOpen is a bump in every vowel, shifted by `late_s`."""
    time = np.arange(0.0, 6.0, 1.0 / FPS)
    jaw = pause_wobble * np.sin(9.0 * time) ** 2
    for phoneme in phonemes:
        if phoneme.symbol == "a":
            share = np.clip((time - late_s - phoneme.start_s) / (phoneme.end_s - phoneme.start_s), 0.0, 1.0)
            jaw = np.maximum(jaw, 0.8 * np.sin(np.pi * share))
    return MotionClip(FPS, (MotionLayer("lips", jaw[:, None], ("jawOpen",)),), phonemes)


def recording(phonemes: tuple[Phoneme, ...]) -> AudioClip:
    """Noise that is loud in vowels and low in `m`."""
    time = np.arange(int(6.0 * 16000)) / 16000
    level = np.zeros(len(time))
    for phoneme in phonemes:
        span = (time >= phoneme.start_s) & (time < phoneme.end_s)
        level[span] = {"a": 0.3, "m": 0.05}.get(phoneme.symbol, 0.0)
    return AudioClip((level * np.random.default_rng(1).normal(size=len(time))).astype(np.float32), 16000)


@pytest.mark.parametrize("late_s", [-0.1, 0.0, 0.06, 0.15])
@pytest.mark.parametrize("is_recorded", [False, True])
def test_lag_is_how_late_the_mouth_is(human: OpenHuman, late_s: float, is_recorded: bool) -> None:
    phonemes = syllables()
    found = clip_readout(mouth(phonemes, late_s), human, recording(phonemes) if is_recorded else None)
    assert found.lag_s == pytest.approx(late_s, abs=0.03)


def test_there_is_no_lag_without_motion_or_sound(human: OpenHuman) -> None:
    time = np.arange(0.0, 6.0, 1.0 / FPS)
    still = MotionClip(FPS, (MotionLayer("lips", np.zeros((len(time), 1)), ("jawOpen",)),), syllables())
    assert clip_readout(still, human).lag_s is None
    moving = MotionClip(FPS, (MotionLayer("lips", np.sin(time)[:, None] ** 2, ("jawOpen",)),))
    silent = clip_readout(moving, human, AudioClip(np.zeros(96000, np.float32), 16000))
    assert (silent.lag_s, silent.pause_motion, silent.closures_wanted) == (None, None, 0)
    assert lag_s(np.zeros(10), np.zeros(10)) is None


def test_closures_are_counted(human: OpenHuman) -> None:
    phonemes = syllables()
    wanted = sum(phoneme.symbol == "m" for phoneme in phonemes)
    made = clip_readout(mouth(phonemes), human)
    assert made.closures_made == made.closures_wanted == wanted
    missed = clip_readout(mouth(phonemes, pause_wobble=0.0).with_layers([open_all_along()]), human)
    assert (missed.closures_made, missed.closures_wanted) == (0, wanted)


def open_all_along() -> MotionLayer:
    return MotionLayer("lips", np.full((300, 1), 0.5), ("jawOpen",))


def test_motion_in_pauses_is_told(human: OpenHuman) -> None:
    phonemes = syllables()
    for audio in (None, recording(phonemes)):
        assert clip_readout(mouth(phonemes), human, audio).pause_motion == pytest.approx(0.0, abs=1e-6)
        restless = clip_readout(mouth(phonemes, pause_wobble=0.3), human, audio).pause_motion
        assert restless is not None
        assert restless > 0.2


def test_shapes_beyond_their_limit_are_named() -> None:
    weights = np.array([[0.5, 1.0, 1.0, 0.2], [0.9, 0.2, 1.0, 0.2], [0.5, 1.0, 1.0, 0.2]])
    lips = MotionLayer("lips", weights, ("jawOpen", "mouthPucker", "mouthFunnel", "eyeBlinkLeft"))
    blinks = MotionLayer("blinks", np.array([[0.6, 0.6], [0.3, 1.0], [0.2, 0.0]]), ("eyeBlinkLeft", "jawOpen"))
    clip = MotionClip(FPS, (lips, blinks))
    assert set(clipped_shapes(clip)) == {"jawOpen", "mouthFunnel"}
    held_lid = MotionLayer("blinks", np.ones((5, 1)), ("eyeBlinkLeft",))
    assert clipped_shapes(MotionClip(FPS, (held_lid,))) == ()


def test_loudness_is_relative_to_the_line() -> None:
    phonemes, times = syllables(), np.arange(0.0, 6.0, 0.01)
    quiet, loud = (AudioClip(np.float32(gain) * recording(phonemes).samples, 16000) for gain in (0.01, 1.0))
    np.testing.assert_allclose(loudness_db(quiet, times), loudness_db(loud, times), atol=0.01)
    assert loudness_db(loud, times).min() == -60.0


@pytest.mark.parametrize("take", ["facegood_3_15", "facegood_3_16"])
def test_a_captured_mouth_is_on_time(human: OpenHuman, take: str) -> None:
    """A speaker's own mouth: it moves a little before it sounds, and hardly in pauses."""
    if not FACEGOOD.is_dir():
        pytest.skip(f"no captured faces at {FACEGOOD}")
    from vivavoce.motion.data.facegood import FPS as CAPTURED_FPS
    from vivavoce.motion.data.facegood import HEADER, facegood_clip

    captured = facegood_clip(FACEGOOD / take)
    clip = MotionClip(CAPTURED_FPS, (MotionLayer("lips", captured.curves, HEADER.curve_names),))
    found = clip_readout(clip, human, captured.audio)
    assert found.lag_s == pytest.approx(-0.03, abs=0.03)
    assert found.pause_motion is not None
    assert found.pause_motion < 0.1
