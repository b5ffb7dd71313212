"""A clip on a performer before a camera, rasterised without Blender."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..bridge.data import Camera, GBuffer, SceneLight
from ..bridge.errors import InvalidInput
from ..bridge.formats.open_human import load_open_human
from .gbuffer import Rasteriser, Stance, read_gltf
from .order import OPEN_HUMAN, RenderOrder
from .painting import Told
from .performers import GltfPerformer, OpenHumanPerformer, Performer
from .poses import REST, ClipPoses, Pose
from .references import Reference
from .sight import check_sight
from .view import ViewPath

GLTF_SUFFIXES = (".glb", ".gltf")


class ClipShot:
    """An OrderedShot; hold it as long as frames come, and `close` it."""

    def __init__(self, order: RenderOrder) -> None:
        """Raises InvalidInput where the character, the view, or what a camera would see is none."""
        self._performer = performer_of(order.character)
        self._poses, self._moments_s = ClipPoses(order.clip), order.moments_s
        self._cameras = cameras_of(order, self._performer.face_centre)
        self.fps, self.resolution = order.clip.fps, order.resolution
        self.light: SceneLight | None = order.light
        self._rasteriser = Rasteriser(self._performer.surface)
        self._last: tuple[int, Stance] | None = None
        translation = np.stack([self._pose(index).translation for index in range(self.frame_count)])
        check_sight(self._cameras, self._performer.vertices(REST), self._performer.surface.triangles, translation)

    @property
    def frame_count(self) -> int:
        return len(self._moments_s)

    def gbuffer(self, index: int) -> GBuffer:
        """Of one frame; what moved is told against the frame before, whether that was asked for or not."""
        before = None
        if index > 0:
            is_known = self._last is not None and self._last[0] == index - 1
            before = self._last[1] if is_known and self._last is not None else self._stance(index - 1)
        stance = self._stance(index)
        self._last = index, stance
        return self._rasteriser.gbuffer(stance, before)

    @property
    def face_centre(self) -> np.ndarray:
        return self._performer.face_centre

    def hero_gbuffer(self, reference: Reference) -> GBuffer:
        """What a hero frame shows: the character as it stands at that moment of the clip, or at rest."""
        pose = REST if reference.time_s is None else self._poses.at(reference.time_s)
        camera = reference_camera(reference, self.face_centre)
        return self._rasteriser.gbuffer(Stance(self._performer.vertices(pose), camera))

    def told(self, index: int) -> Told:
        pose = self._pose(index)
        emotion = self._poses.emotion(float(self._moments_s[index]))
        return Told(self._performer.head_to_world(pose), pose.blend_shapes, emotion)

    def close(self) -> None:
        self._rasteriser.close()

    def _pose(self, index: int) -> Pose:
        return self._poses.at(float(self._moments_s[index]))

    def _stance(self, index: int) -> Stance:
        return Stance(self._performer.vertices(self._pose(index)), self._cameras[index])


def performer_of(character: str) -> Performer:
    """The open human, or what a glTF file holds. Raises InvalidInput."""
    if character == OPEN_HUMAN:
        return OpenHumanPerformer(load_open_human())
    path = Path(character)
    if path.suffix.lower() not in GLTF_SUFFIXES or not path.is_file():
        raise InvalidInput(f"{character}: a character is open_human, or a .glb or .gltf file that is there.")
    return GltfPerformer(read_gltf(path))


def cameras_of(order: RenderOrder, face_centre: np.ndarray) -> Sequence[Camera]:
    """One camera a frame: as given, or laid around the face (3,) at rest."""
    width, height = order.resolution
    if order.cameras is not None:
        return [order.cameras.camera(index, width, height) for index in range(len(order.moments_s))]
    path = ViewPath.parse(order.view)
    return [path.camera_at(float(time_s), face_centre, width, height) for time_s in order.moments_s]


def reference_camera(reference: Reference, face_centre: np.ndarray) -> Camera:
    """From where a hero frame was taken: as it carries it, or as its angles around the face say."""
    if reference.viewpoint is not None:
        return reference.viewpoint.camera
    height, width = reference.picture.alpha.shape
    return ViewPath.parse(f"0s:{reference.view}").camera_at(0.0, face_centre, width, height)
