"""A performance on a rig of any kind: the document that says which channel moves what, and the curves that come of it.

`MappingRow`: one channel and what it moves. `RigMapping`: all rows of a character. `TargetCurves`: what is written to a rig.
`retarget` turns a clip into curves by a mapping; every retargeter has its signature.
"""

from .by_name import LayeredCurves, layered, retarget
from .curves import TargetCurves, TargetName
from .mapping import JointTarget, MappingFactor, MappingRow, MappingTarget, RigMapping
from .mapping_json import mapping_from_json, mapping_to_json

__all__ = [
    "JointTarget", "LayeredCurves", "MappingFactor", "MappingRow", "MappingTarget", "RigMapping", "TargetCurves", "TargetName",
    "layered", "mapping_from_json", "mapping_to_json", "retarget",
]  # fmt: skip
