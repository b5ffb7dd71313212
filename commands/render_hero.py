"""`vivavoce render-hero`: a finished picture of the open human by Cycles, which says from where it was taken."""

from dataclasses import dataclass
from pathlib import Path

import tyro

from ..bridge.errors import InvalidInput
from ..bridge.formats import read_clip
from ..bridge.formats.camera_json import Viewpoint, viewpoint_text
from ..bridge.formats.scene_light import write_scene_light
from .console import STDOUT, progress_bar
from .traced import TracedFrame, picture_light, traced


@dataclass(frozen=True)
class RenderHero:
    """Options of `vivavoce render-hero`."""

    clip: tyro.conf.Positional[Path]
    """The performance that is to be re-rendered."""
    out: Path
    """The picture to write: .png, or .exr in linear light."""
    view: str = "az=20,el=3"
    """From where: az and el in degrees, as in `render --view`."""
    time_s: float = 0.0
    """The moment of the clip."""
    light: str = "interior"
    """One of Blender's studio lights: city, courtyard, forest, interior, night, studio, sunrise, sunset."""
    level: float = 0.8
    """The mean radiance of that light."""
    turn_deg: float = 0.0
    """How far the light is turned about the vertical."""
    side: int = 512
    """Of the square picture, in pixels."""
    samples: int = 64
    """Per pixel, then denoised."""
    save_light: Path | None = None
    """Where the light is kept as npz, for `render --mode scene --light`."""

    def __post_init__(self) -> None:
        if self.out.suffix.lower() not in (".png", ".exr"):
            raise InvalidInput(f"{self.out}: a hero frame is a .png or an .exr.")
        if not (16 <= self.side <= 4096 and self.samples >= 1):
            raise InvalidInput("A hero frame has 16 to 4096 pixels a side and at least one sample.")


def run(config: RenderHero) -> None:
    """Render and write. Raises InvalidInput, and ModelMissing where there is no Blender."""
    from ..rendering.clip_shot import performer_of
    from ..rendering.order import OPEN_HUMAN
    from ..rendering.pictures import Picture, write_picture
    from ..rendering.poses import ClipPoses
    from ..rendering.view import ViewPath

    clip = read_clip(config.clip)
    performer, pose = performer_of(OPEN_HUMAN), ClipPoses(clip).at(config.time_s)
    camera = ViewPath.parse(f"0s:{config.view}").camera_at(0.0, performer.face_centre, config.side, config.side)
    light = picture_light(config.light, config.level, config.turn_deg)
    with progress_bar() as report:
        made = traced([TracedFrame(config.time_s, pose, pose, camera, camera)], light, config.samples, report)
    frame = made.frames[0]
    text = viewpoint_text(Viewpoint(camera, config.time_s))
    write_picture(config.out, Picture(frame.truth, frame.gbuffer.alpha, text))
    if config.save_light is not None:
        write_scene_light(made.light, config.save_light)
    STDOUT.print(f"{config.out}: {config.side} x {config.side}, {config.samples} samples")
