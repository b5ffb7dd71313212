"""Frames of the open human that Blender path-traces: hero frames, and the truth that re-rendered frames are held against."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bridge.data import EMOTION_NAMES, Camera
from ..bridge.data.render_plan import FramePlan, LightPlan, LookPlan, Matrix, PosePlan, SetPlan, plan_to_json
from ..bridge.data.render_set import RenderSet
from ..bridge.errors import InvalidInput
from ..bridge.formats.open_human import OPEN_HUMAN_PATH
from ..bridge.formats.render_set import read_render_set
from ..rendering.poses import Pose
from .blender_job import carry_out
from .console import ReportProgress

USUAL_LOOK = LookPlan(0.0, 0.35, 1.0, (0.030, 0.045, 0.042), (0.21, 0.27, 0.235), (0.22, 0.115, 0.04))
"""Of the open human as it is bundled."""
PICTURES = ("city", "courtyard", "forest", "interior", "night", "studio", "sunrise", "sunset")
"""Blender's studio lights."""


@dataclass(frozen=True, eq=False)
class TracedFrame:
    """What Blender is to trace: the pose and the camera now and a frame before, at a moment of the clip."""

    time_s: float
    pose: Pose
    pose_before: Pose
    camera: Camera
    camera_before: Camera


def picture_light(name: str, level: float, turn_deg: float = 0.0) -> LightPlan:
    """One of Blender's studio lights, of a mean radiance, turned about the vertical. Raises InvalidInput."""
    if name not in PICTURES:
        raise InvalidInput(f"Blender has no studio light {name!r}, only: {', '.join(PICTURES)}.")
    nothing = (0.0, 0.0, 0.0)
    return LightPlan(name, turn_deg / 360.0 % 1.0, level, nothing, nothing, nothing, ())


def traced(frames: Sequence[TracedFrame], light: LightPlan, samples: int, report: ReportProgress) -> RenderSet:
    """The frames with their G-buffers, denoised, of so many samples; square, of one size. Raises as `carry_out` does."""
    sides = {side for frame in frames for side in (frame.camera.width, frame.camera.height)}
    if len(sides) != 1:
        raise InvalidInput(f"Blender traces square frames of one size here, not of sides {sorted(sides)}.")
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as name:
        out, path = Path(name, "set.npz"), Path(name, "plan.json")
        plan = SetPlan(
            "frames", "test", "open human", str(OPEN_HUMAN_PATH), str(out), sides.pop(), samples, (0.0,) * len(EMOTION_NAMES),
            USUAL_LOOK, light, tuple(_frame_plan(frame) for frame in frames),
        )  # fmt: skip
        path.write_text(plan_to_json(plan), encoding="utf-8")
        carry_out({"render_sets": [str(path)]}, report)
        return read_render_set(out)


def _frame_plan(frame: TracedFrame) -> FramePlan:
    return FramePlan(
        "view", frame.time_s, _pose_plan(frame.pose), _pose_plan(frame.pose_before), _rows(frame.camera.camera_to_world),
        _rows(frame.camera_before.camera_to_world), frame.camera.fov_y_rad,
    )  # fmt: skip


def _pose_plan(pose: Pose) -> PosePlan:
    rotations = {name: tuple(rotation.tolist()) for name, rotation in pose.joints.items()}
    return PosePlan(tuple(pose.blend_shapes.tolist()), rotations)


def _rows(matrix: np.ndarray) -> Matrix:
    return tuple(tuple(row) for row in matrix.tolist())
