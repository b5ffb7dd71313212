"""Training of the prior and the probabilistic model: one batch is learnt, resuming changes nothing, saved is what was live."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vivavoce.bridge.errors import InvalidInput, ModelMissing  # noqa: E402
from vivavoce.learning import run as runs  # noqa: E402
from vivavoce.learning.run import Schedule, TrainingRun  # noqa: E402
from vivavoce.motion.data.examples import Examples  # noqa: E402
from vivavoce.motion.engines import BUNDLED_WEIGHTS  # noqa: E402
from vivavoce.motion.models.batch import Batch  # noqa: E402
from vivavoce.motion.models.perform_codes import PRIOR_NAME, PROBABILISTIC_NAME, CodePerformer  # noqa: E402
from vivavoce.motion.models.prior import MotionPrior, PriorConfig  # noqa: E402
from vivavoce.motion.models.probabilistic import ProbabilisticConfig, ProbabilisticModel  # noqa: E402
from vivavoce.motion.training.mean import write_mean  # noqa: E402
from vivavoce.motion.training.prior import train_prior, write_prior  # noqa: E402
from vivavoce.motion.training.probabilistic import train_probabilistic, write_probabilistic  # noqa: E402

PRIOR = PriorConfig(width=16, code_width=4, code_count=16)
MODEL = ProbabilisticConfig(encoder="noise", feature_width=12, width=16, dilations=(1, 2), dropout=0.0)


class OneBatch(Examples):
    """Examples that give one batch, whatever is asked."""

    def batch(self, rng: np.random.Generator, size: int, step_count: int) -> Batch:
        return super().batch(np.random.default_rng(7), size, step_count)


def quiet(share: float, stage: str) -> None:
    pass


def trained(folder: Path, examples: Examples, steps: int = 6) -> tuple[TrainingRun, TrainingRun]:
    schedule = Schedule(steps=steps, batch_size=4, learning_rate=3e-3)
    prior = train_prior(examples, folder / "prior", PRIOR, schedule, quiet)
    path = write_prior(prior, folder / "prior", {})
    run = train_probabilistic(examples, MotionPrior.from_checkpoint(path), folder / "model", MODEL, schedule, quiet)
    write_probabilistic(run, examples, path, folder / "model", {"command": "a test"})
    return prior, run


def test_one_batch_is_learnt(tiny_corpora: list[Path], tmp_path: Path) -> None:
    examples = OneBatch(tiny_corpora, "noise")
    torch.manual_seed(0)
    prior = MotionPrior(PriorConfig(width=48, code_width=8, code_count=64))
    batch = examples.batch(np.random.default_rng(0), 4, 60)
    generator = torch.Generator().manual_seed(0)
    optimiser = torch.optim.Adam(prior.parameters(), 3e-3)
    losses = []
    for _ in range(150):
        loss, _ = prior.loss(batch.channels, batch.known, generator)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:5])
    prior.eval().requires_grad_(False)
    model = ProbabilisticModel(ProbabilisticConfig("noise", 12, 48, (1, 2, 4), 0.0), 8, feature_noise=1.0)
    model.feature_dropout = torch.nn.Identity()  # type: ignore[assignment]
    optimiser = torch.optim.Adam(model.parameters(), 5e-3)
    losses = []
    for _ in range(200):
        loss, _ = model.loss(batch, prior, generator)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])


def test_resume_equals_uninterrupted(tiny_corpora: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = Examples(tiny_corpora, "noise")
    monkeypatch.setattr(runs, "_SAVE_EVERY", 2)
    _, whole = trained(tmp_path / "whole", examples)

    class Stopped(Exception):
        pass

    def stop_half_way(share: float, stage: str) -> None:
        if share > 0.6:
            raise Stopped

    prior = MotionPrior.from_checkpoint(tmp_path / "whole" / "prior" / "prior.safetensors")
    arguments = (tmp_path / "parts", MODEL, whole.schedule)
    with pytest.raises(Stopped):
        train_probabilistic(examples, prior, *arguments, stop_half_way)
    resumed = train_probabilistic(examples, prior, *arguments, quiet)
    for name, tensor in whole.averaged.items():
        torch.testing.assert_close(resumed.averaged[name], tensor, rtol=1e-5, atol=1e-6)


def test_what_is_saved_performs_as_what_was_live(tiny_corpora: list[Path], tmp_path: Path) -> None:
    examples = Examples(tiny_corpora, "noise")
    _, run = trained(tmp_path, examples)
    performer = CodePerformer.from_folder(tmp_path / "model")
    run.model.load_state_dict(run.averaged)
    line = examples.whole(0)
    features = torch.from_numpy(line["features"])[None]
    neutral = torch.zeros(1, features.shape[1], 8)
    neutral[..., 0] = 1.0
    style = run.model.style_encoder.unknown[None]
    with torch.inference_mode():
        live = torch.sigmoid(run.model.eval()(features, neutral, style).contact)[0].numpy()
    # Weights are kept in half precision.
    np.testing.assert_allclose(performer.contact_probability(line["features"]), live, atol=0.03)
    assert performer.model.config.temperature_scale != 1.0


def test_long_lines_have_no_seam(tiny_corpora: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vivavoce.motion.models import perform_codes

    trained(tmp_path, Examples(tiny_corpora, "noise"))
    performer = CodePerformer.from_folder(tmp_path / "model")
    draw = np.random.default_rng(0)
    features = draw.standard_normal((500, 12)).astype(np.float32)
    emotion = np.tile(np.eye(8, dtype=np.float32)[0], (500, 1))
    whole = performer.perform(features, emotion, variation=0.3, seed=5)
    monkeypatch.setattr(perform_codes, "_BLOCK_STEPS", 77)
    in_blocks = performer.perform(features, emotion, variation=0.3, seed=5)
    # A code may tip where the arithmetic of another block length differs in its last bit.
    assert np.mean(np.abs(in_blocks - whole) > 1e-4) < 0.02
    np.testing.assert_array_equal(performer.perform(features, emotion), performer.perform(features, emotion, seed=9))
    assert not np.array_equal(performer.perform(features, emotion, variation=0.3, seed=6), in_blocks)


def test_weights_that_do_not_belong_together_are_told(tiny_corpora: list[Path], tmp_path: Path) -> None:
    prior, _ = trained(tmp_path, Examples(tiny_corpora, "noise"))
    with pytest.raises(ModelMissing, match="prior"):
        CodePerformer.from_folder(tmp_path / "prior" / "nowhere")
    write_prior(prior, tmp_path / "model", {"made": "again"})
    with pytest.raises(InvalidInput, match="another prior"):
        CodePerformer.from_folder(tmp_path / "model")
    (tmp_path / "model" / "probabilistic.safetensors").write_bytes(b"no model")
    with pytest.raises(InvalidInput, match="cannot be read"):
        CodePerformer.from_folder(tmp_path / "model")


def test_a_mean_of_trainings_lies_between_them(tiny_corpora: list[Path], tmp_path: Path) -> None:
    examples = Examples(tiny_corpora, "noise")
    _, first = trained(tmp_path, examples)
    prior, start = MotionPrior.from_checkpoint(tmp_path / "prior" / PRIOR_NAME), tmp_path / "model" / PROBABILISTIC_NAME
    schedule = Schedule(steps=6, batch_size=4, learning_rate=3e-3, seed=1)
    second = train_probabilistic(examples, prior, tmp_path / "second", MODEL, schedule, quiet, start, noise=5.0)
    write_probabilistic(second, examples, tmp_path / "prior" / PRIOR_NAME, tmp_path / "second", {"command": "a test"})
    weights = [tmp_path / "model", tmp_path / "second"]
    write_mean(weights, 1.0, tmp_path / "mean", {})
    mean = CodePerformer.from_folder(tmp_path / "mean").model.state_dict()
    for name, tensor in mean.items():
        if name in first.averaged and tensor.is_floating_point():
            between = 0.5 * (first.averaged[name] + second.averaged[name])
            torch.testing.assert_close(tensor, between, atol=2e-3, rtol=2e-3)
    write_mean(weights, 2.0, tmp_path / "moody", {})
    moody, condition = CodePerformer.from_folder(tmp_path / "moody").model.state_dict(), "blocks.0.condition.weight"
    turns = [(tensors[condition] - tensors[condition][:, :1])[:, :8] for tensors in (mean, moody)]
    torch.testing.assert_close(turns[1], 2.0 * turns[0], atol=2e-3, rtol=2e-3)
    torch.testing.assert_close(moody[condition][:, 8:], mean[condition][:, 8:])


def test_what_has_no_mean_is_told(tiny_corpora: list[Path], tmp_path: Path) -> None:
    prior, _ = trained(tmp_path, Examples(tiny_corpora, "noise"))
    weights = tmp_path / "model"
    with pytest.raises(InvalidInput, match="two folders or more"):
        write_mean([weights], 1.0, tmp_path / "mean", {})
    with pytest.raises(InvalidInput, match="different priors"):
        write_mean([weights, BUNDLED_WEIGHTS], 1.0, tmp_path / "mean", {})
    write_prior(prior, tmp_path / "model", {"made": "again"})
    with pytest.raises(InvalidInput, match="another prior"):
        write_mean([weights, weights], 1.0, tmp_path / "mean", {})
    assert not (tmp_path / "mean").exists()
