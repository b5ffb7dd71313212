"""Mappings to share: one for every vocabulary that ships, and documents that were written on another character."""

from collections.abc import Iterator
from dataclasses import replace

from ....bridge.errors import InvalidInput
from ....bridge.rigs import JointTarget, MappingRow, MappingTarget, RigMapping, TargetName
from .auto_mapping import mapping_of_parts
from .casting import cast_of
from .recognition import BONE, PROPERTY, SHAPE_KEY, recognised_as, spellings_of
from .survey import RigSurvey
from .vocabulary import vocabularies

_KINDS = {"shape_key": SHAPE_KEY, "bone_rotation": BONE, "bone_location": BONE, "property": PROPERTY}


def preset_mapping(survey: RigSurvey, identifier: str) -> RigMapping:
    """What one vocabulary names on a character, whichever it follows best. Raises InvalidInput where it names nothing."""
    vocabulary = next((item for item in vocabularies() if item.identifier == identifier), None)
    if vocabulary is None:
        raise InvalidInput(
            f"No preset is called {identifier!r}; there are: {', '.join(item.identifier for item in vocabularies())}."
        )
    mapping = mapping_of_parts(cast_of((recognised_as(survey, vocabulary),), survey), survey)
    if not mapping.rows:
        raise InvalidInput(f"Nothing on this character has a name of {vocabulary.title}. Choose another preset, or map by hand.")
    return mapping


def rebound(mapping: RigMapping, survey: RigSurvey) -> RigMapping:
    """A mapping of another character on this one: each target where a part of its name is, on every object that has one.

    Raises InvalidInput where this character has none of them.
    """
    places = _Places(survey)
    rows = [replace(row, targets=tuple(found)) for row in mapping.rows if (found := list(places.targets(row)))]
    joints = [found for joint in mapping.joints if (found := places.joint(joint))]
    if not rows and not joints:
        raise InvalidInput("No shape key, bone or property of this character has a name that the mapping speaks of.")
    return replace(mapping, rows=tuple(rows), joints=tuple(joints))


class _Places:
    """Where on a character the parts of a mapping are."""

    def __init__(self, survey: RigSurvey) -> None:
        self._spellings = spellings_of(survey)

    def targets(self, row: MappingRow) -> Iterator[MappingTarget]:
        for part in row.targets:
            found = list(self._find(_KINDS[part.target.kind], part.target.name))
            own = [place for place in found if place[0] == part.target.object]
            for item, name in own or found:
                yield replace(part, target=TargetName(part.target.kind, item, name, part.target.axis))

    def joint(self, joint: JointTarget) -> JointTarget | None:
        place = next(self._find(BONE, joint.bone), None)
        return replace(joint, object=place[0], bone=place[1]) if place else None

    def _find(self, kind: str, name: str) -> Iterator[tuple[str, str]]:
        for item, spellings in self._spellings[kind]:
            if hit := spellings.find(name):
                yield item, hit[0]
