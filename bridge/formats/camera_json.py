"""Where a picture was taken from, and at which moment of a clip, as a small JSON text beside or within the picture."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.camera import Camera
from ..errors import InvalidInput

_VERSION = 1
_KEYS = frozenset({"version", "camera_to_world", "fov_y_rad", "width", "height", "time_s"})


@dataclass(frozen=True, eq=False)
class Viewpoint:
    """A camera, and the moment of the clip at which it sees the character; None where that stands as at rest."""

    camera: Camera
    time_s: float | None = None


def viewpoint_text(viewpoint: Viewpoint) -> str:
    """JSON that `viewpoint_from_text` reads."""
    camera = viewpoint.camera
    values = {
        "version": _VERSION,
        "camera_to_world": camera.camera_to_world.tolist(),
        "fov_y_rad": camera.fov_y_rad,
        "width": camera.width,
        "height": camera.height,
        "time_s": viewpoint.time_s,
    }
    return json.dumps(values)


def viewpoint_from_text(text: str, source: str) -> Viewpoint:
    """Read a viewpoint. Raises InvalidInput, which names `source`, where the text is none."""
    try:
        values = json.loads(text)
        if not isinstance(values, dict) or values.get("version") != _VERSION or set(values) != _KEYS:
            raise ValueError(f"it needs exactly {', '.join(sorted(_KEYS))}, with version {_VERSION}")
        pose = np.array(values["camera_to_world"], np.float64)
        camera = Camera(pose, float(values["fov_y_rad"]), int(values["width"]), int(values["height"]))
        return Viewpoint(camera, None if values["time_s"] is None else float(values["time_s"]))
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidInput(f"{source} says where no camera can be ({error}). Make it anew with render-hero.") from error


def sidecar(picture: Path) -> Path:
    """Where a picture's viewpoint lies that the picture itself does not carry: hero.png -> hero.png.json."""
    return picture.with_name(f"{picture.name}.json")
