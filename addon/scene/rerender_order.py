"""What the artist asks to be re-rendered, taken from the scene when it is asked for: names and values alone."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...bridge.errors import InvalidInput
from ...bridge.formats import write_npz
from ...bridge.formats.scene_light import write_scene_light
from ..core.packing import unpacked_clip
from ..core.rerendering import CHARACTER_NAME, CLIP_NAME, LIGHT_NAME, render_bundle, render_options
from . import compat, takes
from .character import Character
from .export import export_frames
from .lights import scene_light
from .open_human import is_open_human
from .rerendering import camera_path, picture_size

STILL_HEIGHT = 192
"""Of the preview, pixels: a base without a network is made in a fraction of a second."""


@dataclass(frozen=True, eq=False)
class RerenderOrder:
    """One job, and what becomes of its frames."""

    owner: int | str
    options: dict[str, Any]
    arrays: dict[str, np.ndarray]
    frame_start: int
    folder: Path
    stem: str


def order_of(character: Character) -> RerenderOrder:
    """The range that the character's properties name. Raises InvalidInput where a take, a hero frame or a camera is missing."""
    settings, scene = takes.property_values(character.owner.vivavoce.rerender), bpy.context.scene
    if settings["uses_scene_range"]:
        first, last = scene.frame_start, scene.frame_end
    else:
        first, last = settings["frame_start"], settings["frame_end"]
    if last < first:
        raise InvalidInput(f"The range ends at frame {last}, before it starts at {first}.")
    folder = Path(bpy.path.abspath(settings["folder"]))
    if settings["folder"].startswith("//") and not bpy.data.filepath:
        raise InvalidInput("The folder lies beside the .blend: save that first, or choose a folder of its own.")
    return _order(character, settings, list(range(first, last + 1)), settings["height"], folder)


def still_order(character: Character) -> RerenderOrder:
    """The current frame from the orbit, small and without a network. Raises InvalidInput as `order_of` does."""
    settings = takes.property_values(character.owner.vivavoce.rerender)
    settings |= {"quality": "draft", "camera": "ORBIT", "picture_format": "png"}
    return _order(character, settings, [bpy.context.scene.frame_current], STILL_HEIGHT, Path())


def take_time_s(character: Character, frame: int) -> float:
    """Where in the applied take a frame of the scene is. Raises InvalidInput where no take lies on the character."""
    return (frame - takes.applied_take(character).start_frame) / takes.scene_fps()


def _order(character: Character, settings: dict[str, Any], frames: list[int], height: int, folder: Path) -> RerenderOrder:
    take, scene = takes.applied_take(character), bpy.context.scene
    size = picture_size(scene, height)
    heroes = [Path(bpy.path.abspath(path)) for path in (settings[f"hero_{slot}"] for slot in (1, 2, 3)) if path]
    if settings["mode"] == "look" and not heroes:
        raise InvalidInput("Choose a hero frame, or render one: it gives the character's look.")
    times_s = np.array([take_time_s(character, frame) for frame in frames])
    cameras = camera_path(scene, character, frames, size) if settings["camera"] == "SCENE" else None
    bundle = render_bundle(_files(character, take, settings["mode"]), heroes, cameras, times_s)
    stem = bpy.path.clean_name(f"{character.owner.name}_{take.name}")
    options = render_options(settings, size, heroes)
    return RerenderOrder(compat.identity(character.owner), options, bundle.arrays(), frames[0], folder, stem)


def _files(character: Character, take: Any, mode: str) -> dict[str, bytes]:
    """The take, the scene's light where it is wanted, and the character itself unless the worker has it."""
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as name:
        folder = Path(name)
        write_npz(unpacked_clip(take.clip), folder / CLIP_NAME)
        if mode == "scene":
            to_character = np.linalg.inv(np.array(character.owner.matrix_world))
            write_scene_light(scene_light(bpy.context.scene, to_character), folder / LIGHT_NAME)
        if not is_open_human(character):
            export_frames(character, folder / CHARACTER_NAME, take.start_frame, take.start_frame)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
