"""A clip at any moment, between its samples too: what an expression and a body are when a frame is rendered."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..bridge.data import ARKIT_NAMES, FACE_JOINT_NAMES, Mood, MotionClip, MotionLayer
from ..bridge.data.mood import intensities_at, timeline_from_text
from ..bridge.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class Pose:
    """blend_shapes (52,): ARKIT_NAMES, 0..1. joints: name -> (3,) axis-angle against rest, radians. translation (3,): metres."""

    blend_shapes: np.ndarray
    joints: dict[str, np.ndarray]
    translation: np.ndarray


REST = Pose(np.zeros(len(ARKIT_NAMES), np.float32), {}, np.zeros(3, np.float32))


class ClipPoses:
    """The poses of a clip. Moments before its first sample and after its last show those."""

    def __init__(self, clip: MotionClip) -> None:
        used = {name for layer in clip.layers for name in layer.joint_names}
        # The face's joints move what blend shapes move already.
        self._names = sorted(used - set(FACE_JOINT_NAMES))
        self._fps = clip.fps
        self._weights, self._joints = clip.blend_shapes(ARKIT_NAMES), clip.joints(self._names)
        self._translation = clip.translation()
        self._moods = moods_of(clip)

    def at(self, time_s: float) -> Pose:
        """The pose at a moment: samples beside it are blended, which is exact at samples and close for turns between them."""
        place = float(np.clip(time_s * self._fps, 0.0, len(self._weights) - 1.0))
        place = round(place) if abs(place - round(place)) < 1e-6 else place
        first = int(place)
        share = np.float32(place - first)
        rows = [first, min(first + 1, len(self._weights) - 1)]
        weights, joints, translation = (
            values[rows[0]] if share == 0.0 else (1.0 - share) * values[rows[0]] + share * values[rows[1]]
            for values in (self._weights, self._joints, self._translation)
        )
        return Pose(weights, dict(zip(self._names, joints, strict=True)), translation)

    def emotion(self, time_s: float) -> np.ndarray:
        """(8,) in the order of EMOTION_NAMES, 0..1: how the clip was performed at a moment."""
        return intensities_at(self._moods, np.array([time_s]))[0]


def moods_of(clip: MotionClip) -> tuple[Mood, ...]:
    """The moods that a clip's maker noted, or one that is neutral."""
    noted = clip.metadata.get("moods") or f"0s:{clip.metadata.get('emotion', '').replace(':', '=') or 'neutral'}"
    try:
        return timeline_from_text(noted)
    except InvalidInput:
        # A note of another program's: what it means is unknown, and no reason to refuse its clip.
        return (Mood(0.0),)


def posed_clip(poses: Sequence[Pose], fps: float) -> MotionClip:
    """A clip of one layer whose samples are the poses, for those who take clips alone."""
    names = tuple(sorted({name for pose in poses for name in pose.joints}))
    joints = np.array([[pose.joints.get(name, np.zeros(3)) for name in names] for pose in poses], np.float32)
    translation = np.array([pose.translation for pose in poses], np.float32)
    weights = np.array([pose.blend_shapes for pose in poses], np.float32)
    layer = MotionLayer("head", weights, ARKIT_NAMES, joints.reshape(len(poses), len(names), 3), names, translation=translation)
    return MotionClip(fps, (layer,))
