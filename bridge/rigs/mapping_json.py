"""A mapping as JSON: versioned, with its units, and strict; what is left out has its usual value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from ..errors import InvalidInput
from .curves import TargetName
from .mapping import JointTarget, MappingFactor, MappingRow, MappingTarget, RigMapping

UNITS = {"shape_key": "weight 0..1", "bone_rotation": "radians", "bone_location": "metres", "property": "as the rig has it"}
_FORMAT = "vivavoce rig mapping"
_TEXT, _NUMBER, _FLAG = "a text", "a number", "true or false"
_OWN_TYPES: Mapping[str, str] = {
    "gain": _NUMBER, "offset": _NUMBER, "minimum": _NUMBER, "maximum": _NUMBER, "is_mirrored": _FLAG, "is_complement": _FLAG,
}  # fmt: skip


def mapping_to_json(mapping: RigMapping) -> str:
    """The document as text; equal mappings give equal texts."""
    document = {
        "format": _FORMAT,
        "version": mapping.version,
        "units": UNITS,
        "convention": mapping.convention,
        "rows": [_row_document(row) for row in mapping.rows],
        "joints": [_stated(joint) for joint in mapping.joints],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def mapping_from_json(text: str) -> RigMapping:
    """The inverse of `mapping_to_json`. Raises InvalidInput naming the first part that cannot be read."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidInput(f"The mapping is not JSON: {error}.") from error
    _check_keys(document, "the mapping", {"format", "version", "convention", "rows", "joints", "units"}, {"format", "version"})
    if document["format"] != _FORMAT:
        raise InvalidInput(f"This is no mapping: its format is {document['format']!r} where {_FORMAT!r} is meant.")
    if document.get("units", UNITS) != UNITS:
        raise InvalidInput(f"The mapping's units must be {UNITS}.")
    rows = [_row(item, f"row {number}") for number, item in enumerate(_items(document, "rows", "the mapping"), start=1)]
    joints = [_read(JointTarget, item, "a joint") for item in _items(document, "joints", "the mapping")]
    convention = document.get("convention", "")
    if not isinstance(convention, str) or type(document["version"]) is not int:
        raise InvalidInput("A mapping needs a whole number as its version and a text as its convention.")
    return RigMapping(convention, tuple(rows), tuple(joints), document["version"])


def _row_document(row: MappingRow) -> dict[str, Any]:
    targets = []
    for part in row.targets:
        own = {name: value for name, value in _stated(part).items() if name != "target"}
        targets.append(_stated(part.target) | own)
    document: dict[str, Any] = {"source": row.source, "targets": targets}
    if row.factors:
        document["factors"] = [_stated(factor) for factor in row.factors]
    return document


def _stated(item: Any) -> dict[str, Any]:
    """The fields of a dataclass that are not what they usually are."""
    return {part.name: getattr(item, part.name) for part in fields(item) if getattr(item, part.name) != part.default}


def _row(document: Any, where: str) -> MappingRow:
    _check_keys(document, where, {"source", "targets", "factors"}, {"source", "targets"})
    _check_type(document["source"], _TEXT, f"the source of {where}")
    factors = [_read(MappingFactor, item, f"a factor of {where}") for item in _items(document, "factors", where)]
    return MappingRow(
        document["source"], tuple(_target(item, where) for item in _items(document, "targets", where)), tuple(factors)
    )


def _target(document: Any, where: str) -> MappingTarget:
    where = f"a target of {where}"
    names = [part.name for part in fields(TargetName)]
    own = [part.name for part in fields(MappingTarget) if part.name != "target"]
    _check_keys(document, where, {*names, *own}, {"kind", "object", "name"})
    target = _read(TargetName, {name: document[name] for name in names if name in document}, where)
    stated = {name: document[name] for name in own if name in document}
    for name, value in stated.items():
        if name == "response":
            stated[name] = _response(value, where)
        else:
            _check_type(value, _OWN_TYPES[name], f"{name} of {where}")
    return MappingTarget(target, **stated)


def _response(points: Any, where: str) -> tuple[tuple[float, float], ...]:
    if not isinstance(points, list) or any(not isinstance(point, list) or len(point) != 2 for point in points):
        raise InvalidInput(f"The response of {where} must be a list of points of two numbers.")
    for number in (number for point in points for number in point):
        _check_type(number, _NUMBER, f"a point of {where}")
    return tuple((float(first), float(second)) for first, second in points)


def _read(kind: type, document: Any, where: str) -> Any:
    """A dataclass of texts, numbers and flags."""
    required = {part.name for part in fields(kind) if part.default is MISSING}
    _check_keys(document, where, {part.name for part in fields(kind)}, required)
    for name, value in document.items():
        _check_type(value, _OWN_TYPES.get(name, _TEXT), f"{name} of {where}")
    return kind(**document)


def _items(document: Mapping[str, Any], name: str, where: str) -> Sequence[Any]:
    items = document.get(name, [])
    if not isinstance(items, list):
        raise InvalidInput(f"{name} of {where} must be a list.")
    return items


def _check_keys(document: Any, where: str, allowed: set[str], required: set[str]) -> None:
    if not isinstance(document, dict):
        raise InvalidInput(f"In a mapping, {where} must be an object with {', '.join(sorted(required))}.")
    if missing := sorted(required - document.keys()):
        raise InvalidInput(f"In a mapping, {where} lacks {', '.join(missing)}.")
    if unknown := sorted(document.keys() - allowed):
        raise InvalidInput(
            f"In a mapping, {where} has {', '.join(unknown)}, which means nothing; allowed: {', '.join(sorted(allowed))}."
        )


def _check_type(value: Any, wanted: str, where: str) -> None:
    fits = {
        _TEXT: isinstance(value, str),
        _FLAG: isinstance(value, bool),
        _NUMBER: isinstance(value, int | float) and not isinstance(value, bool),
    }
    if not fits[wanted]:
        raise InvalidInput(f"In a mapping, {where} must be {wanted}, not {value!r}.")
