"""Hero frames: finished pictures of the character that give its look, and from where each was taken."""

from dataclasses import dataclass
from pathlib import Path

from ..bridge.data.camera import Camera
from ..bridge.errors import InvalidInput
from ..bridge.formats.camera_json import Viewpoint, sidecar, viewpoint_from_text
from .pictures import Picture, read_picture

MAX_REFERENCES = 3
_HOW = "Give it as hero.png@az=20,el=5 (degrees), or make the picture with `vivavoce render-hero` or Blender's Re-render panel."


@dataclass(frozen=True, eq=False)
class Reference:
    """A hero frame.

    viewpoint: from where and when; None where `view` says it instead. view: an orbit's keys, such as
    az=20,el=5, to be laid around the character.
    """

    name: str
    picture: Picture
    viewpoint: Viewpoint | None
    view: str = ""
    time_s: float | None = None


def read_reference(text: str) -> Reference:
    """The hero frame that `hero.png` or `hero.png@az=20,el=5,t=1.5` names; t is a moment of the clip in seconds.

    Without @ the picture carries its viewpoint, or hero.png.json beside it does. Raises InvalidInput where nothing says it.
    """
    path, view, time_s = _parts(text)
    picture = read_picture(path)
    if view:
        return Reference(path.name, picture, None, view, time_s)
    beside = sidecar(path)
    carried = beside.read_text(encoding="utf-8") if beside.is_file() else picture.text
    if carried is None:
        raise InvalidInput(f"{path} does not say from where it was taken. {_HOW}")
    viewpoint = viewpoint_from_text(carried, path.name)
    check_size(path.name, picture, viewpoint.camera)
    return Reference(path.name, picture, viewpoint, time_s=viewpoint.time_s)


def read_references(texts: tuple[str, ...]) -> list[Reference]:
    """All hero frames. Raises InvalidInput where there are more than three, or as `read_reference` does."""
    if len(texts) > MAX_REFERENCES:
        raise InvalidInput(f"At most {MAX_REFERENCES} hero frames are used, not {len(texts)}. Keep those farthest apart.")
    return [read_reference(text) for text in texts]


def check_size(name: str, picture: Picture, camera: Camera) -> None:
    """Raises InvalidInput where a picture is not of its camera's size."""
    height, width = picture.alpha.shape
    if (width, height) != (camera.width, camera.height):
        raise InvalidInput(
            f"{name} is {width} x {height} pixels and its camera {camera.width} x {camera.height}. "
            "Give the picture as it was rendered, neither cut nor scaled."
        )


def _parts(text: str) -> tuple[Path, str, float | None]:
    """The file, the orbit's keys and the moment. File names may hold an @ of their own."""
    name, separator, keys = text.rpartition("@")
    if not separator or "=" not in keys:
        return Path(text), "", None
    pairs = {key: value for key, _, value in (pair.partition("=") for pair in keys.split(","))}
    moment = pairs.pop("t", None)
    try:
        time_s = None if moment is None else float(moment.removesuffix("s"))
    except ValueError as error:
        raise InvalidInput(f"{text}: the moment t={moment} is no number of seconds.") from error
    if not pairs:
        raise InvalidInput(f"{text}: say from where the picture was taken, such as {name}@az=20,el=5.")
    return Path(name), ",".join(f"{key}={value}" for key, value in pairs.items()), time_s
