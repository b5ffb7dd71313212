"""Curves of targets onto the datablocks that hold them: Key of a mesh, pose of an armature, properties of a control rig."""

from collections.abc import Iterable, Mapping
from typing import Any

import bpy
import numpy as np

from ....bridge.data.rotation import axis_angle_to_quaternion_wxyz
from ....bridge.rigs import TargetCurves, TargetName
from ...core.axes import z_up_to_y_up
from ..actions import Curve
from ..bone_curves import location_curves, rotation_curves
from .body import body_of

LOCAL = "local_"


def animated_by(target: TargetName) -> Any | None:
    """The datablock whose animation moves a target, or None where the target is not there."""
    item = bpy.data.objects.get(target.object)
    if item is None:
        return None
    if target.kind == "shape_key":
        keys = item.data.shape_keys if item.type == "MESH" else None
        return keys if keys is not None and target.name in keys.key_blocks else None
    if target.kind == "property":
        return item if _holds(item, target.name) else None
    return item if item.type == "ARMATURE" and target.name in item.pose.bones else None


def _holds(item: Any, path: str) -> bool:
    try:
        return isinstance(item.path_resolve(path), float | int)
    except ValueError:
        return False


def curves_by_owner(curves: TargetCurves, group: str) -> dict[Any, list[Curve]]:
    """Datablock -> its curves, shown under `group`; targets that are not there are left out."""
    owners: dict[Any, list[Curve]] = {}
    bones: dict[tuple[Any, str, str], dict[str, np.ndarray]] = {}
    for column, target in enumerate(curves.targets):
        owner = animated_by(target)
        if owner is None:
            continue
        values = curves.values[:, column].astype(np.float64)
        if target.kind in ("shape_key", "property"):
            owners.setdefault(owner, []).append(Curve(data_path(target), values, group=group))
        else:
            bones.setdefault((owner, target.name, target.kind), {})[target.axis] = values
    axes = {armature: character_axes(armature) for armature, _, _ in bones}
    for (armature, name, kind), components in bones.items():
        bone = armature.pose.bones[name]
        basis = axes[armature] @ np.array(bone.bone.matrix_local.to_3x3())
        owners.setdefault(armature, []).extend(_bone_curves(bone, kind, components, basis, _unit_m(armature)))
    return owners


def data_path(target: TargetName) -> str:
    """Where a shape key's value or a property is, from its owner."""
    return f'key_blocks["{bpy.utils.escape_identifier(target.name)}"].value' if target.kind == "shape_key" else target.name


def _bone_curves(bone: Any, kind: str, components: Mapping[str, np.ndarray], basis: np.ndarray, unit_m: float) -> list[Curve]:
    """components: axis -> (F,), of the character's axes or of the bone's own. basis: columns are the bone's axes."""
    own, common = (_vectors(components, prefix) for prefix in (LOCAL, ""))
    in_bone = common @ basis
    if kind == "bone_rotation":
        return rotation_curves(bone, axis_angle_to_quaternion_wxyz(in_bone + own))
    return location_curves(bone, in_bone / unit_m + own)


def _vectors(components: Mapping[str, np.ndarray], prefix: str) -> np.ndarray:
    zero = np.zeros_like(next(iter(components.values())))
    return np.stack([components.get(f"{prefix}{axis}", zero) for axis in "xyz"], axis=1)


def character_axes(armature: Any) -> np.ndarray:
    """(3, 3): `axes @ point` of the armature's space is in the character's axes (SMPL-X's)."""
    body = body_of(armature)
    if body is not None:
        return body.axes
    # Importers leave turned armature objects behind.
    return z_up_to_y_up(np.array(armature.matrix_world.to_quaternion().to_matrix()).T).T


def _unit_m(armature: Any) -> float:
    """Metres that a unit of the armature is."""
    return float(np.cbrt(abs(np.linalg.det(np.array(armature.matrix_world.to_3x3()))))) or 1.0


def set_targets(curves: TargetCurves, sample: int) -> None:
    """Show one sample, without any animation."""
    frame = TargetCurves(curves.fps, curves.targets, curves.values[sample : sample + 1])
    for owner, own in curves_by_owner(frame, "").items():
        set_values(owner, own)


def set_values(owner: Any, curves: Iterable[Curve]) -> None:
    """The first value of every curve, as a value of its own."""
    for curve in curves:
        holder_path, _, field = curve.data_path.rpartition(".")
        if curve.data_path.endswith("]"):
            holder_path, _, field = curve.data_path.rpartition("[")
            holder = owner.path_resolve(holder_path) if holder_path else owner
            holder[field.strip('"]')] = float(curve.values[0])
            continue
        holder = owner.path_resolve(holder_path)
        if field == "value":
            holder.value = curve.values[0]
        else:
            getattr(holder, field)[curve.array_index] = curve.values[0]
    owner.update_tag()
