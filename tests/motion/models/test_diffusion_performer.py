"""A performer with untrained weights: seeds, amplitudes, styles, long lines, and files that are no models."""

from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("diffusers")

from vivavoce.bridge.data import LIPS_NAMES, MotionClip, MotionLayer, PerformanceStyle
from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.learning.checkpoint import write_checkpoint
from vivavoce.motion.models.channels import BLINK, FACE, HEAD, LIPS, UPPER_FACE
from vivavoce.motion.models.diffusion import KIND, DiffusionConfig, DiffusionModel
from vivavoce.motion.models.diffusion_performer import DiffusionPerformer, Guidance, frame_noise

TINY = DiffusionConfig(
    feature_width=6, hearing_width=16, expression_width=32, expression_layers=1, head_width=16, head_layers=1, head_count=2
)


@pytest.fixture(scope="module")
def performer() -> DiffusionPerformer:
    torch.manual_seed(0)
    model = DiffusionModel(TINY)
    model.channel_deviation.fill_(0.3)
    return DiffusionPerformer(model, step_count=3)


def features(steps: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(steps, 6)).astype(np.float32)


@pytest.mark.parametrize("steps", [1, 2, 59, 200, 261])
def test_every_length_fills_its_time(performer: DiffusionPerformer, steps: int):
    made = performer.perform(features(steps), PerformanceStyle())
    assert made.shape == (-(-steps // 2), 48)
    assert np.isfinite(made).all()


def test_a_seed_is_a_take(performer: DiffusionPerformer):
    first, again, other = (performer.perform(features(300), PerformanceStyle(seed=seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other)[:, LIPS].max() > 1e-3
    assert np.abs(first - other)[:, HEAD].max() > 1e-3


def test_without_variation_every_take_has_the_same_face(performer: DiffusionPerformer):
    first, other = (performer.perform(features(300), PerformanceStyle(seed=seed, variation=0.0)) for seed in (3, 4))
    np.testing.assert_array_equal(first[:, FACE], other[:, FACE])
    assert np.abs(first - other)[:, HEAD].max() > 1e-3


def test_the_head_moves_or_not_and_the_face_does_not_care(performer: DiffusionPerformer):
    usual = performer.perform(features(300), PerformanceStyle())
    for head in (0.0, 0.5, 2.0, 4.0):
        made = performer.perform(features(300), PerformanceStyle(head=head))
        np.testing.assert_array_equal(made[:, FACE], usual[:, FACE])
        assert (np.ptp(made[:, HEAD]) == 0.0) == (head == 0.0)
    still = performer.perform(features(300), PerformanceStyle(mouth=0.0, eyes=0.0, blinks=0.0))
    assert not still[:, FACE].any()
    assert still[:, BLINK].max() < 1.0
    np.testing.assert_array_equal(still[:, HEAD], usual[:, HEAD])


def test_emotions_styles_and_guidance_reach_the_face(performer: DiffusionPerformer):
    usual = performer.perform(features(200), PerformanceStyle())
    lips = np.random.default_rng(1).uniform(size=(100, len(LIPS_NAMES)))
    code = performer.style_of(MotionClip(25.0, (MotionLayer("lips", lips, LIPS_NAMES),)))
    assert code.shape == (16,)
    others = [
        performer.perform(features(200), PerformanceStyle({"angry": 1.0})),
        performer.perform(features(200), PerformanceStyle(), code),
        performer.perform(features(200), PerformanceStyle(), guidance=Guidance(audio=2.0)),
        performer.perform(features(200), PerformanceStyle(mouth=2.0)),
    ]
    for other in others:
        assert np.abs(other - usual)[:, LIPS].max() > 1e-4
    np.testing.assert_array_equal(performer.perform(features(200), PerformanceStyle(), guidance=Guidance(style=3.0)), usual)
    with pytest.raises(InvalidInput, match="Guidance"):
        Guidance(audio=-1.0)


def test_noise_belongs_to_its_frame():
    whole = frame_noise(5, 0, 2500)
    torch.testing.assert_close(frame_noise(5, 990, 2010), whole[990:2010], rtol=0.0, atol=0.0)
    assert (frame_noise(6, 0, 100) != whole[:100]).all()
    assert whole.std() == pytest.approx(1.0, abs=0.02)


def test_a_long_line_is_performed_in_sections_without_seams(performer: DiffusionPerformer):
    made = performer.perform(features(7000), PerformanceStyle(variation=1.0))
    speed = np.abs(np.diff(made[:, UPPER_FACE], axis=0)).mean(axis=1)
    assert speed[2999] <= np.percentile(speed, 99.9)


def test_a_checkpoint_performs_what_was_saved(performer: DiffusionPerformer, tmp_path: Path):
    path = tmp_path / "diffusion.safetensors"
    write_checkpoint(path, KIND, TINY, performer.model.state_dict(), {"data": "none"})
    loaded = DiffusionPerformer.from_checkpoint(path, step_count=3)
    np.testing.assert_array_equal(
        loaded.perform(features(120), PerformanceStyle()), performer.perform(features(120), PerformanceStyle())
    )


def test_what_is_wrong_is_told(performer: DiffusionPerformer, tmp_path: Path):
    with pytest.raises(InvalidInput, match="6 numbers"):
        performer.perform(np.zeros((10, 7), np.float32), PerformanceStyle())
    with pytest.raises(InvalidInput, match="steps"):
        DiffusionPerformer(performer.model, step_count=0)
    with pytest.raises(ModelMissing):
        DiffusionPerformer.from_checkpoint(tmp_path / "nothing.safetensors")
    tensors = performer.model.state_dict()
    tensors["channel_mean"] = torch.zeros(47)
    write_checkpoint(tmp_path / "odd.safetensors", KIND, TINY, tensors, {})
    with pytest.raises(InvalidInput, match="channel_mean"):
        DiffusionPerformer.from_checkpoint(tmp_path / "odd.safetensors")
    write_checkpoint(tmp_path / "other.safetensors", "prior", TINY, tensors, {})
    with pytest.raises(InvalidInput, match="kind diffusion"):
        DiffusionPerformer.from_checkpoint(tmp_path / "other.safetensors")
