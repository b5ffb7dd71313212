"""Trains the network of the residual: crops first, then pairs of frames, then whole frames."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...bridge.errors import InvalidInput
from ...learning.checkpoint import config_of, load_tensors, read_checkpoint, write_checkpoint
from ...learning.run import Schedule, TrainingRun
from ..models.diffusion import ResidualLoss, temporal_loss
from ..models.planes import MODES, PLANES
from ..models.residual import KIND, WEIGHTS_NAME, ResidualConfig, ResidualModel
from ..models.tone import encoded
from .crops import Crops, drawn_crops, drawn_pairs, modes_of, whole_frame
from .frame_files import PreparedFrame
from .sheet import write_sheet

SCHEDULE = Schedule(steps=20_000, batch_size=4, learning_rate=1e-3, weight_decay=1e-3, ema_decay=0.998)
SHEET_EVERY = 1000
_MEASURED_FRAMES = 12
_LEAST_DEVIATION = 0.01


@dataclass(frozen=True)
class Lessons:
    """What is learnt when, as shares of the steps."""

    crop_px: int = 128
    """Side of a crop, 64 to 128."""
    temporal_from: float = 0.6
    """From here on every other batch is of two consecutive frames, where the data has any."""
    temporal_weight: float = 0.5
    """Of changes along the surface that the truth does not have."""
    whole_from: float = 0.9
    """From here on batches are single whole frames."""


def train_residual(
    frames: Sequence[PreparedFrame],
    folder: Path,
    config: ResidualConfig,
    lessons: Lessons,
    schedule: Schedule,
    report: Callable[[float, str], None],
    start: Mapping[str, Tensor] | None = None,
) -> TrainingRun:
    """The run, done. On a GPU where there is one, in bfloat16. start: tensors of a model of the same sizes to go on from."""
    torch.manual_seed(schedule.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = ResidualModel(config).to(device)
    if start is not None:
        model.load_state_dict(dict(start))
    else:
        model.deviation.copy_(residual_deviations(frames))
    run = TrainingRun(
        folder, model, schedule, {"model": KIND, "config": config, "lessons": lessons, "started": start is not None}
    )
    loss = ResidualLoss()
    followers = [frame for frame in frames if frame.before is not None]
    for step in run.steps(report):
        share = step / schedule.steps
        is_pair = bool(followers) and share >= lessons.temporal_from and step % 2 == 1
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            if is_pair:
                total, terms = _pair_loss(run, loss, followers, lessons, device)
            else:
                count, side_px = (1, 0) if share >= lessons.whole_from else (schedule.batch_size, lessons.crop_px)
                crops = drawn_crops(frames, run.rng(), count, side_px).to(device)
                total, _, terms = _crop_loss(model, loss, crops, run.generator())
        # Every row of the metrics has the same columns, so that what a pair adds is nought elsewhere.
        run.learn(total, {"temporal": 0.0, **terms})
        if run.step % SHEET_EVERY == 0 or run.step == schedule.steps:
            write_sheet(folder / "samples.png", averaged_model(run), frames)
    return run


def _crop_loss(
    model: ResidualModel, loss: ResidualLoss, crops: Crops, generator: torch.Generator
) -> tuple[Tensor, Tensor, dict[str, float]]:
    heard = model.hear(crops.planes, crops.told)
    return loss(model, heard, crops.truth, crops.true_detail, crops.noise, generator)


def _pair_loss(
    run: TrainingRun, loss: ResidualLoss, followers: Sequence[PreparedFrame], lessons: Lessons, device: torch.device
) -> tuple[Tensor, dict[str, float]]:
    """Both frames of pairs in one batch, drawn at the same levels of noise, and how they change from one to the next."""
    count = max(run.schedule.batch_size // 2, 1)
    before, now = (crops.to(device) for crops in drawn_pairs(followers, run.rng(), count, lessons.crop_px))
    first, _, _ = made_before = _crop_loss(run.model, loss, before, run.generator())
    second, _, terms = made_now = _crop_loss(run.model, loss, now, run.generator())
    weight = now.planes[:, PLANES["alpha"]]
    change = temporal_loss(made_now[1], made_before[1], now.truth, before.truth, now.motion_px, weight)
    temporal = lessons.temporal_weight * change / run.model.deviation.mean()
    return 0.5 * (first + second) + temporal, {**terms, "temporal": float(temporal.detach())}


def residual_deviations(frames: Sequence[PreparedFrame]) -> Tensor:
    """(MODES,): how far truth and base are apart in each mode, over the figures of some frames."""
    squares: dict[str, list[float]] = {mode: [] for mode in MODES}
    for frame in frames[:: max(len(frames) // _MEASURED_FRAMES, 1)]:
        for mode in modes_of(frame):
            crops = whole_frame(frame, mode)
            alpha = crops.planes[:, PLANES["alpha"]]
            error = (crops.truth - encoded(crops.planes[:, PLANES["base"]])).square() * alpha
            squares[mode].append(float(error.sum() / (3.0 * alpha.sum().clamp(min=1.0))))
    if not any(squares.values()):
        raise InvalidInput("There are no frames to learn from.")
    spread = float(np.mean([value for values in squares.values() for value in values]))
    return torch.tensor([max(np.sqrt(np.mean(values or [spread])), _LEAST_DEVIATION) for values in squares.values()])


def averaged_model(run: TrainingRun) -> ResidualModel:
    """A copy of the model with the weights that are kept."""
    model = ResidualModel(run.model.config).to(run.model.deviation.device)
    model.load_state_dict(run.averaged)
    return model.eval()


def started_from(path: Path) -> tuple[ResidualConfig, dict[str, Tensor]]:
    """The sizes and tensors of a renderer to go on from. Raises ModelMissing, InvalidInput."""
    checkpoint = read_checkpoint(path, KIND)
    config = config_of(checkpoint, ResidualConfig, path)
    model = ResidualModel(config)
    load_tensors(model, checkpoint, path)
    return config, model.state_dict()


def write_residual(run: TrainingRun, folder: Path, facts: Mapping[str, str]) -> Path:
    """WEIGHTS_NAME: the averaged weights in half precision."""
    path = folder / WEIGHTS_NAME
    tensors = {name: tensor.half() if tensor.numel() > 64 else tensor for name, tensor in run.averaged.items()}
    write_checkpoint(path, KIND, run.model.config, tensors, facts)
    return path
