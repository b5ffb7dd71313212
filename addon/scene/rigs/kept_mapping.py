"""The mapping that a character keeps in its .blend, as a list that an artist edits."""

from typing import Any

import bpy

from ....bridge.errors import InvalidInput
from ....bridge.rigs import JointTarget, MappingRow, MappingTarget, RigMapping, TargetName
from ...core.rigs.formula import factors, factors_text

_NUMBERS = ("gain", "offset", "minimum", "maximum", "is_mirrored")
_NO_AXIS = "none"


def keep_mapping(owner: Any, mapping: RigMapping) -> None:
    """Make `mapping` the character's own: one line for every part that a row moves."""
    kept = owner.vivavoce.mapping
    forget_mapping(owner)
    for row in mapping.rows:
        for part in row.targets:
            _fill(kept.rows.add(), row, part)
    for joint in mapping.joints:
        line = kept.joints.add()
        line.joint, line.object, line.part = joint.joint, bpy.data.objects.get(joint.object), joint.bone
        line.gain = joint.gain
    kept.convention, kept.is_own = mapping.convention, True


def forget_mapping(owner: Any) -> None:
    """Go back to what the character's names say."""
    kept = owner.vivavoce.mapping
    kept.preview = 0.0
    kept.rows.clear()
    kept.joints.clear()
    kept.row_index, kept.is_own = 0, False


def has_own_mapping(owner: Any) -> bool:
    """Whether an artist made the mapping his own. A Blender that carries out a job has no panels, and so no properties."""
    return hasattr(owner, "vivavoce") and owner.vivavoce.mapping.is_own


def kept_mapping(owner: Any) -> RigMapping | None:
    """The character's own mapping, or None where it has none. Raises InvalidInput naming the line that cannot be read."""
    if not has_own_mapping(owner):
        return None
    kept, rows = owner.vivavoce.mapping, []
    for number, line in enumerate(kept.rows, start=1):
        # A line whose object was deleted, or that is being filled in, moves nothing.
        if line.object is not None and line.part:
            try:
                rows.append(kept_row(line))
            except InvalidInput as error:
                raise InvalidInput(f"Line {number} of the mapping: {error}") from error
    joints = [
        JointTarget(line.joint, line.object.name, line.part, line.gain)
        for line in kept.joints
        if line.object is not None and line.part
    ]
    return RigMapping(kept.convention, tuple(rows), tuple(joints))


def kept_row(line: Any) -> MappingRow:
    """One line of the list as a row. Raises InvalidInput."""
    target = TargetName(line.kind, line.object.name, line.part, "" if line.axis == _NO_AXIS else line.axis)
    numbers = {name: getattr(line, name) for name in _NUMBERS}
    part = MappingTarget(target, response=_points(line.response), **numbers)
    return MappingRow(line.source, (part,), factors(line.factors))


def _fill(line: Any, row: MappingRow, part: MappingTarget) -> None:
    line.source, line.factors = row.source, factors_text(row.factors)
    line.kind, line.object, line.part = part.target.kind, bpy.data.objects.get(part.target.object), part.target.name
    line.axis = part.target.axis or _NO_AXIS
    for name in _NUMBERS:
        setattr(line, name, getattr(part, name))
    line.response = " ".join(f"{channel:g}:{value:g}" for channel, value in part.response)


def _points(text: str) -> tuple[tuple[float, float], ...]:
    try:
        points = [tuple(map(float, point.split(":"))) for point in text.split()]
    except ValueError as error:
        raise InvalidInput(f"The response {text!r} must be points such as 0:0 0.5:0.2 1:1.") from error
    if any(len(point) != 2 for point in points):
        raise InvalidInput(f"The response {text!r} must be points such as 0:0 0.5:0.2 1:1.")
    return tuple((first, second) for first, second in points)
