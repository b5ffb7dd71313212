"""A clip on a character in Blender: what Cycles' passes tell of its frames, some at a time, with a pass of one sample each."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..bridge.data import REGION_NAMES, Camera, GBuffer, MotionClip, SceneLight
from ..bridge.data.render_set import RenderFrame, RenderSet
from ..bridge.errors import InvalidInput
from ..bridge.formats import write_clip
from ..bridge.formats.render_set import read_render_set
from ..bridge.formats.safe_npz import write_arrays
from ..rendering.accumulation import with_shared_samples
from ..rendering.clip_shot import ClipShot, cameras_of, reference_camera
from ..rendering.order import OPEN_HUMAN, RenderOrder
from ..rendering.painting import Told
from ..rendering.poses import REST, ClipPoses, posed_clip
from ..rendering.references import Reference
from .blender_job import carry_out
from .console import ReportProgress

_LEAST_CHUNK, _CHUNK_PX = 8, 2_200_000
"""Frames of one Blender, and pixels where frames are small: more would fill memory, fewer would mostly start programs."""
_PROBE_PX = 128
_SAME_SPOT_M = 0.002
_FACE_REGIONS = [REGION_NAMES.index(name) for name in ("lips", "eyes", "mouth")]


class BlenderShot:
    """An OrderedShot of any character that Blender opens; of the open human, what lies at a pixel is drawn without it."""

    def __init__(self, order: RenderOrder, has_scene_camera: bool = False) -> None:
        """has_scene_camera: the scene's own camera sees it, not the order's. Raises InvalidInput, and what the job raises."""
        if order.light is not None and order.mode == "boost":
            raise InvalidInput("The mode boost is lit by Blender's scene: leave out --light, or use the mode scene.")
        self._drawn = ClipShot(order) if order.character == OPEN_HUMAN else None
        self._character, self._poses = order.character, ClipPoses(order.clip)
        self._moments_s = order.moments_s
        self._clip = posed_clip([self._poses.at(float(time_s)) for time_s in self._moments_s], order.clip.fps)
        self.fps, self.resolution, self.frame_count = order.clip.fps, order.resolution, len(order.moments_s)
        self._probe = self._rendered(self._clip, [0], None, (_PROBE_PX, _PROBE_PX))
        self.light: SceneLight | None = order.light or self._probe.light
        self.face_centre = self._drawn.face_centre if self._drawn else face_centre(self._probe.frames[0].gbuffer)
        self._cameras = None if has_scene_camera else cameras_of(order, self.face_centre)
        self._start, self._chunk = -1, self._probe
        self._gbuffers: list[GBuffer] = []

    def gbuffer(self, index: int) -> GBuffer:
        """Of one frame; whole chunks are rendered and share their samples, so that a frame is the same whichever was asked for
        before."""
        self._frame(index)
        return self._gbuffers[index - self._start]

    def hero_gbuffer(self, reference: Reference) -> GBuffer:
        """What a hero frame shows: the character at that moment of the clip, or at rest."""
        if self._drawn:
            return self._drawn.hero_gbuffer(reference)
        camera = reference_camera(reference, self.face_centre)
        pose = REST if reference.time_s is None else self._poses.at(reference.time_s)
        made = self._rendered(posed_clip([pose], self.fps), [0], [camera], (camera.width, camera.height))
        return made.frames[0].gbuffer

    def told(self, index: int) -> Told:
        frame = self._probe.frames[0] if index == 0 else self._frame(index)
        return Told(frame.head_to_world, frame.blend_shapes, self._poses.emotion(float(self._moments_s[index])))

    def close(self) -> None:
        if self._drawn:
            self._drawn.close()

    def _frame(self, index: int) -> RenderFrame:
        count = frames_at_once(self.resolution)
        start = index // count * count
        if start != self._start:
            indices = range(start, min(start + count, self.frame_count))
            cameras = None if self._cameras is None else [self._cameras[number] for number in indices]
            self._chunk, self._start = self._rendered(self._clip, indices, cameras, self.resolution), start
            gbuffers = [frame.gbuffer for frame in self._chunk.frames]
            if self._drawn:
                gbuffers = [
                    cleared(gbuffer, self._drawn.gbuffer(number)) for number, gbuffer in zip(indices, gbuffers, strict=True)
                ]
            self._gbuffers = with_shared_samples(gbuffers)
        return self._chunk.frames[index - self._start]

    def _rendered(
        self, clip: MotionClip, indices: Sequence[int], cameras: Sequence[Camera] | None, size: tuple[int, int]
    ) -> RenderSet:
        """The frames at some of a clip's samples."""
        with tempfile.TemporaryDirectory(prefix="vivavoce-") as name:
            path = Path(name) / "clip.npz"
            write_clip(clip, path)
            job = {
                "frames": [1 + index for index in indices], "clip": str(path), "character": self._character,
                "resolution": list(size), "samples": 1,
            }  # fmt: skip
            made = rendered_set(job, cameras or (), lambda share, stage: None)
        # A scene of the artist's keeps its rate, and frames are counted by it.
        late_s = [abs(index / self.fps - frame.time_s) for index, frame in zip(indices, made.frames, strict=True)]
        if max(late_s) > 0.5 / self.fps:
            raise InvalidInput("The scene has another frame rate than the clip. Give `speak` the scene's with --fps.")
        return made


def cleared(traced: GBuffer, drawn: GBuffer) -> GBuffer:
    """A pass of one sample, ragged at edges and strands, with the means over each pixel that are drawn of the same spot."""
    same = (traced.region == drawn.region) & (np.linalg.norm(traced.anchor - drawn.anchor, axis=-1) < _SAME_SPOT_M)
    told = {}
    for name in ("albedo", "normal", "roughness", "alpha"):
        mean = getattr(drawn, name)
        told[name] = np.where(same if mean.ndim == same.ndim else same[..., None], mean, getattr(traced, name))
    return replace(traced, **told)


def frames_at_once(resolution: tuple[int, int]) -> int:
    """How many frames one Blender renders."""
    return max(_LEAST_CHUNK, _CHUNK_PX // (resolution[0] * resolution[1]))


def rendered_set(job: Mapping[str, Any], cameras: Sequence[Camera], report: ReportProgress) -> RenderSet:
    """What Blender renders of a character. job: a SceneFramesJob without its files; cameras: one a frame, or the scene's own."""
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as name:
        folder = Path(name)
        files = {"out": str(folder / "set.npz")}
        if cameras:
            poses, angles = [camera.camera_to_world for camera in cameras], [camera.fov_y_rad for camera in cameras]
            files["cameras"] = str(folder / "cameras.npz")
            write_arrays(folder / "cameras.npz", {"camera_to_world": np.array(poses), "fov_y_rad": np.array(angles)})
        carry_out({**job, **files}, report)
        return read_render_set(folder / "set.npz")


def face_centre(gbuffer: GBuffer) -> np.ndarray:
    """(3,): the middle of lips and eyes at rest, or of all that is seen. Raises InvalidInput where that is nothing."""
    seen = np.isfinite(gbuffer.depth_z_m)
    face = seen & np.isin(gbuffer.region, _FACE_REGIONS)
    if not seen.any():
        raise InvalidInput("The scene's camera does not see the character. Turn it towards the face, then try again.")
    return gbuffer.anchor[face if face.any() else seen].mean(axis=0)
