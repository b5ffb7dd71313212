"""Takes: performances that a character carries in the .blend, one of which lies on it."""

from collections.abc import Mapping, Sequence
from typing import Any

import bpy

from ...bridge.data import MotionClip
from ...bridge.errors import InvalidInput
from ..core.packing import packed_clip, unpacked_clip
from .character import Character
from .performance import apply_clip, has_layers, performed_curves


def scene_fps() -> float:
    """Frames per second of the open scene."""
    render = bpy.context.scene.render
    return render.fps / render.fps_base


def key_error(character: Character) -> float:
    """How far the keys of this character may leave its clips, as a share of full motion; 0 asks for a key at every sample."""
    kept = character.owner.vivavoce
    return kept.key_error / 100.0 if kept.key_density == "REDUCED" else 0.0


def add_take(
    character: Character, clip: MotionClip, title: str, start_frame: int, made_with: Mapping[str, Any] | None = None
) -> None:
    """Keep `clip` as a new take and put it on the character. made_with: performance properties by name, which are copied.

    Raises InvalidInput where nothing of the clip fits the character.
    """
    _check_fit(character, clip)
    kept = character.owner.vivavoce
    take = kept.takes.add()
    take.name = _free_name(title, [other.name for other in kept.takes[:-1]])
    take.clip, take.start_frame = packed_clip(clip), start_frame
    take.engine = clip.metadata.get("engine", "")
    for name, value in (made_with or {}).items():
        setattr(take.made_with, name, value)
    kept.take_index = len(kept.takes) - 1
    apply_take(character, take)


def apply_take(character: Character, take: Any, as_layers: bool = True) -> None:
    """Put a take on its character: a track per layer, or one Action."""
    clip = unpacked_clip(take.clip)
    apply_clip(clip, character, scene_fps(), take.start_frame, as_layers, key_error=key_error(character))
    character.owner.vivavoce.applied_take = take.name


def replace_layers(character: Character, take: Any, clip: MotionClip) -> None:
    """Put the layers of `clip` in the place of a take's own. Others stay, as data and as what the artist made of their tracks."""
    old = unpacked_clip(take.clip)
    if clip.frame_count != old.frame_count or clip.fps != old.fps:
        raise InvalidInput("The recording or the scene's frame rate is not what it was for this take. Speak anew instead.")
    new = {layer.name: layer for layer in clip.layers}
    whole = old.with_layers([new.pop(layer.name, layer) for layer in old.layers] + list(new.values()))
    names: Sequence[str] | None = [layer.name for layer in clip.layers]
    is_on_tracks = has_layers(character) and character.owner.vivavoce.applied_take == take.name
    only = names if is_on_tracks else None
    apply_clip(whole, character, scene_fps(), take.start_frame, only=only, key_error=key_error(character))
    take.clip, take.readout.is_told = packed_clip(whole), False
    character.owner.vivavoce.applied_take = take.name


def property_values(group: Any) -> dict[str, Any]:
    """The values of a property group, by name."""
    names = [item.identifier for item in group.bl_rna.properties if item.identifier not in ("rna_type", "name")]
    return {name: getattr(group, name) for name in names}


def delete_take(character: Character, index: int) -> None:
    """Forget a take; what it left on the character stays."""
    kept = character.owner.vivavoce
    if kept.takes[index].name == kept.applied_take:
        kept.applied_take = ""
    kept.takes.remove(index)
    kept.take_index = max(min(index, len(kept.takes) - 1), 0)


def applied_take(character: Character) -> Any:
    """The take that lies on the character. Raises InvalidInput where none does."""
    kept = character.owner.vivavoce
    take = kept.takes.get(kept.applied_take)
    if take is None:
        raise InvalidInput("No take lies on the character: speak, import a motion, or use a take of the list.")
    return take


def chosen_take(character: Character) -> Any:
    """The take that is chosen in the list. Raises InvalidInput where there is none."""
    kept = character.owner.vivavoce
    if not 0 <= kept.take_index < len(kept.takes):
        raise InvalidInput("The character has no take yet: speak, or import a motion.")
    return kept.takes[kept.take_index]


def _check_fit(character: Character, clip: MotionClip) -> None:
    if not any(performed_curves(character, clip)[1].values()):
        raise InvalidInput(f"Nothing in the clip fits {character.owner.name}: no shape key and no bone has a name that it moves.")


def _free_name(title: str, taken: list[str]) -> str:
    number = 1
    while f"{title} {number}" in taken:
        number += 1
    return f"{title} {number}"
