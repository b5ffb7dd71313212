"""A training run: stopped and resumed it ends where an uninterrupted one does, and it knows its own settings."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from vivavoce.bridge.errors import InvalidInput  # noqa: E402
from vivavoce.learning import run as runs  # noqa: E402
from vivavoce.learning.run import Schedule, TrainingRun  # noqa: E402


def line_fit(folder: Path, steps: int, stop_after: int | None = None) -> TrainingRun:
    torch.manual_seed(0)
    run = TrainingRun(folder, torch.nn.Linear(3, 1), Schedule(steps=steps, learning_rate=0.05), {"what": "a line"})
    for step in run.steps():
        values = torch.randn(16, 3, generator=run.generator())
        loss = (run.model(values)[:, 0] - values.sum(dim=1)).square().mean()
        run.learn(loss, {"worst": float(loss.detach())})
        if step == stop_after:
            break
    return run


def test_resume_equals_uninterrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_SAVE_EVERY", 10)
    monkeypatch.setattr(runs, "_NOTE_EVERY", 5)
    whole = line_fit(tmp_path / "whole", 40)
    line_fit(tmp_path / "parts", 40, stop_after=27)
    resumed = line_fit(tmp_path / "parts", 40)
    for name, tensor in whole.averaged.items():
        torch.testing.assert_close(resumed.averaged[name], tensor, rtol=0, atol=0)
    assert (tmp_path / "parts" / "metrics.csv").read_text() == (tmp_path / "whole" / "metrics.csv").read_text()
    assert (tmp_path / "whole" / "metrics.png").stat().st_size > 1000


def test_other_settings_are_another_run(tmp_path: Path) -> None:
    line_fit(tmp_path, 5)
    with pytest.raises(InvalidInput, match="other settings"):
        line_fit(tmp_path, 6)


def test_the_learning_rate_rises_then_falls() -> None:
    schedule = Schedule(steps=100, learning_rate=1.0e-3)
    rates = [schedule.learning_rate_at(step) for step in range(100)]
    assert rates[0] < rates[4] == max(rates)
    assert rates[-1] < 0.02 * max(rates)
