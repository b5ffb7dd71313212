"""A line of a character's: taken from the scene when it is asked for, put back as a take when it has been performed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ...bridge.data import MotionClip
from ...bridge.errors import InvalidInput
from . import compat, takes
from .character import Character, character_around


@dataclass(frozen=True)
class Line:
    """Names and values alone: objects may be gone when the job has ended."""

    owner_name: str
    audio: Path
    start_frame: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_new_in_scene: bool = False
    """The recording becomes a sound strip together with the take."""
    layer: str = ""
    """The one layer of `take_name` that is to be replaced; empty for a new take."""
    take_name: str = ""


def line_of(character: Character, layer: str = "") -> Line:
    """What the character is to speak. Raises InvalidInput where its properties name no recording."""
    owner = character.owner
    settings = takes.property_values(owner.vivavoce.performance)
    if layer:
        take = takes.applied_take(character)
        audio = Path(bpy.path.abspath(take.made_with.audio_path))
        if not take.made_with.audio_path:
            raise InvalidInput(f"{take.name} was imported: there is no recording to perform a layer of it from.")
        return Line(owner.name, audio, take.start_frame, settings, layer=layer, take_name=take.name)
    if settings["source"] == "FILE":
        if not settings["audio_path"]:
            raise InvalidInput("Choose a recording.")
        audio = Path(bpy.path.abspath(settings["audio_path"]))
        return Line(owner.name, audio, bpy.context.scene.frame_current, settings, is_new_in_scene=True)
    strip = compat.sequencer_strips(bpy.context.scene).get(settings["strip"])
    if strip is None or strip.type != "SOUND":
        raise InvalidInput("Choose a sound strip of this scene's sequencer, or a file.")
    if strip.sound is None or strip.sound.packed_file is not None:
        raise InvalidInput(f"The sound of {strip.name} is packed into the .blend. Unpack it (File > External Data) first.")
    path = bpy.path.abspath(strip.sound.filepath, library=strip.sound.library)
    return Line(owner.name, Path(path), round(strip.frame_start), {**settings, "audio_path": path})


def put_line(line: Line, clip: MotionClip) -> None:
    """Put a performance on its character; asked again, it will speak with the next seed.

    Raises InvalidInput where the character or its take has gone meanwhile.
    """
    owner = bpy.context.scene.objects.get(line.owner_name)
    if owner is None:
        reason = "was deleted or renamed while it was to speak, or another scene is open now"
        raise InvalidInput(f"{line.owner_name} {reason}. Nothing was changed.")
    character = character_around(owner)
    if line.layer:
        take = owner.vivavoce.takes.get(line.take_name)
        if take is None:
            raise InvalidInput(f"{line.take_name} was deleted while its {line.layer} were performed. Nothing was changed.")
        takes.replace_layers(character, take, clip)
        return
    takes.add_take(character, clip, line.audio.stem, line.start_frame, line.settings)
    owner.vivavoce.performance.seed = line.settings["seed"] + 1
    if line.is_new_in_scene:
        _add_strip(owner.vivavoce.performance, line)


def _add_strip(performance: Any, line: Line) -> None:
    """The recording as a strip on a channel of its own; from now on the character speaks that strip."""
    strips = compat.sequencer_strips(bpy.context.scene)
    channel = max((strip.channel for strip in strips), default=0) + 1
    strip = strips.new_sound(line.audio.stem, str(line.audio), channel, line.start_frame)
    performance.strip, performance.source = strip.name, "STRIP"
