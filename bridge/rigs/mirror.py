"""The other side: how names, axes and rows of a mapping are mirrored."""

import re
from dataclasses import replace

from ..data import ARKIT_INDEX, mirrored_name
from .mapping import MappingFactor, MappingRow, MappingTarget, RigMapping

_TURNED = {"bone_rotation": ("y", "z"), "bone_location": ("x",)}
"""The components that change sign in a mirror at the character's middle plane. Along a bone's own axes nothing changes sign: the
bones of both sides are rolled so that equal numbers mirror."""
_OTHER = {
    "left": "right", "right": "left", "Left": "Right", "Right": "Left", "LEFT": "RIGHT", "RIGHT": "LEFT",
    "l": "r", "r": "l", "L": "R", "R": "L", "左": "右", "右": "左",
}  # fmt: skip
_SIDE_MARKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"left|right|Left|Right|LEFT|RIGHT|左|右",
        r"(?:(?<=[ _.\-])|^)[LRlr](?=[ _.\-]|$)",
        r"(?:(?<=[ _.\-])|^)[LR](?=[A-Z])",
        r"(?<=[a-z0-9])[LR](?=$|[ _.\-\"])",
    )
)
"""`eyeBlinkLeft`, `lid.T.L.001` or `CTRL_L_brow_down`, `Bip01 LEye`, `CTRL_expressions_browDownL`."""


def mirrored_rig_name(name: str) -> str:
    """A rig's own name for the same thing on the other side; the name itself where it has no side."""
    for pattern in _SIDE_MARKS:
        marks = list(pattern.finditer(name))
        if marks:
            mark = marks[-1]
            return name[: mark.start()] + _OTHER[mark[0]] + name[mark.end() :]
    return name


def with_mirrored_rows(mapping: RigMapping) -> RigMapping:
    """The mapping with a row for the other side of every target that is mirrored."""
    rows: list[MappingRow] = []
    for row in mapping.rows:
        sides = tuple(part for part in row.targets if part.is_mirrored)
        rows.append(row if not sides else replace(row, targets=tuple(replace(part, is_mirrored=False) for part in row.targets)))
        if sides:
            factors = tuple(MappingFactor(_mirrored_channel(part.channel)[0], part.is_complement) for part in row.factors)
            source, sign = _mirrored_channel(row.source)
            rows.append(MappingRow(source, tuple(_mirrored(part, sign) for part in sides), factors))
    return replace(mapping, rows=tuple(rows))


def _mirrored_channel(name: str) -> tuple[str, float]:
    """The channel of the other side, and by which sign its values differ."""
    if name in ARKIT_INDEX:
        return mirrored_name(name), 1.0
    joint, component = name[:-2], name[-1]
    return f"{mirrored_rig_name(joint)}.{component}", -1.0 if component in _TURNED["bone_rotation"] else 1.0


def _mirrored(part: MappingTarget, channel_sign: float) -> MappingTarget:
    target = replace(part.target, name=mirrored_rig_name(part.target.name), object=mirrored_rig_name(part.target.object))
    response = part.response
    if channel_sign < 0.0:
        response = tuple((-point, value) for point, value in reversed(part.response))
        part = part if part.response else replace(part, gain=-part.gain)
    part = replace(part, target=target, response=response, is_mirrored=False)
    return _negated(part) if target.axis in _TURNED.get(target.kind, ()) else part


def _negated(part: MappingTarget) -> MappingTarget:
    return replace(part, gain=-part.gain, offset=-part.offset, minimum=-part.maximum, maximum=-part.minimum)
