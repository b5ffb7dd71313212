"""A clip on a performer before a camera, rasterised without Blender."""

from collections.abc import Callable

import numpy as np

from ..bridge.data import Camera, GBuffer
from .gbuffer.rasterise import Rasteriser, Stance
from .painting import Told
from .performers import Performer
from .poses import ClipPoses, Pose


class ClipShot:
    """A Shot; hold it as long as frames come, and `close` it."""

    def __init__(
        self, performer: Performer, poses: ClipPoses, moments_s: np.ndarray, fps: float, camera_at: Callable[[int], Camera]
    ) -> None:
        """moments_s (F,): of the clip, one a frame. camera_at: the camera of a frame's index."""
        self._performer, self._poses, self._moments_s, self._camera_at = performer, poses, moments_s, camera_at
        self.fps = fps
        self._rasteriser = Rasteriser(performer.surface)
        self._last: tuple[int, Stance] | None = None

    @property
    def frame_count(self) -> int:
        return len(self._moments_s)

    @property
    def resolution(self) -> tuple[int, int]:
        camera = self._camera_at(0)
        return camera.width, camera.height

    def gbuffer(self, index: int) -> GBuffer:
        """Of one frame; what moved is told against the frame before, whether that was asked for or not."""
        before = None
        if index > 0:
            is_known = self._last is not None and self._last[0] == index - 1
            before = self._last[1] if is_known and self._last is not None else self._stance(index - 1)
        stance = self._stance(index)
        self._last = index, stance
        return self._rasteriser.gbuffer(stance, before)

    def hero_gbuffer(self, camera: Camera, pose: Pose) -> GBuffer:
        """What a hero frame shows."""
        return self._rasteriser.gbuffer(Stance(self._performer.vertices(pose), camera))

    def told(self, index: int) -> Told:
        pose = self.pose(index)
        return Told(self._performer.head_to_world(pose), pose.blend_shapes)

    def pose(self, index: int) -> Pose:
        return self._poses.at(float(self._moments_s[index]))

    def camera(self, index: int) -> Camera:
        return self._camera_at(index)

    def close(self) -> None:
        self._rasteriser.close()

    def _stance(self, index: int) -> Stance:
        return Stance(self._performer.vertices(self.pose(index)), self._camera_at(index))
