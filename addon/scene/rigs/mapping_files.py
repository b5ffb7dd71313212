"""Mappings made, edited and shared: of a character's names, of a preset, of a file."""

from pathlib import Path
from typing import Any

from ....bridge.errors import InvalidInput
from ....bridge.formats.atomic import whole_file
from ....bridge.rigs import RigMapping, mapping_from_json, mapping_to_json
from ...core.rigs.auto_mapping import auto_mapping
from ...core.rigs.presets import preset_mapping, rebound
from ...core.rigs.survey import RigSurvey
from ..character import Character
from .character_mapping import armatures
from .survey import full_survey

_SHARED_FIELDS = ("source", "factors", "kind", "object", "part", "axis", "gain", "offset", "minimum", "maximum", "response")
_MOST_BYTES = 4_000_000


def survey_of(rig: Character) -> RigSurvey:
    """What a character is made of, measured."""
    return full_survey(rig.meshes, armatures(rig.armature))


def automatic_mapping(rig: Character) -> RigMapping:
    """What the names of a character say; no rows where they say nothing."""
    return auto_mapping(survey_of(rig))


def preset(rig: Character, identifier: str) -> RigMapping:
    """A preset that ships, on a character. Raises InvalidInput where it fits nothing."""
    return preset_mapping(survey_of(rig), identifier)


def write_mapping(rig: Character, path: Path) -> None:
    """The mapping by which a character is moved now, as JSON."""
    with whole_file(path) as unfinished:
        unfinished.write_text(mapping_to_json(rig.mapping), encoding="utf-8")


def read_mapping(rig: Character, path: Path) -> RigMapping:
    """A mapping from a file, bound to the parts of this character. Raises InvalidInput."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInput(f"{path.name} is too large for a mapping.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as a mapping: {error}.") from error
    return rebound(mapping_from_json(text), survey_of(rig))


def add_row(owner: Any) -> None:
    """A new line at the end, like the chosen one, which is chosen then."""
    kept = owner.vivavoce.mapping
    chosen = kept.rows[kept.row_index] if 0 <= kept.row_index < len(kept.rows) else None
    values = {name: getattr(chosen, name) for name in _SHARED_FIELDS} if chosen is not None else {"source": "jawOpen"}
    line = kept.rows.add()
    for name, value in values.items():
        setattr(line, name, value)
    kept.row_index = len(kept.rows) - 1


def remove_row(owner: Any) -> None:
    """Take the chosen line away."""
    kept = owner.vivavoce.mapping
    kept.rows.remove(kept.row_index)
    kept.row_index = max(min(kept.row_index, len(kept.rows) - 1), 0)
