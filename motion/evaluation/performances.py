"""Performed: what is judged of a performance, whoever made it."""

from dataclasses import dataclass

import numpy as np

from ...bridge.data import ARKIT_NAMES, MotionClip
from ..models.channels import HEAD, HEAD_UNIT_RAD, channels_of


@dataclass(frozen=True, eq=False)
class Performed:
    """weights: (F, 52) ARKit. head_rotation: (F, 3) axis-angle in radians, of chest, neck and head together."""

    weights: np.ndarray
    head_rotation: np.ndarray


def performed(clip: MotionClip) -> Performed:
    return Performed(clip.blend_shapes(ARKIT_NAMES), channels_of(clip, clip.fps)[:, HEAD] * HEAD_UNIT_RAD)
