"""vivavoce motion-mean: the mean of several trainings of the probabilistic model."""

from dataclasses import dataclass
from pathlib import Path

from .console import STDOUT


@dataclass(frozen=True)
class MotionMean:
    """Take the mean of probabilistic weights with one prior: of several trainings, or of a fine-tuning and what it began at."""

    weights: tuple[Path, ...]
    """Folders that motion-train made, two or more, or the bundled motion/weights; one named twice counts twice."""
    out: Path
    """Folder for the mean and a copy of the prior."""
    emotion: float = 1.0
    """How many times as strongly emotions show as the mean would have it."""


def run(config: MotionMean) -> None:
    from ..motion.training.mean import write_mean

    names = " ".join(folder.name for folder in config.weights)
    facts = {"command": f"vivavoce motion-mean --weights {names} --emotion {config.emotion:g}"}
    path = write_mean(config.weights, config.emotion, config.out, facts)
    STDOUT.print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
