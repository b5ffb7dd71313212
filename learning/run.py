"""TrainingRun: a folder with the state of a training, from which it goes on after a stop as if there had been none."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ..bridge.errors import InvalidInput
from ..bridge.formats import whole_file

_NOTE_EVERY, _SAVE_EVERY = 50, 250
_STATE, _SETTINGS, _METRICS, _PLOT = "state.safetensors", "settings.json", "metrics.csv", "metrics.png"


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a model learns."""

    steps: int = 3000
    """Batches."""
    batch_size: int = 32
    """Examples a batch."""
    learning_rate: float = 2e-3
    """The highest, after a warm-up of a twentieth of the steps; it then falls along a cosine to a hundredth."""
    weight_decay: float = 0.01
    """AdamW's."""
    ema_decay: float = 0.998
    """Of the averaged weights, which are the ones that are kept."""
    seed: int = 0
    """Of the initial weights and of the order of examples."""

    def __post_init__(self) -> None:
        if not (1 <= self.steps <= 10_000_000 and 1 <= self.batch_size <= 4096 and 0.0 < self.learning_rate < 1.0):
            raise InvalidInput(
                f"A training cannot have {self.steps} steps of {self.batch_size} examples at {self.learning_rate}."
            )

    def learning_rate_at(self, step: int) -> float:
        warm_up = max(self.steps // 20, 1)
        if step < warm_up:
            return self.learning_rate * (step + 1) / warm_up
        done = (step - warm_up) / max(self.steps - warm_up, 1)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1.0 + np.cos(np.pi * done)))


class TrainingRun:
    """A model on its way: parameters, averaged parameters, the optimiser's state, and the metrics so far.

    `rng()` and `generator()` are random streams of the present step alone: a resumed run sees what an uninterrupted one sees.
    """

    def __init__(self, folder: Path, model: nn.Module, schedule: Schedule, settings: Mapping[str, Any]) -> None:
        """Goes on where the folder stands. Raises InvalidInput where it holds a run with other settings."""
        self.folder, self.model, self.schedule = folder, model, schedule
        self.optimiser = torch.optim.AdamW(model.parameters(), schedule.learning_rate, weight_decay=schedule.weight_decay)
        self.averaged = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
        self.step = 0
        self._rows: list[dict[str, float]] = []
        self._heard: list[dict[str, float]] = []
        folder.mkdir(parents=True, exist_ok=True)
        self._check_settings({"schedule": asdict(schedule), **settings})
        if (folder / _STATE).exists():
            self._restore()

    def rng(self) -> np.random.Generator:
        return np.random.default_rng([self.schedule.seed, self.step])

    def generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.schedule.seed * 1_000_003 + self.step)

    def steps(self, report: Callable[[float, str], None] = lambda share, stage: None) -> Iterator[int]:
        """The steps that are left; metrics are noted and everything is saved now and then, and at the end."""
        self.model.train()
        while self.step < self.schedule.steps:
            yield self.step
            is_last = self.step == self.schedule.steps
            if self.step % _NOTE_EVERY == 0 or is_last:
                self._note()
            if self.step % _SAVE_EVERY == 0 or is_last:
                self.save()
            report(self.step / self.schedule.steps, f"step {self.step}")

    def learn(self, loss: Tensor, metrics: Mapping[str, float]) -> None:
        """One step down the loss, with gradients clipped to 1, and the averages brought along."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.learning_rate_at(self.step)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self._heard.append({"loss": float(loss.detach()), **metrics})
        decay = min(self.schedule.ema_decay, (1.0 + self.step) / (10.0 + self.step))
        with torch.no_grad():
            for name, tensor in self.model.state_dict().items():
                if tensor.is_floating_point():
                    self.averaged[name].lerp_(tensor, 1.0 - decay)
                else:
                    self.averaged[name].copy_(tensor)

    def _note(self) -> None:
        names = self._heard[0] if self._heard else {}
        means = {name: float(np.mean([each[name] for each in self._heard])) for name in names}
        self._rows.append({"step": self.step, **means})
        self._heard.clear()

    def save(self) -> None:
        """Write everything, whole or not at all, and draw the metrics."""
        state = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        state |= {f"averaged.{name}": tensor for name, tensor in self.averaged.items()}
        for index, values in self.optimiser.state_dict()["state"].items():
            state |= {f"optimiser.{index}.{name}": torch.as_tensor(value) for name, value in values.items()}
        told = {"step": str(self.step), "rows": json.dumps(self._rows)}
        with whole_file(self.folder / _STATE) as temporary:
            save_file({name: tensor.detach().contiguous().clone() for name, tensor in state.items()}, temporary, told)
        self._write_metrics()

    def _restore(self) -> None:
        with safe_open(self.folder / _STATE, "pt") as file:
            told = file.metadata()
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        self.step, self._rows = int(told["step"]), json.loads(told["rows"])
        self.model.load_state_dict({n.removeprefix("model."): t for n, t in state.items() if n.startswith("model.")})
        self.averaged = {n.removeprefix("averaged."): t for n, t in state.items() if n.startswith("averaged.")}
        optimiser = self.optimiser.state_dict()
        for name, tensor in state.items():
            if name.startswith("optimiser."):
                _, index, key = name.split(".", 2)
                optimiser["state"].setdefault(int(index), {})[key] = tensor
        self.optimiser.load_state_dict(optimiser)

    def _check_settings(self, settings: Mapping[str, Any]) -> None:
        path, text = self.folder / _SETTINGS, json.dumps(settings, indent=1, sort_keys=True, default=str)
        if not path.exists():
            with whole_file(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            raise InvalidInput(f"{self.folder} holds a run with other settings. Give them again, another --out, or remove it.")

    def _write_metrics(self) -> None:
        if not self._rows:
            return
        names = list(dict.fromkeys(name for row in self._rows for name in row))
        with whole_file(self.folder / _METRICS) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(self._rows)
        _plot(self._rows, [name for name in names if name != "step"], self.folder / _PLOT)


def _plot(rows: list[dict[str, float]], names: list[str], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.2 * len(names), 2.6), layout="constrained")
    for place, name in enumerate(names, start=1):
        axes = figure.add_subplot(1, len(names), place, title=name, xlabel="step")
        axes.plot([row["step"] for row in rows if name in row], [row[name] for row in rows if name in row])
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=80)
