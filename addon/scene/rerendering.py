"""What of the scene a re-rendering needs (cameras, hero frames, lights), and how its frames come back: as a strip."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...bridge.data import Camera
from ...bridge.errors import InvalidInput
from ...bridge.formats import whole_file
from ...bridge.formats.camera_json import Viewpoint, sidecar, viewpoint_text
from ...bridge.formats.render_bundle import CameraPath
from ..core.axes import z_up_to_y_up
from . import compat
from .character import Character


def picture_size(scene: Any, height: int) -> tuple[int, int]:
    """Width and height of frames `height` pixels high in the scene's format; both even, as movies want them."""
    render = scene.render
    width = height * render.resolution_x * render.pixel_aspect_x / (render.resolution_y * render.pixel_aspect_y)
    return max(2 * round(width / 2), 16), 2 * round(height / 2)


def camera_path(scene: Any, character: Character, frames: Sequence[int], size: tuple[int, int]) -> CameraPath:
    """The scene's camera at `frames`, as the character at rest sees it. Leaves the scene at the frame where it was.

    Raises InvalidInput where there is no camera, or one without perspective.
    """
    before = scene.frame_current
    try:
        cameras = []
        for frame in frames:
            scene.frame_set(frame)
            cameras.append(seen_camera(scene, character, size))
    finally:
        scene.frame_set(before)
    poses, angles = [camera.camera_to_world for camera in cameras], [camera.fov_y_rad for camera in cameras]
    return CameraPath(np.array(poses), np.array(angles))


def seen_camera(scene: Any, character: Character, size: tuple[int, int]) -> Camera:
    """The scene's camera now, in the axes of the character at rest. size: width and height, pixels. Raises InvalidInput."""
    item = scene.camera
    if item is None or item.type != "CAMERA":
        raise InvalidInput("The scene has no camera. Add one, or choose the orbit.")
    if item.data.type != "PERSP":
        raise InvalidInput(f"{item.name} sees without perspective. Make it a perspective camera, or choose the orbit.")
    if abs(item.data.shift_x) + abs(item.data.shift_y) > 1e-4:
        raise InvalidInput(f"{item.name} is shifted (Lens > Shift), which re-rendering cannot follow. Set its shift to 0.")
    depsgraph = bpy.context.evaluated_depsgraph_get()
    seen = item.evaluated_get(depsgraph)
    projection = np.array(seen.calc_matrix_camera(depsgraph, x=size[0], y=size[1]))
    local = np.linalg.inv(np.array(character.owner.evaluated_get(depsgraph).matrix_world)) @ np.array(seen.matrix_world)
    pose = np.eye(4)
    turn = z_up_to_y_up(local[:3, :3].T).T
    pose[:3, :3] = turn / np.linalg.norm(turn, axis=0)
    pose[:3, 3] = z_up_to_y_up(local[:3, 3])
    return Camera(pose, float(2.0 * np.arctan(1.0 / projection[1, 1])), *size)


def render_hero(scene: Any, character: Character, path: Path, time_s: float | None, height: int) -> None:
    """Render the current frame as the scene is set up to the EXR file `path`, in linear light; its viewpoint lies beside it.

    Raises InvalidInput as `seen_camera` does, or where Blender writes no picture.
    """
    size = picture_size(scene, height)
    viewpoint = Viewpoint(seen_camera(scene, character, size), time_s)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _still_settings(scene, size), whole_file(path) as temporary:
        scene.render.filepath = str(temporary)
        bpy.ops.render.render(write_still=True, scene=scene.name)
        if not temporary.is_file():
            raise InvalidInput("Blender wrote no picture. Render the frame with F12 to see why.")
    with whole_file(sidecar(path)) as temporary:
        temporary.write_text(viewpoint_text(viewpoint), encoding="utf-8")


@contextmanager
def _still_settings(scene: Any, size: tuple[int, int]) -> Iterator[None]:
    """Settings for a linear picture of a figure over nothing while the block runs."""
    render, image = scene.render, scene.render.image_settings
    names = ("resolution_x", "resolution_y", "resolution_percentage", "film_transparent", "filepath", "use_sequencer")
    owned = [(render, name) for name in names] + [(image, name) for name in compat.image_setting_names()]
    kept = [(owner, name, getattr(owner, name)) for owner, name in owned]
    try:
        render.resolution_x, render.resolution_y, render.resolution_percentage = *size, 100
        render.film_transparent, render.use_sequencer = True, False
        compat.choose_still_format(scene, "OPEN_EXR")
        image.color_mode, image.color_depth, image.exr_codec = "RGBA", "16", "ZIP"
        yield
    finally:
        for owner, name, value in kept:
            setattr(owner, name, value)


def add_strip(scene: Any, paths: Sequence[Path], frame_start: int, name: str) -> Any:
    """Lay frames into the scene's sequencer as one image strip, above what lies there already."""
    strips = compat.sequencer_strips(scene)
    end = frame_start + len(paths)
    taken = [strip.channel for strip in strips if strip.frame_final_start < end and strip.frame_final_end > frame_start]
    strip = strips.new_image(name, str(paths[0]), max(taken, default=0) + 1, frame_start)
    for path in paths[1:]:
        strip.elements.append(path.name)
    return strip
