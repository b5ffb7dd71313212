"""Trains the mask predictor: projected joints and expression to the regions that a camera sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional

from ...bridge.data import ARKIT_NAMES, mirrored_name
from ...bridge.data.gbuffer import REGION_NAMES
from ...bridge.data.landmarks import MIRRORED_LANDMARKS
from ...bridge.data.render_set import Split
from ...learning.checkpoint import config_of, load_tensors, read_checkpoint, write_checkpoint
from ...learning.run import Schedule, TrainingRun
from ..data import RenderSets
from ..data.sets import PEOPLE_FOLDER
from ..mask_points import PeoplePoints
from ..models.masks import KIND, LANDMARKS_FROM, MASK_EXTRAS, MASK_JOINTS, MASKS_NAME, MaskConfig, MaskPredictor

SCHEDULE = Schedule(steps=3000, batch_size=32, learning_rate=3e-3, weight_decay=1e-2)
_PLACES = 96
"""Of each frame in a batch; half of them lie anywhere, half where regions meet or are small."""
_BORDER_PX = 3
_SMALL = tuple(REGION_NAMES.index(name) for name in ("lips", "eyes", "mouth"))
_JITTER = 0.02
_MIRRORED_SHAPES = [ARKIT_NAMES.index(mirrored_name(name)) for name in ARKIT_NAMES]


_MIRRORED_POINTS = [
    *(MASK_JOINTS.index(name.replace("left", "x").replace("right", "left").replace("x", "right")) for name in MASK_JOINTS),
    *(len(MASK_JOINTS) + MASK_EXTRAS.index({"lear": "rear", "rear": "lear"}.get(name, name)) for name in MASK_EXTRAS),
    *(LANDMARKS_FROM + index for index in MIRRORED_LANDMARKS),
]


@dataclass(frozen=True, eq=False)
class MaskExamples:
    """region: (N, H, W) uint8 indices. points: (N, P, 3), expression: (N, 52), as the predictor reads them."""

    region: np.ndarray
    points: Tensor
    expression: Tensor

    @cached_property
    def hard(self) -> list[np.ndarray]:
        """Of each frame the indices of its pixels that lie near a border of regions, or in a small one."""
        side = 2 * _BORDER_PX + 1
        return [
            np.flatnonzero(
                (ndimage.maximum_filter(region, side) != ndimage.minimum_filter(region, side)) | np.isin(region, _SMALL)
            ).astype(np.int32)
            for region in self.region
        ]


def mask_examples(source: Path, split: Split) -> MaskExamples:
    """Of all frames of a split. Raises InvalidInput where their people or joints are not known."""
    people = PeoplePoints(source / PEOPLE_FOLDER)
    regions, points, expressions = [], [], []
    for frames in RenderSets(source, split):
        points += people.of(frames)
        regions += [frame.gbuffer.region for frame in frames.frames]
        expressions += [frame.blend_shapes for frame in frames.frames]
    return MaskExamples(
        np.stack(regions), torch.from_numpy(np.stack(points)).float(), torch.from_numpy(np.stack(expressions)).float()
    )


def train_masks(
    examples: MaskExamples, folder: Path, config: MaskConfig, schedule: Schedule, report: Callable[[float, str], None]
) -> TrainingRun:
    """The run, done. Places are measured against the face, so that a picture's window, however cropped, teaches nothing new."""
    torch.manual_seed(schedule.seed)
    run = TrainingRun(folder, MaskPredictor(config), schedule, {"model": KIND, "config": config})
    for _ in run.steps(report):
        rng, generator = run.rng(), run.generator()
        torch.manual_seed(int(rng.integers(1 << 31)))
        index = rng.integers(len(examples.region), size=schedule.batch_size)
        places, region = _drawn(examples, index, rng)
        points, expression = examples.points[index], examples.expression[index]
        if rng.random() < 0.5:
            points, expression = points[:, _MIRRORED_POINTS] * torch.tensor([-1.0, 1.0, 1.0]), expression[:, _MIRRORED_SHAPES]
            places = places * torch.tensor([-1.0, 1.0])
        jitter = _JITTER * torch.randn(points.shape, generator=generator)
        logits = run.model(points, expression, places, jitter)
        loss = functional.cross_entropy(logits.flatten(0, 1), region.flatten())
        right = (logits.detach().argmax(dim=2) == region).float().mean()
        run.learn(loss, {"accuracy": float(right)})
    return run


def _drawn(examples: MaskExamples, index: np.ndarray, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Places (B, N, 2) in some frames, and the region there (B, N)."""
    height, width = examples.region.shape[1:]
    anywhere = rng.integers(height * width, size=(len(index), _PLACES // 2))
    hard = np.stack([rng.choice(examples.hard[frame], _PLACES - _PLACES // 2) for frame in index])
    pixels = np.concatenate([anywhere, hard], axis=1)
    rows, columns = np.divmod(pixels, width)
    places = torch.from_numpy((np.stack([columns, rows], axis=-1) + 0.5) / height).float()
    return places, torch.from_numpy(examples.region[index[:, None], rows, columns]).long()


def write_masks(run: TrainingRun, folder: Path, facts: Mapping[str, str]) -> Path:
    """`masks.safetensors`: the averaged weights in half precision."""
    path = folder / MASKS_NAME
    write_checkpoint(path, KIND, run.model.config, {name: tensor.half() for name, tensor in run.averaged.items()}, facts)
    return path


def read_masks(folder: Path) -> MaskPredictor:
    """Raises ModelMissing where the folder holds none, InvalidInput where it is damaged."""
    path = folder / MASKS_NAME
    checkpoint = read_checkpoint(path, KIND)
    predictor = MaskPredictor(config_of(checkpoint, MaskConfig, path))
    load_tensors(predictor, checkpoint, path)
    return predictor.eval()
