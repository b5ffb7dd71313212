"""Calibration finds shapes again that it is shown, on faces made from known shapes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("soundfile")
pytest.importorskip("scipy")

import torch

from vivavoce.bridge.data import Phoneme
from vivavoce.motion.articulation.calibrate import Batch, calibrated_shapes, misfit, opening_correlation, performed_curves
from vivavoce.motion.articulation.captured import CapturedClip
from vivavoce.motion.articulation.mouth_shapes import CHANNEL_INDEX, MouthShapes
from vivavoce.motion.articulation.textbook_shapes import textbook_shapes
from vivavoce.motion.articulation.visemes import VISEME_INDEX
from vivavoce.motion.speech.prosody import Prosody

SYMBOLS = ("ɑ", "i", "u", "s", "t", "m", "f", "ɛ", "l", "k")
CURVES = ("opening", "width", "jawOpen", "mouthPucker", "mouthFunnel", "mouthLowerDown", "mouthUpperUp")


def clip(seed: int) -> CapturedClip:
    """Ten seconds of random sounds, with no truth yet."""
    rng = np.random.default_rng(seed)
    edges_s = np.concatenate([[0.0], np.cumsum(rng.uniform(0.06, 0.16, 90))])
    phonemes = tuple(Phoneme(str(rng.choice(SYMBOLS)), *span) for span in pairwise(edges_s))
    count = round(100 * edges_s[-1])
    heard = Prosody(np.full(count, -20.0, np.float32), np.full(count, 120.0, np.float32), np.ones(count, bool))
    times_s = np.arange(0.0, edges_s[-1], 0.04)
    valid = np.ones(len(times_s), bool)
    return CapturedClip(f"clip{seed}", heard, (phonemes,), times_s, valid, dict.fromkeys(CURVES, np.zeros(len(times_s))))


def faces(shapes: MouthShapes, count: int = 6) -> list[CapturedClip]:
    """Clips whose truth is what `shapes` perform."""
    found = []
    for seed in range(count):
        blank = clip(seed)
        tensors = replace(shapes, **{name: torch.from_numpy(getattr(shapes, name)) for name in _arrays()})
        performed = performed_curves(tensors, Batch.of([blank]))
        found.append(replace(blank, curves={name: performed[name].numpy() for name in CURVES}))
    return found


def _arrays() -> tuple[str, ...]:
    return ("targets", "strength", "reach_before_s", "reach_after_s", "loudness_gain")


@pytest.fixture(scope="module")
def wide_ee() -> MouthShapes:
    """The textbook's shapes, but for an `ee` as open as `ah`."""
    targets = textbook_shapes().targets.copy()
    targets[VISEME_INDEX["ee"], CHANNEL_INDEX["jawOpen"]] = 0.45
    return replace(textbook_shapes(), targets=targets)


def test_a_shape_that_faces_show_is_found(wide_ee: MouthShapes):
    losses: list[float] = []
    fit = calibrated_shapes(faces(wide_ee), steps=60, rigidity=1e-4, report=lambda share, loss: losses.append(loss))
    column = CHANNEL_INDEX["jawOpen"]
    before = textbook_shapes().targets[VISEME_INDEX["ee"], column]
    assert fit.targets[VISEME_INDEX["ee"], column] > before + 0.1
    assert losses[-1] < 0.6 * losses[0]


def test_calibration_scores_on_clips_it_has_not_seen(wide_ee: MouthShapes):
    clips = faces(wide_ee)
    fit = calibrated_shapes(clips[:4], steps=60, rigidity=1e-4)
    assert opening_correlation(fit, clips[4:]) > opening_correlation(textbook_shapes(), clips[4:])
    assert opening_correlation(wide_ee, clips) == pytest.approx(1.0, abs=1e-6)


def test_a_rigid_fit_keeps_to_the_textbook(wide_ee: MouthShapes):
    fit = calibrated_shapes(faces(wide_ee, 2), steps=10, rigidity=1e3)
    np.testing.assert_allclose(fit.targets, textbook_shapes().targets, atol=0.03)


def test_the_true_shapes_fit_best(wide_ee: MouthShapes):
    batch = Batch.of(faces(wide_ee))
    scores = [
        misfit(replace(shapes, **{name: torch.from_numpy(getattr(shapes, name)) for name in _arrays()}), batch).item()
        for shapes in (wide_ee, textbook_shapes())
    ]
    assert scores[0] < scores[1]
