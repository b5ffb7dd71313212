"""A clip on a character in Blender: what Cycles' passes tell of its frames, some at a time, with a pass of one sample each."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..bridge.data import REGION_NAMES, Camera, GBuffer, SceneLight
from ..bridge.data.render_set import RenderSet
from ..bridge.errors import InvalidInput
from ..bridge.formats import write_clip
from ..bridge.formats.render_set import read_render_set
from ..bridge.formats.safe_npz import write_arrays
from ..rendering.clip_shot import cameras_of, reference_camera
from ..rendering.order import RenderOrder
from ..rendering.painting import Told
from ..rendering.references import Reference
from .blender_job import carry_out

_CHUNK = 8
"""Frames of one Blender: more would fill memory, fewer would mostly start programs."""
_PROBE_PX = 128
_FACE_REGIONS = [REGION_NAMES.index(name) for name in ("lips", "eyes", "mouth")]


class BlenderShot:
    """An OrderedShot of any character that Blender opens. Frames are those of the clip's samples."""

    def __init__(self, order: RenderOrder, has_scene_camera: bool = False) -> None:
        """has_scene_camera: the scene's own camera sees it, not the order's. Raises InvalidInput, and what the job raises."""
        if order.light is not None:
            raise InvalidInput("Blender's scene has its own light: leave out --light, or render without Blender (mode scene).")
        self._order = order
        self.fps, self.resolution = order.clip.fps, order.resolution
        self._first = round(float(order.moments_s[0]) * order.clip.fps)
        probe = self._rendered([self._first], None, (_PROBE_PX, _PROBE_PX))
        self.light: SceneLight | None = probe.light
        self._face_centre = _face_centre(probe.frames[0].gbuffer)
        self._cameras = None if has_scene_camera else cameras_of(order, self._face_centre)
        self._start, self._chunk = -1, probe

    @property
    def frame_count(self) -> int:
        return len(self._order.moments_s)

    def gbuffer(self, index: int) -> GBuffer:
        """Of one frame; whole chunks are rendered, so that a frame is the same whichever was asked for before."""
        self._load(index)
        return self._chunk.frames[index - self._start].gbuffer

    def hero_gbuffer(self, reference: Reference) -> GBuffer:
        """What a hero frame shows: the character at that moment of the clip, or at the clip's start."""
        camera = reference_camera(reference, self._face_centre)
        sample = round((reference.time_s or 0.0) * self.fps)
        return self._rendered([sample], [camera], (camera.width, camera.height)).frames[0].gbuffer

    def told(self, index: int) -> Told:
        frame = self._chunk.frames[max(index - self._start, 0)] if self._start >= 0 else self._chunk.frames[0]
        return Told(frame.head_to_world, frame.blend_shapes)

    def close(self) -> None:
        return None

    def _load(self, index: int) -> None:
        start = index // _CHUNK * _CHUNK
        if start == self._start:
            return
        indices = range(start, min(start + _CHUNK, self.frame_count))
        cameras = None if self._cameras is None else [self._cameras[number] for number in indices]
        self._chunk = self._rendered([self._first + number for number in indices], cameras, self.resolution)
        self._start = start

    def _rendered(self, samples: Sequence[int], cameras: Sequence[Camera] | None, size: tuple[int, int]) -> RenderSet:
        """The frames of some of the clip's samples."""
        with tempfile.TemporaryDirectory(prefix="vivavoce-") as name:
            folder = Path(name)
            write_clip(self._order.clip, folder / "clip.npz")
            job = {
                "out": str(folder / "set.npz"), "frames": [1 + sample for sample in samples], "clip": str(folder / "clip.npz"),
                "character": self._order.character, "resolution": list(size), "samples": 1,
            }  # fmt: skip
            if cameras is not None:
                poses, angles = [camera.camera_to_world for camera in cameras], [camera.fov_y_rad for camera in cameras]
                write_arrays(folder / "cameras.npz", {"camera_to_world": np.array(poses), "fov_y_rad": np.array(angles)})
                job["cameras"] = str(folder / "cameras.npz")
            carry_out(job, lambda share, stage: None)
            made = read_render_set(folder / "set.npz")
        # A scene of the artist's keeps its rate, and frames are counted by it.
        if any(
            abs(sample / self.fps - frame.time_s) > 0.5 / self.fps for sample, frame in zip(samples, made.frames, strict=True)
        ):
            raise InvalidInput("The scene has another frame rate than the clip. Give `speak` the scene's with --fps.")
        return made


def _face_centre(gbuffer: GBuffer) -> np.ndarray:
    """(3,): the middle of lips and eyes at rest, or of all that is seen. Raises InvalidInput where that is nothing."""
    seen = np.isfinite(gbuffer.depth_z_m)
    face = seen & np.isin(gbuffer.region, _FACE_REGIONS)
    if not seen.any():
        raise InvalidInput("The scene's camera does not see the character. Turn it towards the face, then try again.")
    return gbuffer.anchor[face if face.any() else seen].mean(axis=0)
