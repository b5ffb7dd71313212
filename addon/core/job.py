"""The job that `addon/headless.py` carries out, as read from its JSON file."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from ...bridge.errors import InvalidInput

OUTPUT_FORMATS = ("blend", "glb", "fbx", "usd", "mp4")
OPEN_HUMAN = "open_human"
_CHOICES = {"device": ("auto", "cpu", "gpu"), "engine": ("auto", "cycles", "eevee", "workbench")}


@dataclass(frozen=True)
class HeadlessJob:
    """Put a clip on a character and write files."""

    clip: Path
    """The npz file of the MotionClip."""
    outputs: Mapping[str, Path]
    """Format (blend, glb, fbx, usd, mp4) -> file to write."""
    audio: Path | None = None
    """The recording; without it the movie is silent."""
    character: str = OPEN_HUMAN
    """open_human, or a .blend, .glb or .gltf file with ARKit shape keys."""
    resolution: tuple[int, int] = (1280, 720)
    """Width and height of the movie in pixels."""
    device: str = "auto"
    """Where Cycles renders: auto takes a GPU if there is one that Blender can use."""
    engine: str = "auto"
    """cycles, eevee or workbench (quick and plain); auto is Cycles."""
    samples: int | None = None
    """Samples per pixel; without it, few where the processor renders and many where a GPU does."""
    layers: bool = True
    """One NLA track per layer; otherwise one flat Action."""

    def __post_init__(self) -> None:
        unknown = [name for name in self.outputs if name not in OUTPUT_FORMATS]
        if unknown or not self.outputs:
            raise InvalidInput(
                f"No output is called {', '.join(unknown) or 'nothing'}. Choose from: {', '.join(OUTPUT_FORMATS)}."
            )
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise InvalidInput(f"{name} must be one of {', '.join(choices)}, not {getattr(self, name)!r}.")
        if len(self.resolution) != 2 or any(size % 2 or not 16 <= size <= 8192 for size in self.resolution):
            raise InvalidInput(f"Width and height must be even and lie between 16 and 8192 pixels, not {self.resolution}.")
        if self.samples is not None and not 1 <= self.samples <= 65536:
            raise InvalidInput(f"The samples per pixel must lie between 1 and 65536, not {self.samples}.")


@dataclass(frozen=True)
class RenderSetsJob:
    """Render sets of frames for the neural renderer to learn from."""

    render_sets: tuple[Path, ...]
    """The files of their plans, as `bridge.data.render_plan` writes them."""


@dataclass(frozen=True)
class ReadRigJob:
    """Write what a character's meshes, shape keys and bones are, for those who cannot open Blender's files."""

    read_rig: Path
    """The character: a .blend, .glb, .gltf or .fbx file."""
    rig: Path
    """The npz to write, as `bridge.rigs.geometry_file` reads it."""


@dataclass(frozen=True)
class SceneFramesJob:
    """Render frames of a character in its scene, with all that a renderer may know of them, into one file (RenderSet)."""

    out: Path
    """The file to write."""
    frames: tuple[int, ...]
    """Of the scene; 1 is the clip's first sample."""
    character: str = OPEN_HUMAN
    """open_human, or a .blend, .glb, .gltf or .fbx file with ARKit shape keys."""
    clip: Path | None = None
    """The npz file of the MotionClip; without it the scene's own animation plays."""
    cameras: Path | None = None
    """An npz with camera_to_world (F, 4, 4) in SMPL-X's axes and fov_y_rad (F,), one a frame; without it the scene's camera."""
    resolution: tuple[int, int] = (256, 256)
    """Width and height in pixels."""
    samples: int = 64
    """Per pixel of the truth, which is denoised."""
    device: str = "auto"
    """Where Cycles renders: auto takes a GPU if there is one that Blender can use."""

    def __post_init__(self) -> None:
        if not self.frames:
            raise InvalidInput("The job names no frames.")
        if self.device not in _CHOICES["device"]:
            raise InvalidInput(f"device must be one of {', '.join(_CHOICES['device'])}, not {self.device!r}.")
        if len(self.resolution) != 2 or not all(16 <= size <= 8192 for size in self.resolution):
            raise InvalidInput(f"Width and height must lie between 16 and 8192 pixels, not {self.resolution}.")
        if not 1 <= self.samples <= 65536:
            raise InvalidInput(f"The samples per pixel must lie between 1 and 65536, not {self.samples}.")


AnyJob = HeadlessJob | RenderSetsJob | ReadRigJob | SceneFramesJob


def job_from_json(text: str) -> AnyJob:
    """Read a job. Raises InvalidInput where a key is unknown, missing or of the wrong kind."""
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"The job is not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise InvalidInput("The job must be a JSON object.")
    if "render_sets" in values:
        return _render_sets_job(values)
    if "read_rig" in values:
        return _read_rig_job(values)
    kind = SceneFramesJob if "frames" in values else HeadlessJob
    if unknown := sorted(set(values) - {item.name for item in fields(kind)}):
        raise InvalidInput(
            f"The job has unknown keys: {', '.join(unknown)}. Known are: {', '.join(sorted(item.name for item in fields(kind)))}."
        )
    if missing := sorted({item.name for item in fields(kind) if item.default is MISSING} - set(values)):
        raise InvalidInput(f"The job lacks: {', '.join(missing)}.")
    return kind(**{name: _value(name, value) for name, value in values.items()})


def _render_sets_job(values: Mapping[str, Any]) -> RenderSetsJob:
    paths = values["render_sets"]
    if len(values) > 1 or not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise InvalidInput("A job that renders sets holds `render_sets` alone: a list of files.")
    return RenderSetsJob(tuple(Path(path) for path in paths))


def _read_rig_job(values: Mapping[str, Any]) -> ReadRigJob:
    if set(values) != {"read_rig", "rig"} or not all(isinstance(path, str) for path in values.values()):
        raise InvalidInput("A job that reads a rig holds two paths: `read_rig`, the character, and `rig`, the npz to write.")
    return ReadRigJob(Path(values["read_rig"]), Path(values["rig"]))


def _value(name: str, value: Any) -> Any:
    """A JSON value as the field wants it."""
    match name, value:
        case "clip" | "audio" | "out" | "cameras", str():
            return Path(value)
        case "outputs", dict() if all(isinstance(path, str) for path in value.values()):
            return {key: Path(path) for key, path in value.items()}
        case "resolution", [int() as width, int() as height]:
            return width, height
        case (("character" | "device" | "engine"), str()):
            return value
        case "frames", list() if all(isinstance(frame, int) for frame in value):
            return tuple(value)
        case (("audio" | "samples" | "cameras" | "clip"), None):
            return None
        case ("samples", int()) | ("layers", bool()):
            return value
    raise InvalidInput(f"The job's {name} cannot be {value!r}.")
