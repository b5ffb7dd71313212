"""vivavoce render-train: train the renderer or its mask predictor on frames that render-data made, or fit it to one character."""

import hashlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..bridge.errors import InvalidInput
from .console import STDOUT, ReportProgress, progress_bar
from .render_finetune import CharacterScene, Views, own_look, rendered_sets
from .speak import scaled

if TYPE_CHECKING:
    from torch import Tensor

    from ..learning.run import Schedule
    from ..rendering.models.residual import ResidualConfig
    from ..rendering.own_look import OwnLook

Part = Literal["view-experts", "region-experts", "detail", "reference"]
_FINETUNE_STEPS, _FINETUNE_RATE = 600, 2e-4


@dataclass(frozen=True)
class RenderTrain:
    """Train. What is stopped goes on where it stood when the command is given again."""

    data: Annotated[Path | None, tyro.conf.Positional] = None
    """The folder that render-data filled; with --finetune none is needed."""
    out: Annotated[Path, tyro.conf.arg(name="out")] = Path("render-run")
    """Folder of the run: its state, metrics.csv, metrics.png, samples.png and, when it is done, the weights."""
    model: Literal["renderer", "masks"] = "renderer"
    """The renderer, or the predictor of its masks from joints and expression."""
    finetune: Path | None = None
    """A character in its scene (.blend, .glb, .gltf, .fbx) to fit the renderer to, or a folder that render-data filled of it."""
    frames: int = 40
    """How many of the scene's frames Cycles renders for that."""
    last_frame: int = 250
    """They are taken evenly from the first frame to this one, or to the clip's last."""
    clip: Path | None = None
    """What the character performs meanwhile (npz); without it the scene's own animation plays."""
    views: Views = "around"
    """From where: from all around the face, as far away as the scene's camera, or by that camera alone."""
    samples: int = 64
    """Per pixel of these frames, which are denoised."""
    start: Path | None = None
    """The folder of the weights to go on from; the bundled ones with --finetune."""
    widths: tuple[int, int, int, int] | None = None
    """Channels of the renderer at a half of the size, a quarter and so on; a narrower --start is widened without a change of its
    pictures."""
    without: tuple[Part, ...] = ()
    """Parts to leave out, to see what they are worth."""
    steps: int | None = None
    """Batches; as for the two below, each model has its own default."""
    batch_size: int | None = None
    """Crops a batch."""
    learning_rate: float | None = None
    """The highest on the way."""
    crop: int = 96
    """Side of the crops, in pixels."""
    seed: int = 0
    """Of initial weights and the order of crops."""

    def __post_init__(self) -> None:
        if (self.data is None) == (self.finetune is None):
            raise InvalidInput("Give a folder of render-data to train on, or a scene with --finetune; one of the two.")
        if self.finetune is not None and not self.finetune.exists():
            raise InvalidInput(f"There is no scene at {self.finetune}.")
        if self.clip is not None and not self.clip.is_file():
            raise InvalidInput(f"There is no clip at {self.clip}.")
        if self.frames < 2 or self.last_frame < self.frames:
            raise InvalidInput(
                f"{self.frames} frames cannot be taken from {self.last_frame}: take 2 or more, and no more than that."
            )
        if self.model == "masks" and (self.start or self.widths or self.without):
            raise InvalidInput("--start, --widths and --without belong to the renderer; its masks are trained without them.")
        if not 32 <= self.crop <= 512 or self.crop % 16:
            raise InvalidInput(f"Crops have a side of 32 to 512 pixels in steps of 16, not {self.crop}.")


def run(config: RenderTrain) -> None:
    started = time.perf_counter()
    config.out.mkdir(parents=True, exist_ok=True)
    with progress_bar() as report:
        weights = _masks(config, report) if config.model == "masks" else _renderer(config, report)
    STDOUT.print(f"{weights}: {weights.stat().st_size / 1e6:.2f} MB after {(time.perf_counter() - started) / 3600.0:.2f} h")


