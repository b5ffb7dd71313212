"""How a character is moved: as its artist says, else as its names say."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ....bridge.rigs import RigMapping
from ...core.rigs.auto_mapping import auto_mapping
from .kept_mapping import has_own_mapping, kept_mapping
from .survey import Names, full_survey, named_parts, named_survey


def mapping_of(meshes: Sequence[Any], armature: Any | None, owner: Any) -> RigMapping:
    """The mapping by which the performance is put on a character. Raises InvalidInput where its artist's cannot be read."""
    return kept_mapping(owner) or auto_mapping(full_survey(meshes, armatures(armature)))


def moved_objects(meshes: Sequence[Any], armature: Any | None, owner: Any) -> frozenset[str]:
    """The names of the objects that a performance moves; cheap, for panels."""
    if has_own_mapping(owner):
        return frozenset(line.object.name for line in owner.vivavoce.mapping.rows if line.object is not None)
    return _named_objects(named_parts(meshes, armatures(armature)))


@lru_cache(maxsize=16)
def _named_objects(names: Names) -> frozenset[str]:
    return frozenset(target.object for target in auto_mapping(named_survey(names)).targets)


def armatures(armature: Any | None) -> Sequence[Any]:
    return (armature,) if armature is not None else ()
