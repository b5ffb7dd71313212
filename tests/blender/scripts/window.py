"""For scripts in a window of Blender 3.4 (--enable-event-simulate): an artist's hands and eyes, one step at a time."""

import json
import os
import struct
import subprocess
import sys
import tempfile
import traceback
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import enabled_extension
import numpy as np

TAB_CENTRE_PX = 171
"""How far below the sidebar's upper edge the middle of the fourth tab, Vivavoce, lies at a scale of 1."""
_TAB_HALF_WIDTH_PX = 12

_EYE_SHADES = {"cornea": (0.02, 0.03, 0.03, 1.0)}
"""The cornea lies before iris and pupil, and is clear in nothing but its material."""

Steps = Iterator[float]
"""Each step says how many seconds Blender has for itself before the next."""


def play(steps: Steps) -> None:
    """Go through `steps` while Blender's window lives its own life, then quit; an error ends the process with code 1."""

    def next_step() -> float | None:
        try:
            return next(steps)
        except StopIteration:
            enabled_extension.disable()
            bpy.ops.wm.quit_blender()
        except Exception:
            traceback.print_exc()
            sys.stdout.flush()
            os._exit(1)
        return None

    bpy.app.timers.register(next_step, first_interval=0.5, persistent=True)


def until(is_so: Callable[[], bool], what: str, limit_s: float = 90.0) -> Steps:
    """Steps until something is so."""
    for _ in range(int(limit_s / 0.05)):
        if is_so():
            return
        yield 0.05
    raise TimeoutError(f"waited {limit_s:g} s in vain: {what}")


def prepare(worker_python: str, recording: str) -> Steps:
    """The extension enabled, its tab open, the open human as the active character, and a sound strip of `recording`."""
    enabled_extension.enable()
    preferences = bpy.context.preferences.addons[enabled_extension.NAME].preferences
    preferences.backend, preferences.python = "PYTHON", worker_python
    yield 0.3
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    import_open_human(worker_python)
    scene, rig = window().scene, next(item for item in bpy.data.objects if item.type == "ARMATURE")
    window().view_layer.objects.active = rig
    rig.show_in_front = False
    rig.hide_set(True)
    strip = scene.sequence_editor_create().sequences.new_sound("line", recording, 1, 1)
    rig.vivavoce.performance.strip = strip.name
    scene.frame_end = strip.frame_final_end
    look_at_face()
    area("VIEW_3D").spaces[0].show_region_ui = True
    yield 0.5
    sidebar = region("UI")
    # The first click puts the splash screen away.
    for _ in range(2):
        yield from click(sidebar.x + sidebar.width - _TAB_HALF_WIDTH_PX, sidebar.y + sidebar.height - TAB_CENTRE_PX)


def import_open_human(worker_python: str) -> None:
    """By way of a glb: the materials of Add Open Human need Blender 4.2."""
    # Debian's exporter for glTF asks numpy for a name that its numpy has no more.
    np.bool = bool  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        job, clip, glb = (Path(folder, name) for name in ("job.json", "clip.npz", "human.glb"))
        from vivavoce.bridge.data import MotionClip, MotionLayer
        from vivavoce.bridge.formats import write_clip

        write_clip(MotionClip(24.0, (MotionLayer("lips", np.zeros((2, 1)), ("jawOpen",)),)), clip)
        job.write_text(json.dumps({"clip": str(clip), "outputs": {"glb": str(glb)}}))
        subprocess.run([worker_python, "-m", "vivavoce.addon.headless", str(job)], check=True, capture_output=True)
        with in_view():
            bpy.ops.import_scene.gltf(filepath=str(glb))
    for item in bpy.data.objects:
        if item.type == "MESH" and item.data.color_attributes:
            colour_eyes(item.data)


def colour_eyes(mesh: Any) -> None:
    """The viewport's plain colours are the vertices' own, and those of the eyes are in their materials."""
    colours = mesh.color_attributes[0]
    names = [material.name for material in mesh.materials]
    for face in mesh.polygons:
        shade = next((shade for name, shade in _EYE_SHADES.items() if name in names[face.material_index]), None)
        corners = face.loop_indices if colours.domain == "CORNER" else face.vertices
        for corner in corners if shade else ():
            colours.data[corner].color = shade


def speak() -> None:
    """What a click on Speak does."""
    with in_view():
        bpy.ops.vivavoce.speak("INVOKE_DEFAULT")


def window() -> Any:
    return bpy.context.window_manager.windows[0]


def area(kind: str) -> Any:
    return next(area for area in window().screen.areas if area.type == kind)


def region(kind: str) -> Any:
    return next(region for region in area("VIEW_3D").regions if region.type == kind)


def in_view() -> Any:
    """A context as if the mouse were over the 3D view."""
    return bpy.context.temp_override(window=window(), area=area("VIEW_3D"), region=region("WINDOW"))


def look_at_face() -> None:
    space = area("VIEW_3D").spaces[0]
    space.shading.type, space.shading.color_type = "SOLID", "VERTEX"
    space.overlay.show_overlays = False
    space.region_3d.view_location = (0.0, -0.05, 1.6)
    space.region_3d.view_distance = 0.55
    space.region_3d.view_rotation = (0.7071, 0.7071, 0.0, 0.0)


def click(x: int, y: int) -> Steps:
    window().event_simulate("MOUSEMOVE", "NOTHING", x=x, y=y)
    yield 0.1
    for value in ("PRESS", "RELEASE"):
        window().event_simulate("LEFTMOUSE", value, x=x, y=y)
        yield 0.1


def press(key: str) -> Steps:
    """A key, with the mouse over the 3D view."""
    view = region("WINDOW")
    x, y = view.x + view.width // 3, view.y + view.height // 2
    window().event_simulate("MOUSEMOVE", "NOTHING", x=x, y=y)
    yield 0.1
    for value in ("PRESS", "RELEASE"):
        window().event_simulate(key, value, x=x, y=y)
        yield 0.1


def shoot(path: Path, box: tuple[int, int, int, int]) -> None:
    """A picture of the window's pixels from (left, bottom) to (right, top)."""
    with bpy.context.temp_override(window=window()):
        bpy.ops.screen.screenshot(filepath=str(path))
    image = bpy.data.images.load(str(path))
    pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    left, bottom, right, top = box
    rows = pixels.reshape(image.size[1], image.size[0], image.channels)[bottom:top, left:right, :3]
    bpy.data.images.remove(image)
    # Six bits a colour: the noise of the viewport's materials is most of a file.
    path.write_bytes(png((rows[::-1] * 255.0 + 0.5).astype(np.uint8) & 0xFC))


def png(rows: np.ndarray) -> bytes:
    """(H, W, 3) uint8 as a file: Blender's own are three times as large."""
    height, width, _ = rows.shape
    above = np.concatenate([np.zeros_like(rows[:1]), rows[:-1]])
    lines = np.concatenate([np.full((height, 1), 2, np.uint8), (rows - above).reshape(height, -1)], axis=1)
    chunks = (
        (b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
