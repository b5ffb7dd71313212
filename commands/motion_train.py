"""vivavoce motion-train: train one of the motion models on corpora that motion-data made."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..bridge.errors import InvalidInput
from .console import STDOUT, ReportProgress, progress_bar

if TYPE_CHECKING:
    from ..learning.run import Schedule
    from ..motion.data.examples import Examples
    from ..motion.data.hearing import HearingExamples


_ONLY_FOR = {
    "prior": ("probabilistic",),
    "noise": ("probabilistic",),
    "distil": ("lite",),
    "start": ("probabilistic", "encoder", "lite"),
}


@dataclass(frozen=True)
class MotionTrain:
    """Train a model. A training that is stopped goes on where it stood when the command is given again."""

    model: Annotated[Literal["encoder", "prior", "probabilistic", "diffusion", "lite"], tyro.conf.arg(name="model")]
    """Which one; the probabilistic model needs a prior that is done."""
    corpora: tuple[Path, ...]
    """Corpus files that motion-data made."""
    out: Path
    """Folder of the run: its state, metrics.csv, metrics.png and, when it is done, the weights."""
    prior: Path | None = None
    """The prior's weights, for the probabilistic model."""
    start: Path | None = None
    """Weights to go on from: of the probabilistic model, such as the bundled ones with a corpus of your own; for the encoder and
    the lite model those of a lite model."""
    encoder: str = "whisper-tiny"
    """What the model hears through: whisper-tiny, small, or a folder of transformers (HuBERT, wav2vec 2.0, Whisper)."""
    teacher: Literal["calibrated", "textbook"] = "calibrated"
    """The mouth that performs synthetic speech: calibrated on captured faces, or of textbooks alone."""
    noise: float | None = None
    """For the probabilistic model: standard deviations of noise on what it hears, 3 by default. The fewer people were captured,
    the more of it."""
    distil: Path | None = None
    """For the lite model: folder with a prior and probabilistic weights, whose lips it learns on synthetic lines in place of the
    engine's."""
    steps: int | None = None
    """Batches; each model has its own default, as for the two below."""
    batch_size: int | None = None
    """Examples a batch."""
    learning_rate: float | None = None
    """The highest on the way."""
    seed: int = 0
    """Of initial weights and the order of examples."""

    def __post_init__(self) -> None:
        for option, models in _ONLY_FOR.items():
            if getattr(self, option) is not None and self.model not in models:
                raise InvalidInput(
                    f"--{option} belongs to {', '.join(models)}; training {self.model} does not use it. Leave it out."
                )


def run(config: MotionTrain) -> None:
    started = time.perf_counter()
    config.out.mkdir(parents=True, exist_ok=True)
    with progress_bar() as report:
        weights = TRAINERS[config.model](config, report)
    STDOUT.print(f"{weights}: {weights.stat().st_size / 1e6:.2f} MB after {(time.perf_counter() - started) / 3600.0:.2f} h")


def _examples(config: MotionTrain, report: ReportProgress) -> "Examples":
    from ..motion.data.examples import Examples
    from ..motion.data.lines import Recipe

    return Examples(config.corpora, config.encoder, Recipe(teacher=config.teacher), report)


def _schedule(config: MotionTrain, default: "Schedule") -> "Schedule":
    wanted = {name: getattr(config, name) for name in ("steps", "batch_size", "learning_rate")}
    return replace(default, seed=config.seed, **{name: value for name, value in wanted.items() if value is not None})


def _facts(config: MotionTrain, examples: "Examples | HearingExamples", schedule: "Schedule") -> dict[str, str]:
    """What a weight file tells of how it was made."""
    corpora = " ".join(path.name for path in config.corpora)
    start = f" --start {config.start.name}" if config.start else ""
    noise = "" if config.noise is None else f" --noise {config.noise:g}"
    distil = f" --distil {config.distil.name}" if config.distil else ""
    return {
        "command": f"vivavoce motion-train --model {config.model} --corpora {corpora} --teacher {config.teacher} "
        f"--encoder {config.encoder} --steps {schedule.steps} --batch-size {schedule.batch_size} "
        f"--learning-rate {schedule.learning_rate:g} --seed {schedule.seed}{start}{noise}{distil}",
        "data": " ".join(f"{name}:{fingerprint}" for name, fingerprint in examples.fingerprints.items()),
        "hours": f"{examples.hours:.2f}",
    }


def _prior(config: MotionTrain, report: ReportProgress) -> Path:
    from ..motion.models.prior import PriorConfig
    from ..motion.training.prior import SCHEDULE, train_prior, write_prior

    schedule, examples = _schedule(config, SCHEDULE), _examples(config, report)
    trained = train_prior(examples, config.out, PriorConfig(), schedule, report)
    return write_prior(trained, config.out, _facts(config, examples, schedule))


def _probabilistic(config: MotionTrain, report: ReportProgress) -> Path:
    from ..motion.models.prior import MotionPrior
    from ..motion.models.probabilistic import FEATURE_NOISE, ProbabilisticConfig
    from ..motion.training.probabilistic import SCHEDULE, train_probabilistic, write_probabilistic

    if config.prior is None:
        raise InvalidInput("The probabilistic model speaks in the codes of a prior. Train that first and give it to --prior.")
    prior = MotionPrior.from_checkpoint(config.prior)
    schedule, examples = _schedule(config, SCHEDULE), _examples(config, report)
    settings = ProbabilisticConfig(Path(config.encoder).name, examples.feature_width)
    noise = FEATURE_NOISE if config.noise is None else config.noise
    trained = train_probabilistic(examples, prior, config.out, settings, schedule, report, config.start, noise)
    return write_probabilistic(trained, examples, config.prior, config.out, _facts(config, examples, schedule))


def _diffusion(config: MotionTrain, report: ReportProgress) -> Path:
    from ..motion.models.diffusion import DiffusionConfig
    from ..motion.training.diffusion import SCHEDULE, train_diffusion, write_diffusion

    schedule, examples = _schedule(config, SCHEDULE), _examples(config, report)
    settings = DiffusionConfig(examples.feature_width, Path(config.encoder).name)
    trained = train_diffusion(examples, config.out, settings, schedule, report)
    return write_diffusion(trained, config.out, _facts(config, examples, schedule))


def _encoder(config: MotionTrain, report: ReportProgress) -> Path:
    from ..motion.data.hearing import HearingExamples
    from ..motion.speech.small_encoder import SmallEncoderConfig
    from ..motion.training.encoder import SCHEDULE, train_encoder, write_encoder

    schedule, examples = _schedule(config, SCHEDULE), HearingExamples(config.corpora, config.encoder, report=report)
    trained = train_encoder(examples, config.out, SmallEncoderConfig(), schedule, report, config.start)
    return write_encoder(trained, config.out, _facts(config, examples, schedule))


def _lite(config: MotionTrain, report: ReportProgress) -> Path:
    from ..motion.data.hearing import HearingExamples
    from ..motion.models.lite import LiteConfig
    from ..motion.training.lite import SCHEDULE, train_lite, write_lite

    schedule = _schedule(config, SCHEDULE)
    examples = HearingExamples(config.corpora, config.encoder, report=report, teacher=config.distil)
    trained = train_lite(examples, config.out, LiteConfig(), schedule, report, config.start)
    return write_lite(trained, config.out, _facts(config, examples, schedule))


TRAINERS: dict[str, Callable[[MotionTrain, ReportProgress], Path]] = {
    "encoder": _encoder,
    "lite": _lite,
    "prior": _prior,
    "probabilistic": _probabilistic,
    "diffusion": _diffusion,
}
