"""A line of a character's: taken from the scene when it is asked for, put back as a take when it has been performed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ...bridge.data import MotionClip
from ...bridge.errors import InvalidInput
from ..core.moods import moods_text
from . import compat, takes
from .character import Character, character_around
from .moods import moods_of
from .recording import Stretch, keep_stretches, kept_stretches, stretch_of_file, stretch_of_strip


@dataclass(frozen=True)
class Line:
    """Names and values alone: objects may be gone when the job has ended."""

    owner: int | str
    """By what the character's owner is known, however it is named meanwhile."""
    owner_name: str
    stretches: tuple[Stretch, ...]
    start_frame: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    is_new_in_scene: bool = False
    """The recording becomes a sound strip together with the take."""
    layer: str = ""
    """The one layer of `take_name` that is to be replaced; empty for a new take."""
    take_name: str = ""
    is_again: bool = False
    """Performed as a take was: the seed of the next one stays as it is."""
    faults: tuple[str, ...] = ()
    """Why strips are left out that were to be spoken with the others."""


def line_of(character: Character, layer: str = "") -> Line:
    """What the character is to speak. Raises InvalidInput where its properties name no recording."""
    if layer:
        return _layer_again(character, layer)
    settings = takes.property_values(character.owner.vivavoce.performance)
    scene = bpy.context.scene
    if settings["source"] == "FILE":
        if not settings["audio_path"]:
            raise InvalidInput("Choose a recording.")
        stretch = stretch_of_file(Path(bpy.path.abspath(settings["audio_path"])))
        return _line(character, [stretch], scene.frame_current, settings, is_new_in_scene=True)
    strip = compat.sequencer_strips(scene).get(settings["strip"])
    if strip is None or strip.type != "SOUND":
        raise InvalidInput("Choose a sound strip of this scene's sequencer, or a file.")
    first_frame = strip.frame_final_start
    return _line(character, [stretch_of_strip(strip, first_frame, takes.scene_fps())], first_frame, settings)


def selected_line(character: Character) -> Line:
    """All selected sound strips as one line, each at its own frame; those that cannot be read are left out.

    Raises InvalidInput where none is selected, or none can be read.
    """
    strips = selected_strips()
    if not strips:
        raise InvalidInput("Select sound strips in the sequencer.")
    stretches, faults = [], []
    first_frame = strips[0].frame_final_start
    for strip in strips:
        try:
            stretches.append(stretch_of_strip(strip, first_frame, takes.scene_fps()))
        except InvalidInput as error:
            faults.append(f"{strip.name}: {error}")
    if not stretches:
        raise InvalidInput(" ".join(faults))
    settings = takes.property_values(character.owner.vivavoce.performance)
    title = f"{strips[0].name} to {strips[-1].name}" if len(strips) > 1 else strips[0].name
    # What the properties give as text are the words of one strip.
    return _line(character, stretches, first_frame, {**settings, "text": ""}, title=title, faults=tuple(faults))


def line_again(character: Character) -> Line:
    """The line of the take that is chosen in the list, with the recording, settings, moods and seed that the take remembers.

    Raises InvalidInput where there is none, or where its recording has gone.
    """
    take, owner = takes.chosen_take(character), character.owner
    check_spoken(take)
    stretches, settings = kept_stretches(take.spoken), takes.property_values(take.made_with)
    title = take.name.rpartition(" ")[0] or take.name
    return Line(compat.identity(owner), owner.name, stretches, take.start_frame, settings, title, is_again=True)


def selected_strips() -> list[Any]:
    """The selected sound strips of the scene's sequencer, from the first to the last."""
    editor = bpy.context.scene.sequence_editor
    strips = compat.sequencer_strips(bpy.context.scene) if editor else ()
    return sorted(
        (strip for strip in strips if strip.type == "SOUND" and strip.select), key=lambda strip: strip.frame_final_start
    )


def spoken_take(character: Character) -> Any:
    """The take that lies on the character. Raises InvalidInput where there is none, or where it was not spoken."""
    take = takes.applied_take(character)
    check_spoken(take)
    return take


def check_spoken(take: Any) -> None:
    """Raise InvalidInput where a take remembers no recording."""
    if not take.spoken:
        raise InvalidInput(f"{take.name} was imported: there is no recording to perform it or a layer of it from.")


def put_line(line: Line, clip: MotionClip) -> Character:
    """Put a performance on its character, which is returned; asked again, it will speak with the next seed.

    Raises InvalidInput where the character or its take has gone meanwhile.
    """
    owner = next((item for item in bpy.context.scene.objects if compat.identity(item) == line.owner), None)
    if owner is None:
        raise InvalidInput(
            f"{line.owner_name} was deleted while it was to speak, or another scene is open now. Nothing was changed."
        )
    character = character_around(owner)
    if line.layer:
        take = owner.vivavoce.takes.get(line.take_name)
        if take is None:
            raise InvalidInput(f"{line.take_name} was deleted while its {line.layer} were performed. Nothing was changed.")
        takes.replace_layers(character, take, clip)
        return character
    takes.add_take(character, clip, line.title, line.start_frame, line.settings)
    performance = owner.vivavoce.performance
    if not line.is_again:
        performance.seed = line.settings["seed"] + 1
    keep_stretches(owner.vivavoce.takes[-1].spoken, line.stretches)
    if line.is_new_in_scene:
        strip = _add_strip(line)
        performance.strip, performance.source = strip.name, "STRIP"
        owner.vivavoce.takes[-1].spoken[0].sound = strip.sound
    return character


def _line(character: Character, stretches: list[Stretch], start_frame: int, settings: Mapping[str, Any], **more: Any) -> Line:
    title, owner = more.pop("title", "") or stretches[0].path.stem, character.owner
    settings = {**settings, "moods": moods_text(moods_of(owner, start_frame, takes.scene_fps()))}
    return Line(compat.identity(owner), owner.name, tuple(stretches), start_frame, settings, title, **more)


def _layer_again(character: Character, layer: str) -> Line:
    take = spoken_take(character)
    stretches = list(kept_stretches(take.spoken))
    settings = takes.property_values(character.owner.vivavoce.performance)
    if len(stretches) > 1:
        settings["text"] = ""
    return _line(character, stretches, take.start_frame, settings, layer=layer, take_name=take.name)


def _add_strip(line: Line) -> Any:
    """The recording as a strip on a channel of its own; from now on the character speaks that strip."""
    strips, path = compat.sequencer_strips(bpy.context.scene), line.stretches[0].path
    channel = max((strip.channel for strip in strips), default=0) + 1
    return strips.new_sound(path.stem, str(path), channel, line.start_frame)
