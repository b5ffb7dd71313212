"""Bones and properties that a performance moves: what values they were asked to have, and what values they have."""

from collections.abc import Callable
from typing import Any

import bpy
import numpy as np

from ....bridge.data import LIPS_NAMES
from ....bridge.rigs import RigMapping, TargetCurves
from ..actions import Curve
from .face_curves import curves_by_owner


def mouth_controls(mapping: RigMapping, curves: TargetCurves) -> TargetCurves:
    """Of all curves those of bones and properties that lips and jaw move."""
    moved = {part.target for row in mapping.rows if row.source in LIPS_NAMES for part in row.targets}
    columns = [column for column, target in enumerate(curves.targets) if target.kind != "shape_key" and target in moved]
    return TargetCurves(curves.fps, tuple(curves.targets[column] for column in columns), curves.values[:, columns])


def changed_values(
    controls: TargetCurves, samples: tuple[int, int], visit: Callable[[int], None]
) -> tuple[np.ndarray, np.ndarray]:
    """How far every number of the controls was to change from the first sample to the second, and how far it changes: (N,) each.

    visit: goes to the first or the second of the samples.
    """
    owned = [(owner, curve) for owner, curves in curves_by_owner(controls, "").items() for curve in curves]
    asked = np.array([curve.values[samples[1]] - curve.values[samples[0]] for _, curve in owned])
    found = []
    for step in (0, 1):
        visit(step)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        found.append([_value(owner.evaluated_get(depsgraph), curve) for owner, curve in owned])
    return asked, np.array(found[1]) - np.array(found[0])


def _value(owner: Any, curve: Curve) -> float:
    value: Any = owner.path_resolve(curve.data_path)
    return float(value) if isinstance(value, int | float) else float(value[curve.array_index])
