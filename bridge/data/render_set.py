"""RenderSet: path-traced frames of one person under one light, with all that a renderer may know of them."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ..errors import InvalidInput
from .gbuffer import GBuffer
from .scene_light import SceneLight

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
Role = Literal["hero", "view", "sequence"]
ROLES: tuple[Role, ...] = get_args(Role)
"""hero: a reference frame, from a moment and a view of its own. sequence: one of consecutive frames, in order."""


@dataclass(frozen=True, eq=False)
class RenderFrame:
    """One frame. truth (H, W, 3): linear, as it adds to any background (weighted by `gbuffer.alpha`); background is black.

    time_s: in the performance. blend_shapes (52,): ARKit order, 0..1. joint_rotations (J, 3): axis-angle against rest, radians.
    joint_positions (J, 3): metres in the world. head_to_world (4, 4): carries the head's points from rest to where they are.
    """

    gbuffer: GBuffer
    truth: np.ndarray
    role: Role
    time_s: float
    blend_shapes: np.ndarray
    joint_rotations: np.ndarray
    joint_positions: np.ndarray
    head_to_world: np.ndarray


@dataclass(frozen=True, eq=False)
class RenderSet:
    """frames: of the person `identity`, who is in one split alone, under `light`. samples: per pixel of the truth, which was
    denoised. emotion (8,): EMOTION_NAMES' order, 0..1. joint_names (J,): of the frames' joints."""

    name: str
    split: Split
    identity: str
    samples: int
    light: SceneLight
    emotion: np.ndarray
    joint_names: tuple[str, ...]
    frames: tuple[RenderFrame, ...]

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise InvalidInput(f"A set of frames is for one of {', '.join(SPLITS)}, not {self.split!r}.")
        if not self.frames:
            raise InvalidInput("A set of frames needs at least one frame.")
        sizes = {(frame.gbuffer.camera.height, frame.gbuffer.camera.width) for frame in self.frames}
        if len(sizes) > 1:
            raise InvalidInput("All frames of a set have one size.")

    def frames_of(self, role: Role) -> tuple[RenderFrame, ...]:
        return tuple(frame for frame in self.frames if frame.role == role)
