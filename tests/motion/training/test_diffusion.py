"""A batch overfits, a resumed run equals an uninterrupted one, and a checkpoint performs what the model does."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from vivavoce.bridge.data import PerformanceStyle  # noqa: E402
from vivavoce.learning import run as runs  # noqa: E402
from vivavoce.learning.run import Schedule, TrainingRun  # noqa: E402
from vivavoce.motion.data.examples import Examples  # noqa: E402
from vivavoce.motion.models.diffusion import BATCH_STEPS, DiffusionConfig, DiffusionLoss, DiffusionModel  # noqa: E402
from vivavoce.motion.models.diffusion_performer import DiffusionPerformer  # noqa: E402
from vivavoce.motion.training.diffusion import take_statistics, train_diffusion, write_diffusion  # noqa: E402

TINY = DiffusionConfig(12, "noise", 32, 32, 2, 16, 1, 2, 0.1)


def tiny_run(corpora: list[Path], folder: Path, steps: int) -> TrainingRun:
    return train_diffusion(Examples(corpora, "noise"), folder, TINY, Schedule(steps=steps, batch_size=4))


def test_a_batch_overfits(tiny_corpora: list[Path]) -> None:
    examples = Examples(tiny_corpora, "noise")
    torch.manual_seed(0)
    model = DiffusionModel(DiffusionConfig(12, "noise", 32, 32, 1, 32, 1, 2, 0.0))
    take_statistics(model, examples, np.random.default_rng(0))
    batch, loss = examples.batch(np.random.default_rng(0), 4, BATCH_STEPS), DiffusionLoss(model)
    optimiser = torch.optim.AdamW(model.parameters(), 1e-2)
    found = []
    for step in range(150):
        total, _ = loss(batch, torch.Generator().manual_seed(step))
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        found.append(float(total.detach()))
    assert np.mean(found[-20:]) < 0.2 * np.mean(found[:5])


def test_resume_equals_uninterrupted(tiny_corpora: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_SAVE_EVERY", 4)
    whole = tiny_run(tiny_corpora, tmp_path / "whole", 10)

    def stop(share: float, stage: str) -> None:
        if share > 0.55:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_diffusion(Examples(tiny_corpora, "noise"), tmp_path / "parts", TINY, Schedule(steps=10, batch_size=4), stop)
    resumed = tiny_run(tiny_corpora, tmp_path / "parts", 10)
    for name, tensor in whole.averaged.items():
        torch.testing.assert_close(resumed.averaged[name], tensor, rtol=0, atol=0)


def test_a_saved_checkpoint_performs_what_the_model_does(tiny_corpora: list[Path], tmp_path: Path) -> None:
    run = tiny_run(tiny_corpora, tmp_path / "run", 3)
    path = write_diffusion(run, tmp_path, {"data": "made up"})
    saved = DiffusionPerformer.from_checkpoint(path, step_count=2)
    assert isinstance(run.model, DiffusionModel)
    run.model.load_state_dict(run.averaged)
    live = DiffusionPerformer(run.model, step_count=2)
    features = np.random.default_rng(0).normal(size=(200, 12)).astype(np.float32)
    np.testing.assert_allclose(saved.perform(features, PerformanceStyle()), live.perform(features, PerformanceStyle()), atol=5e-3)
