"""What can be told of a character's rig whenever a panel is drawn."""

from ....bridge.rigs import RigMapping
from ...core.rigs.auto_mapping import auto_mapping
from ...core.rigs.coverage import Coverage, coverage
from ..character import Character
from .character_mapping import armatures
from .kept_mapping import kept_mapping
from .survey import named_parts, named_survey


def told(rig: Character) -> Coverage:
    """The report on a character as it is moved now. Raises InvalidInput where its artist's mapping cannot be read."""
    survey = named_survey(named_parts(rig.meshes or rig.faces, armatures(rig.armature)))
    mapping: RigMapping = kept_mapping(rig.owner) or auto_mapping(survey)
    return coverage(survey, mapping)
