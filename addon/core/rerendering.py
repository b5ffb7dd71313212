"""A re-rendering as the worker is asked for it: options as JSON, and the files that go with them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...bridge.errors import InvalidInput
from ...bridge.formats.camera_json import sidecar
from ...bridge.formats.render_bundle import CameraPath, RenderBundle

CLIP_NAME, LIGHT_NAME, CHARACTER_NAME = "clip.npz", "light.npz", "character.glb"
"""What the worker calls the files of a job; the open human needs none of its own."""


def render_options(settings: Mapping[str, Any], size: tuple[int, int], heroes: Sequence[Path]) -> dict[str, Any]:
    """Options of the worker's job `render`. settings: the properties of a re-rendering by name."""
    options: dict[str, Any] = {
        "mode": settings["mode"],
        "quality": settings["quality"],
        "resolution": list(size),
        "picture_format": settings["picture_format"],
        "references": [hero_name(index, path) for index, path in enumerate(heroes)],
    }
    if settings["camera"] == "ORBIT":
        azimuth_deg, elevation_deg = np.degrees([settings["azimuth"], settings["elevation"]])
        options["view"] = f"0s:az={azimuth_deg:.4f},el={elevation_deg:.4f}"
    return options


def render_bundle(
    files: Mapping[str, bytes], heroes: Sequence[Path], cameras: CameraPath | None, times_s: np.ndarray
) -> RenderBundle:
    """files: by the names above; hero frames with their viewpoints, cameras, and the moments to render. Raises InvalidInput."""
    files = dict(files)
    for index, path in enumerate(heroes):
        if not path.is_file():
            raise InvalidInput(f"There is no hero frame at {path}. Render one, or choose another.")
        files[hero_name(index, path)] = path.read_bytes()
        if sidecar(path).is_file():
            files[sidecar(Path(hero_name(index, path))).name] = sidecar(path).read_bytes()
    return RenderBundle(files, np.asarray(times_s, np.float64), cameras)


def hero_name(index: int, path: Path) -> str:
    """What a hero frame is called on its way."""
    return f"hero{index + 1}{path.suffix.lower()}"
