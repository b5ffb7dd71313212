"""What `render-train --finetune` learns from: a character's frames in its scene, by Cycles, and what they say of its look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..bridge.data import EMOTION_NAMES, Camera
from ..bridge.data.render_set import RenderFrame, RenderSet
from ..bridge.errors import InvalidInput
from ..bridge.formats import read_clip
from ..bridge.formats.render_set import write_render_set
from .blender_shot import face_centre, rendered_set
from .console import ReportProgress

if TYPE_CHECKING:
    from ..rendering.own_look import LitFrame, OwnLook

Views = Literal["around", "camera"]
_SET_FRAMES, _HEROES = 8, 3
_SIDE_PX, _PROBE_PX = 256, 128
_AZIMUTH_DEG, _ELEVATION_DEG = (-70.0, 70.0), (-15.0, 30.0)
_STEPS = (0.7548776662, 0.5698402910)
"""Of the sequence R2 (Roberts 2018): its points fill a square evenly, however many there are."""


@dataclass(frozen=True)
class CharacterScene:
    """count frames, evenly from the scene's first to last_frame. clip: what it performs; without one its own animation plays."""

    path: Path
    count: int
    last_frame: int
    clip: Path | None
    views: Views
    samples: int

    @property
    def numbers(self) -> list[int]:
        last = self.last_frame if self.clip is None else min(self.last_frame, read_clip(self.clip).frame_count)
        return [1 + int(index * last / self.count) for index in range(self.count)]


def rendered_sets(scene: CharacterScene, folder: Path, report: ReportProgress) -> None:
    """Render the frames as sets of a few, all with hero frames of their own. Sets that are there stay. Raises InvalidInput."""
    from ..rendering.data.sets import set_path

    parts = -(-scene.count // _SET_FRAMES)
    paths = [set_path(folder, part, "train") for part in range(parts)]
    if all(path.is_file() for path in paths):
        return
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    numbers = scene.numbers
    cameras = _cameras_around(scene, numbers[0]) if scene.views == "around" else ()
    for part, path in enumerate(paths):
        if path.is_file():
            continue
        # Frames of one set lie far apart in time and view.
        seen = cameras[part::parts]
        made = _rendered(
            scene,
            numbers[part::parts],
            seen,
            scene.samples,
            lambda share, stage, done=part: report((done + share) / parts, stage),
        )
        write_render_set(path, _with_heroes(made, _emotion(scene)))


def own_look(folder: Path) -> "OwnLook":
    """What all sets in a folder, of one character, say of its look. Raises InvalidInput."""
    from ..rendering.data import RenderSets
    from ..rendering.own_look import learnt_look

    return learnt_look([frame for made in RenderSets(folder, "train") for frame in _lit_frames(made)])


def _lit_frames(made: RenderSet) -> "Iterator[LitFrame]":
    from ..rendering.light import PreparedLight, light_buffers
    from ..rendering.own_look import LitFrame
    from ..rendering.training.prepare import head_m

    light = PreparedLight(made.light, head_m(made, made.frames[0]))
    for frame in made.frames:
        yield LitFrame(frame.truth, frame.gbuffer, light_buffers(frame.gbuffer, light))


def _cameras_around(scene: CharacterScene, first: int) -> list[Camera]:
    """Around the face, as far from it and with the angle of view of the scene's own camera."""
    from ..rendering.view import ViewPath

    probe = _rendered(scene, [first], (), 1, lambda share, stage: None, _PROBE_PX).frames[0].gbuffer
    centre = face_centre(probe)
    far_m, angle_deg = np.linalg.norm(probe.camera.position_m - centre), np.degrees(probe.camera.fov_y_rad)
    places = (0.5 + np.arange(scene.count)[:, None] * _STEPS) % 1.0
    azimuths, elevations = (
        low + share * (high - low) for share, (low, high) in zip(places.T, (_AZIMUTH_DEG, _ELEVATION_DEG), strict=True)
    )
    views = [
        f"0s:az={azimuth:.2f},el={elevation:.2f},dist={far_m:.4f},fov={angle_deg:.4f}"
        for azimuth, elevation in zip(azimuths, elevations, strict=True)
    ]
    return [ViewPath.parse(view).camera_at(0.0, centre, _SIDE_PX, _SIDE_PX) for view in views]


def _rendered(
    scene: CharacterScene,
    numbers: Sequence[int],
    cameras: Sequence[Camera],
    samples: int,
    report: ReportProgress,
    side_px: int = _SIDE_PX,
) -> RenderSet:
    job: dict[str, Any] = {
        "frames": list(numbers), "character": str(scene.path), "samples": samples, "resolution": [side_px, side_px],
    }  # fmt: skip
    if scene.clip is not None:
        job["clip"] = str(scene.clip)
    return rendered_set(job, cameras, report)


def _with_heroes(made: RenderSet, emotion: np.ndarray) -> RenderSet:
    """Some frames, seen from left, ahead and right, become hero frames, so that the mode look is fitted too."""
    if all(frame.gbuffer.is_empty for frame in made.frames):
        raise InvalidInput("The scene's camera does not see the character. Turn it towards the face, then try again.")
    order = sorted(range(len(made.frames)), key=lambda index: _azimuth_rad(made.frames[index]))
    chosen = {order[int((rank + 0.5) / _HEROES * len(order))] for rank in range(_HEROES)}
    frames = tuple(replace(frame, role="hero" if at in chosen else "view") for at, frame in enumerate(made.frames))
    return replace(made, split="train", emotion=emotion, frames=frames)


def _azimuth_rad(frame: RenderFrame) -> float:
    right, _, ahead = frame.gbuffer.camera.camera_to_world[:3, 2]
    return float(np.arctan2(right, ahead))


def _emotion(scene: CharacterScene) -> np.ndarray:
    """(8,): of the clip's beginning; neutral where nobody says."""
    from ..rendering.poses import ClipPoses

    if scene.clip is None:
        return np.eye(len(EMOTION_NAMES))[EMOTION_NAMES.index("neutral")]
    return ClipPoses(read_clip(scene.clip)).emotion(0.0)
