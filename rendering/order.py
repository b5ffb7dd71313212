"""An order to render a clip: checked as a whole before the first frame, then a shot and what paints it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from ..bridge.data import MotionClip, SceneLight
from ..bridge.errors import InvalidInput
from ..bridge.formats.render_bundle import CameraPath
from ..bridge.protocol import VERSION
from .references import Reference
from .render import Mode

Quality = Literal["draft", "normal", "best"]
STEPS: dict[str, int] = {"draft": 0, "normal": 1, "best": 4}
"""Of the diffusion, by quality; none is the analytic base alone."""
Upscaling = Literal["none", "photo", "quick"]
OPEN_HUMAN = "open_human"
BUNDLED_MODEL = "bundled"
NO_MODEL = "none"
DEFAULT_VIEW = "0s:az=20,el=3"
_SMALLEST_PX, _LARGEST_PX = 32, 4096


@dataclass(frozen=True, eq=False)
class RenderOrder:
    """clip on character (open_human, or a file) as cameras see it; None lays `view` around the character instead.

    times_s (F,): moments of the clip; None is all its samples. model: bundled, none for the analytic base alone, or a folder
    with weights. resolution: width and height in pixels, before upscaling. Raises InvalidInput.
    """

    clip: MotionClip
    references: Sequence[Reference] = ()
    character: str = OPEN_HUMAN
    mode: Mode = "look"
    light: SceneLight | None = None
    view: str = DEFAULT_VIEW
    cameras: CameraPath | None = None
    times_s: np.ndarray | None = None
    resolution: tuple[int, int] = (512, 512)
    quality: Quality = "normal"
    model: str = BUNDLED_MODEL
    upscale: Upscaling = "none"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, choices in (("mode", get_args(Mode)), ("quality", tuple(STEPS)), ("upscale", get_args(Upscaling))):
            if getattr(self, name) not in choices:
                raise InvalidInput(f"The {name} must be one of {', '.join(choices)}, not {getattr(self, name)!r}.")
        if not all(_SMALLEST_PX <= size <= _LARGEST_PX for size in self.resolution):
            raise InvalidInput(
                f"Width and height must lie between {_SMALLEST_PX} and {_LARGEST_PX} pixels, not {self.resolution}."
            )
        if not len(self.moments_s):
            raise InvalidInput("There are 0 frames to render: the clip is empty, or the range lies outside it.")
        if self.cameras is not None and len(self.cameras.fov_y_rad) != len(self.moments_s):
            raise InvalidInput(f"{len(self.cameras.fov_y_rad)} cameras were given for {len(self.moments_s)} frames.")
        if self.mode == "look" and not self.references:
            raise InvalidInput("The mode look takes the character's look from a hero frame: give one with --reference.")

    @property
    def moments_s(self) -> np.ndarray:
        return self.clip.times_s if self.times_s is None else self.times_s

    @property
    def fingerprint(self) -> str:
        """A digest of all that decides how the frames look."""
        digest = hashlib.sha256(VERSION.encode())
        settings = (self.mode, self.view, self.resolution, self.quality, self.model, self.upscale, self.seed, self.clip.fps)
        digest.update(repr(settings).encode())
        for path in (Path(self.character), Path(self.model)):
            digest.update(_content(path))
        for values in self._arrays():
            digest.update(repr(values.shape).encode() + np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()

    def _arrays(self) -> list[np.ndarray]:
        arrays = [self.moments_s, self.clip.translation()]
        for layer in self.clip.layers:
            arrays += [np.array(layer.blend_shape_names), layer.blend_shape_weights]
            arrays += [np.array(layer.joint_names), layer.joint_rotations]
        for reference in self.references:
            arrays += [reference.picture.colour, np.array(reference.view), np.array(reference.time_s or 0.0)]
            if reference.viewpoint is not None:
                arrays += [reference.viewpoint.camera.camera_to_world, np.array(reference.viewpoint.camera.fov_y_rad)]
        if self.cameras is not None:
            arrays += [self.cameras.camera_to_world, self.cameras.fov_y_rad]
        if self.light is not None:
            arrays += [self.light.environment]
            arrays += [values for lamp in self.light.lamps for values in (lamp.lamp_to_world, lamp.strength, np.array(lamp.size))]
        return arrays


def _content(path: Path) -> bytes:
    """The digest of a file, or of a folder's files by name; nothing where neither is."""
    if path.is_dir():
        return b"".join(name.name.encode() + _content(name) for name in sorted(path.iterdir()) if name.is_file())
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
