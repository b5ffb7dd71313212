"""Scene -> frames -> movie with sound. Frames are stills, so that every one can be reported, and a stop leaves no half film."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from . import compat

_RENDERING = 0.97
"""The share of a movie's work that is rendering; the rest is encoding."""

ReportProgress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""


def write_movie(audio: Path | None, folder: Path, path: Path, report: ReportProgress) -> None:
    """Render the open scene's range into `folder` and join it with a recording (None: silence) to the MPEG-4 file `path`."""
    scene: Any = bpy.context.scene
    frames = render_frames(scene, folder, lambda share, stage: report(_RENDERING * share, stage))
    report(_RENDERING, "encode")
    encode_movie(frames, audio, scene, path)


def add_sound(scene: Any, audio: Path) -> None:
    """Put a recording into the scene's sequencer so that sample 0 of the clip and of the sound meet on the first frame."""
    strips = compat.sequencer_strips(scene)
    strips.new_sound(audio.stem, str(audio), 1, scene.frame_start)
    scene.sync_mode = "AUDIO_SYNC"
    # The strip is for listening: pictures still come from the camera.
    scene.render.use_sequencer = False


def render_frames(scene: Any, folder: Path, report: ReportProgress) -> list[Path]:
    """Render every frame of the scene's range to a PNG in `folder`."""
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.compression = 15
    frames = range(scene.frame_start, scene.frame_end + 1)
    paths = []
    for index, frame in enumerate(frames):
        report(index / len(frames), "render")
        paths.append(folder / f"{frame:06d}.png")
        scene.frame_set(frame)
        scene.render.filepath = str(paths[-1])
        bpy.ops.render.render(write_still=True, scene=scene.name)
    return paths


def encode_movie(frames: list[Path], audio: Path | None, like: Any, path: Path) -> None:
    """Join PNG frames and a recording into H.264 and AAC, with the size and frame rate of the scene `like`."""
    scene: Any = bpy.data.scenes.new("Vivavoce movie")
    try:
        for setting in ("resolution_x", "resolution_y", "fps", "fps_base"):
            setattr(scene.render, setting, getattr(like.render, setting))
        scene.frame_start, scene.frame_end = 1, len(frames)
        strips = compat.sequencer_strips(scene)
        pictures = strips.new_image("frames", str(frames[0]), 1, 1)
        for frame in frames[1:]:
            pictures.elements.append(frame.name)
        if audio is not None:
            strips.new_sound("speech", str(audio), 2, 1)
        _choose_codecs(scene)
        scene.render.filepath = str(path)
        bpy.ops.render.render(animation=True, scene=scene.name)
    finally:
        bpy.data.scenes.remove(scene)


def _choose_codecs(scene: Any) -> None:
    # The frames carry their colours already: Standard hands them through unchanged.
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.look = "None"
    scene.sequencer_colorspace_settings.name = "sRGB"
    scene.render.use_sequencer = True
    compat.choose_movie_format(scene)
    settings = scene.render.ffmpeg
    settings.format = "MPEG4"
    settings.codec = "H264"
    settings.constant_rate_factor = "HIGH"
    settings.ffmpeg_preset = "GOOD"
    settings.gopsize = 25
    settings.audio_codec = "AAC"
    settings.audio_bitrate = 192
    settings.audio_mixrate = 48000
