"""The worker's job `render`: options as JSON, the clip, hero frames and cameras as a bundle; frames come back as one npz."""

import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..bridge.data import SceneLight
from ..bridge.errors import InvalidInput, ModelMissing
from ..bridge.formats import read_npz
from ..bridge.formats.render_bundle import unpacked_bundle, write_rendered
from ..bridge.formats.scene_light import read_scene_light
from ..bridge.jobs import JobFiles, JobKind, ReportProgress

_CLIP_NAME, _CHARACTER_NAME, _LIGHT_NAME = "clip.npz", "character.glb", "light.npz"


@dataclass(frozen=True)
class RenderOptions:
    """How a clip is rendered. The job's input is an npz that RenderBundle.arrays makes."""

    mode: Literal["look", "scene"] = "look"
    """What is known of the light: hero frames alone show it, or the bundle's light.npz says it."""
    references: tuple[str, ...] = ()
    """The bundle's hero frames: hero1.png, with hero1.png.json or @az=20,el=5,t=1.5."""
    view: str = "0s:az=20,el=3"
    """Where the camera is, keyed in seconds, where the bundle has no cameras."""
    resolution: tuple[int, int] = (512, 512)
    """Width and height in pixels, before upscaling."""
    quality: Literal["draft", "normal", "best"] = "normal"
    """How many steps the network takes."""
    model: Literal["bundled", "none"] = "bundled"
    """Who paints: the bundled network, or the analytic base alone."""
    upscale: Literal["none", "photo", "quick"] = "none"
    """Four times as many pixels a side by Real-ESRGAN."""
    picture_format: Literal["png", "exr"] = "png"
    """How frames come back."""
    seed: int = 0
    """Of the network's noise."""

    def __post_init__(self) -> None:
        for name in self.references:
            if Path(name.partition("@")[0]).name != name.partition("@")[0]:
                raise InvalidInput(f"A hero frame is named by its name in the bundle, not {name[:80]!r}.")


def render_kind() -> JobKind:
    return JobKind("render", "a performance becomes pictures", RenderOptions, render, warm_up=import_rendering)


def render(options: RenderOptions, files: JobFiles, report: ReportProgress) -> None:
    """Write the frames. Raises what an order and its rendering raise, ModelMissing without the packages for it."""
    assert files.input is not None
    try:
        from ..rendering.clip_film import check_order, fitting_processes, render_order
        from ..rendering.clip_shot import ClipShot
        from ..rendering.order import OPEN_HUMAN, RenderOrder
        from ..rendering.references import read_references
        from ..rendering.render import Film
        from .blender_shot import BlenderShot
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed beside the server. Install it with pip install 'vivavoce[rendering]'."
        raise ModelMissing(message) from error
    with tempfile.TemporaryDirectory(prefix="render-", dir=files.output.parent) as name:
        folder = Path(name)
        times_s, cameras = unpacked_bundle(files.input, folder)
        if not (folder / _CLIP_NAME).is_file():
            raise InvalidInput(f"The render job's input lacks {_CLIP_NAME}.")
        given = folder / _CHARACTER_NAME
        order = RenderOrder(
            read_npz(folder / _CLIP_NAME), read_references(tuple(str(folder / item) for item in options.references)),
            str(given) if given.is_file() else OPEN_HUMAN, options.mode, _light(folder), options.view, cameras, times_s,
            options.resolution, options.quality, options.model, options.upscale, options.seed,
        )  # fmt: skip
        film = Film(folder / "frames", order.fingerprint, suffix=options.picture_format)
        check_order(order)
        with closing(ClipShot(order) if order.character == OPEN_HUMAN else BlenderShot(order)) as shot:
            render_order(order, shot, film, report, fitting_processes(order))
        write_rendered(sorted(film.out.glob(f"*.{options.picture_format}")), files.output)


def import_rendering() -> None:
    """Import what takes seconds."""
    from ..rendering import clip_film as clip_film


def _light(folder: Path) -> SceneLight | None:
    return read_scene_light(folder / _LIGHT_NAME) if (folder / _LIGHT_NAME).is_file() else None
