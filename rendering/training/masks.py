"""Trains the mask predictor: joints and expression to the regions that a camera sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...bridge.data import ARKIT_NAMES, Camera, mirrored_name
from ...bridge.data.render_set import RenderFrame, Split
from ...bridge.errors import InvalidInput
from ...learning.checkpoint import config_of, load_tensors, read_checkpoint, write_checkpoint
from ...learning.run import Schedule, TrainingRun
from ..data import RenderSets
from ..models.masks import COARSE_SIDE_PX, KIND, MASK_JOINTS, MASKS_NAME, MaskConfig, MaskPredictor

SCHEDULE = Schedule(steps=1500, batch_size=4, learning_rate=2e-3, weight_decay=1e-3)
_SIDE_PX = 2 * COARSE_SIDE_PX
_MIRRORED_SHAPES = [ARKIT_NAMES.index(mirrored_name(name)) for name in ARKIT_NAMES]
_MIRRORED_JOINTS = [
    MASK_JOINTS.index(name.replace("left", "x").replace("right", "left").replace("x", "right")) for name in MASK_JOINTS
]


@dataclass(frozen=True, eq=False)
class MaskExamples:
    """region: (N, S, S) uint8 indices. joints: (N, J, 3), expression: (N, 52), as the predictor reads them."""

    region: Tensor
    joints: Tensor
    expression: Tensor


def mask_examples(source: Path, split: Split) -> MaskExamples:
    """Of all frames of a split. Raises InvalidInput where their joints have other names."""
    regions, joints, expressions = [], [], []
    for frames in RenderSets(source, split):
        if missing := sorted(set(MASK_JOINTS) - set(frames.joint_names)):
            raise InvalidInput(f"The set {frames.name} lacks the joint {missing[0]}, from which masks are predicted.")
        order = [frames.joint_names.index(name) for name in MASK_JOINTS]
        for frame in frames.frames:
            height, width = frame.gbuffer.region.shape
            rows, columns = ((np.arange(_SIDE_PX) + 0.5) / _SIDE_PX * side for side in (height, width))
            regions.append(frame.gbuffer.region[np.ix_(rows.astype(int), columns.astype(int))])
            joints.append(projected_joints(frame.joint_positions[order], frame.gbuffer.camera))
            expressions.append(frame.blend_shapes)
    return MaskExamples(
        torch.from_numpy(np.stack(regions)),
        torch.from_numpy(np.stack(joints).astype(np.float32)),
        torch.from_numpy(np.stack(expressions).astype(np.float32)),
    )


def joints_of(frame: RenderFrame, joint_names: tuple[str, ...]) -> np.ndarray:
    """(J, 3): the predictor's joints as it reads them."""
    return projected_joints(frame.joint_positions[[joint_names.index(name) for name in MASK_JOINTS]], frame.gbuffer.camera)


def projected_joints(positions: np.ndarray, camera: Camera) -> np.ndarray:
    """MASK_JOINTS in the world (J, 3), metres -> column and row as shares of the picture, and metres behind the head."""
    place, depth_m = camera.projected(positions)
    depth_m = depth_m - depth_m[MASK_JOINTS.index("head")]
    return np.concatenate([place / [camera.width, camera.height], depth_m[:, None]], axis=1)


def train_masks(
    examples: MaskExamples, folder: Path, config: MaskConfig, schedule: Schedule, report: Callable[[float, str], None]
) -> TrainingRun:
    """The run, done."""
    torch.manual_seed(schedule.seed)
    run = TrainingRun(folder, MaskPredictor(config), schedule, {"model": KIND, "config": config})
    share = torch.bincount(examples.region.flatten().long(), minlength=256)[: run.model.regions].float()
    # Small regions count more, but not as much as if each were as large as the rest.
    weight = (share.clamp(min=1.0) / share.sum()) ** -0.4
    for _ in run.steps(report):
        rng = run.rng()
        index = torch.from_numpy(rng.integers(len(examples.region), size=schedule.batch_size))
        region, joints, expression = examples.region[index].long(), examples.joints[index], examples.expression[index]
        if rng.random() < 0.5:
            region, joints = region.flip(-1), joints[:, _MIRRORED_JOINTS] * torch.tensor([-1.0, 1.0, 1.0])
            joints, expression = joints + torch.tensor([1.0, 0.0, 0.0]), expression[:, _MIRRORED_SHAPES]
        logits = run.model(joints, expression)
        loss = functional.cross_entropy(logits, region, weight)
        right = (logits.detach().argmax(dim=1) == region).float().mean()
        run.learn(loss, {"accuracy": float(right)})
    return run


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
