"""From an order to a film: everything is read and checked first, then frames come one by one."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..bridge.data import Camera
from ..bridge.errors import InvalidInput
from ..bridge.formats.camera_json import Viewpoint
from ..bridge.formats.open_human import load_open_human
from .clip_shot import ClipShot
from .conditioning import HeroFrame
from .order import BUNDLED_MODEL, NO_MODEL, STEPS, RenderOrder
from .painting import Network, Painter, Renderer
from .performers import OpenHumanPerformer, Performer
from .poses import REST, ClipPoses
from .references import Reference
from .render import Enlarge, Film, ReportProgress, frame_folder, render_film
from .resources import check_memory
from .sight import check_sight
from .view import ViewPath

OPEN_HUMAN = "open_human"
_BASE_BYTES, _NETWORK_BYTES = 0.35e9, 0.9e9
_BYTES_A_PIXEL = 1.7e3
_NETWORK_BYTES_A_PIXEL = 6.0e3


def render_order(order: RenderOrder, film: Film, report: ReportProgress) -> None:
    """Render the film, or what an earlier run has left of it. Raises InvalidInput, ModelMissing before the first frame."""
    check_memory(needed_bytes(order), f"A picture of {order.resolution[0]} x {order.resolution[1]}", "Render it smaller.")
    performer, poses = performer_of(order.character), ClipPoses(order.clip)
    camera_at = cameras_of(order, performer)
    with closing(ClipShot(performer, poses, order.moments_s, order.clip.fps, camera_at)) as shot:
        film = _enlarged(film, order)
        frame_folder(shot, film)
        _check_cameras(shot, performer)
        enlarge = _enlarger(order)
        report(0.0, "reading the hero frames")
        heroes = [hero_frame(reference, shot, performer, poses) for reference in order.references]
        network = Network(renderer_of(order), STEPS[order.quality], order.seed)
        paint = Painter(order.mode, heroes, order.light, shot.told, network)
        render_film(shot, paint, film, report, enlarge)


def performer_of(character: str) -> Performer:
    """The open human, or what a glTF file holds. Raises InvalidInput."""
    if character == OPEN_HUMAN:
        return OpenHumanPerformer(load_open_human())
    raise InvalidInput(f"{character}: a character is open_human, or a .glb or .gltf file.")


def cameras_of(order: RenderOrder, performer: Performer) -> Callable[[int], Camera]:
    """The camera of a frame's index: as given, or laid around the face at rest."""
    width, height = order.resolution
    if order.cameras is not None:
        given = order.cameras
        return lambda index: given.camera(index, width, height)
    path = ViewPath.parse(order.view)
    cameras = [path.camera_at(float(time_s), performer.face_centre, width, height) for time_s in order.moments_s]
    return cameras.__getitem__


def hero_frame(reference: Reference, shot: ClipShot, performer: Performer, poses: ClipPoses) -> HeroFrame:
    """A reference with what it shows: the character as it stands at that moment of the clip, or at rest. Raises InvalidInput."""
    picture = reference.picture
    pose = REST if reference.time_s is None else poses.at(reference.time_s)
    if reference.viewpoint is None:
        height, width = picture.alpha.shape
        viewpoint = Viewpoint(ViewPath.parse(f"0s:{reference.view}").camera_at(0.0, performer.face_centre, width, height))
    else:
        viewpoint = reference.viewpoint
    gbuffer = shot.hero_gbuffer(viewpoint.camera, pose)
    if gbuffer.is_empty:
        raise InvalidInput(f"{reference.name} does not show the character from where it says it was taken.")
    return HeroFrame(picture.colour, gbuffer)


def renderer_of(order: RenderOrder) -> Renderer | None:
    """The network that the order names. Raises ModelMissing, or InvalidInput where its files are damaged."""
    if order.model == NO_MODEL:
        return None
    from .models.renderer import BUNDLED_WEIGHTS
    from .models.renderer import Renderer as Trained

    return Trained.from_folder(BUNDLED_WEIGHTS if order.model == BUNDLED_MODEL else Path(order.model))


def needed_bytes(order: RenderOrder) -> float:
    """About how much memory the order takes; measured, and rounded up."""
    pixels = float(np.prod(order.resolution))
    heroes = sum(float(reference.picture.alpha.size) for reference in order.references)
    has_network = order.model != NO_MODEL
    a_pixel = _BYTES_A_PIXEL + has_network * _NETWORK_BYTES_A_PIXEL
    return _BASE_BYTES + has_network * _NETWORK_BYTES + a_pixel * max(pixels, heroes)


def _check_cameras(shot: ClipShot, performer: Performer) -> None:
    cameras: Sequence[Camera] = [shot.camera(index) for index in range(shot.frame_count)]
    translation = np.stack([shot.pose(index).translation for index in range(shot.frame_count)])
    check_sight(cameras, performer.vertices(REST), performer.surface.triangles, translation)


def _enlarged(film: Film, order: RenderOrder) -> Film:
    from .upscaling.upscale import FACTOR

    return film if order.upscale == "none" else replace(film, enlargement=FACTOR)


def _enlarger(order: RenderOrder) -> Enlarge | None:
    """Raises ModelMissing where the package that carries the weights is absent."""
    if order.upscale == "none":
        return None
    from .upscaling.upscale import upscaler

    return upscaler(order.upscale)