def _renderer(config: RenderTrain, report: ReportProgress) -> Path:
    from ..rendering.training.frame_files import prepared_frames
    from ..rendering.training.prepare import prepare_sets
    from ..rendering.training.residual import SCHEDULE, Lessons, train_residual, write_residual

    source, cache = _source(config, scaled(report, 0.0, 0.4)), config.out / "frames"
    look = _look(config, source)
    prepare_sets(source, "train", cache, lambda share, stage: report(0.4 + 0.1 * share, f"preparing {stage}"), look)
    frames = prepared_frames(cache)
    model_config, tensors = _begun(config)
    default = replace(SCHEDULE, steps=_FINETUNE_STEPS, learning_rate=_FINETUNE_RATE) if config.finetune is not None else SCHEDULE
    schedule = _schedule(config, default)
    lessons = Lessons(crop_px=config.crop)
    trained = train_residual(
        frames, config.out, model_config, lessons, schedule, lambda share, stage: report(0.5 + 0.5 * share, stage), tensors
    )
    return write_residual(trained, config.out, _facts(config, schedule, [frame.path for frame in frames]))


def _begun(config: RenderTrain) -> "tuple[ResidualConfig, dict[str, Tensor] | None]":
    """The renderer's sizes, and the tensors it starts with, where it does not start from nothing."""
    from ..rendering.models.renderer import BUNDLED_WEIGHTS
    from ..rendering.models.residual import WEIGHTS_NAME, ResidualConfig
    from ..rendering.training.residual import started_from
    from ..rendering.training.widening import widened

    start = config.start or (BUNDLED_WEIGHTS if config.finetune is not None else None)
    if start is None:
        sizes = _without(ResidualConfig(), config.without)
        return replace(sizes, widths=config.widths or sizes.widths), None
    sizes, tensors = started_from(start / WEIGHTS_NAME)
    return widened(tensors, sizes, config.widths, config.seed) if config.widths is not None else (sizes, tensors)


def _masks(config: RenderTrain, report: ReportProgress) -> Path:
    from ..rendering.data import RenderSets
    from ..rendering.models.masks import MaskConfig
    from ..rendering.training.masks import SCHEDULE, mask_examples, train_masks, write_masks

    source, schedule = _source(config, report), _schedule(config, SCHEDULE)
    trained = train_masks(mask_examples(source, "train"), config.out, MaskConfig(), schedule, report)
    return write_masks(trained, config.out, _facts(config, schedule, RenderSets(source, "train").paths))


def _source(config: RenderTrain, report: ReportProgress) -> Path:
    """The folder of render sets to learn from: what was given, or what Cycles renders of the scene now."""
    if config.data is not None:
        return config.data
    assert config.finetune is not None
    if config.finetune.is_dir():
        return config.finetune
    scene = CharacterScene(config.finetune, config.frames, config.last_frame, config.clip, config.views, config.samples)
    rendered_sets(scene, config.out / "scene", report)
    return config.out / "scene"


def _look(config: RenderTrain, source: Path) -> "OwnLook | None":
    """Of the character that is fine-tuned to; learnt once a run."""
    from ..rendering.own_look import read_look, write_look

    if config.finetune is None:
        return None
    look = read_look(config.out)
    if look is None:
        look = own_look(source)
        write_look(look, config.out)
    return look


def _without(config: "ResidualConfig", parts: tuple[Part, ...]) -> "ResidualConfig":
    return replace(
        config,
        view_experts=0 if "view-experts" in parts else config.view_experts,
        has_region_experts="region-experts" not in parts,
        has_detail="detail" not in parts,
        has_reference="reference" not in parts,
    )


def _schedule(config: RenderTrain, default: "Schedule") -> "Schedule":
    wanted = {name: getattr(config, name) for name in ("steps", "batch_size", "learning_rate")}
    return replace(default, seed=config.seed, **{name: value for name, value in wanted.items() if value is not None})


def _facts(config: RenderTrain, schedule: "Schedule", files: "list[Path] | tuple[Path, ...]") -> dict[str, str]:
    """What a weight file tells of how it was made."""
    source = (
        f"--finetune {config.finetune.name} --frames {config.frames}"
        if config.finetune
        else str(config.data and config.data.name)
    )
    start = f" --start {config.start.name}" if config.start else ""
    widths = f" --widths {' '.join(map(str, config.widths))}" if config.widths else ""
    parts = f" --without {' '.join(config.without)}" if config.without else ""
    numbers = f"--steps {schedule.steps} --batch-size {schedule.batch_size} --learning-rate {schedule.learning_rate:g}"
    digest = hashlib.sha256("".join(f"{path.name}:{path.stat().st_size};" for path in sorted(files)).encode()).hexdigest()
    return {
        "command": f"vivavoce render-train {source} --model {config.model} {numbers} --crop {config.crop} --seed {config.seed}"
        f"{start}{widths}{parts}",
        "data": f"{len(files)} files, sha256 of names and sizes {digest[:16]}",
    }
