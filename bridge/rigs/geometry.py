"""RigGeometry: the meshes of a character, and what shape keys, bones and other controls do to them, as plain arrays."""

from dataclasses import dataclass, field, replace

import numpy as np

from ..data.rotation import axis_angle_to_matrix
from ..errors import InvalidInput
from .curves import TargetName

LOCATION_LIMIT_M = 0.05
ROTATION_LIMIT_RAD = 1.2
_CHUNK_FRAMES = 64


@dataclass(frozen=True, eq=False)
class ControlOffsets:
    """What targets do at value 1: target n moves indices[starts[n]:starts[n+1]] by offsets (M, 3) metres, and as far as `ranges`.

    A shape key's offsets are its own; those of other controls are measured, and hold for small values. ranges: (N, 2).
    """

    targets: tuple[TargetName, ...]
    starts: np.ndarray
    indices: np.ndarray
    offsets: np.ndarray
    ranges: np.ndarray

    def __post_init__(self) -> None:
        count = len(self.targets)
        shapes = (self.starts.shape, self.offsets.shape, self.ranges.shape)
        if shapes != ((count + 1,), (len(self.indices), 3), (count, 2)) or (self.ranges[:, 0] > self.ranges[:, 1]).any():
            raise InvalidInput("The offsets of a rig's controls do not fit their names, or a range ends before it begins.")

    def span(self, target: int) -> slice:
        return slice(int(self.starts[target]), int(self.starts[target + 1]))

    def dense(self, target: int, vertex_count: int) -> np.ndarray:
        """(V, 3) metres."""
        offsets = np.zeros((vertex_count, 3), np.float32)
        np.add.at(offsets, self.indices[self.span(target)], self.offsets[self.span(target)])
        return offsets


def sparse_controls(targets: tuple[TargetName, ...], offsets: np.ndarray, ranges: np.ndarray) -> ControlOffsets:
    """Controls out of dense offsets (N, V, 3)."""
    moved = [np.flatnonzero(np.abs(field).max(axis=1) > 1e-7) for field in offsets]
    starts = np.concatenate([[0], np.cumsum([len(rows) for rows in moved])]).astype(np.int64)
    indices = np.concatenate([*moved, np.zeros(0, np.int64)]).astype(np.int32)
    values = np.concatenate([*(field[rows] for field, rows in zip(offsets, moved, strict=True)), np.zeros((0, 3))])
    return ControlOffsets(targets, starts, indices, values.astype(np.float32), np.asarray(ranges, np.float32).reshape(-1, 2))


@dataclass(frozen=True, eq=False)
class RigBones:
    """Bones that carry skin. names, objects (the armature of each): J; parents (J,), -1 at a root; a parent stands before its
    children. heads (J, 3) metres at rest. skin_bones, skin_weights (V, S): rows of weights sum to 1, or to 0 without a bone."""

    names: tuple[str, ...]
    objects: tuple[str, ...]
    parents: np.ndarray
    heads: np.ndarray
    skin_bones: np.ndarray
    skin_weights: np.ndarray

    def __post_init__(self) -> None:
        count = len(self.names)
        if len(self.objects) != count or self.parents.shape != (count,) or self.heads.shape != (count, 3):
            raise InvalidInput("The bones of a rig do not fit their names.")
        if self.skin_bones.shape != self.skin_weights.shape or (self.parents >= np.arange(count)).any():
            raise InvalidInput(
                "A rig's bones are out of order, or its skin weights do not fit: parents come before their children."
            )
        if self.skin_bones.size and not (self.skin_bones.min() >= 0 and self.skin_bones.max() < max(count, 1)):
            raise InvalidInput(f"A skin weight names a bone outside 0..{count - 1}.")

    def vertex_weights(self, bone: int) -> np.ndarray:
        """(V,) weights of one bone."""
        return np.where(self.skin_bones == bone, self.skin_weights, 0.0).sum(axis=1)


NO_BONES = RigBones((), (), np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 0), np.int64), np.zeros((0, 0)))


@dataclass(frozen=True, eq=False)
class RigGeometry:
    """vertices (V, 3) at rest in SMPL-X axes (Y up, facing +Z), metres; triangles (T, 3); vertex_mesh (V,) indexes mesh_names."""

    vertices: np.ndarray
    triangles: np.ndarray
    vertex_mesh: np.ndarray
    mesh_names: tuple[str, ...]
    controls: ControlOffsets
    bones: RigBones = field(default_factory=lambda: NO_BONES)

    def __post_init__(self) -> None:
        count = len(self.vertices)
        if self.vertices.shape != (count, 3) or self.triangles.ndim != 2 or self.triangles.shape[1] != 3 or not count:
            raise InvalidInput("A rig needs vertices (V, 3) and triangles (T, 3).")
        if not np.isfinite(self.vertices).all():
            raise InvalidInput("A rig's vertices must be finite numbers.")
        for name, indices in (("triangles", self.triangles), ("controls", self.controls.indices)):
            if indices.size and not (indices.min() >= 0 and indices.max() < count):
                raise InvalidInput(f"The {name} of a rig name a vertex outside 0..{count - 1}.")
        if self.bones.names and len(self.bones.skin_bones) != count:
            raise InvalidInput("The skin weights of a rig do not fit its vertices.")

    def with_controls(self, controls: ControlOffsets) -> "RigGeometry":
        return replace(self, controls=controls)

    def deformed(self, targets: tuple[TargetName, ...], values: np.ndarray, vertices: np.ndarray) -> np.ndarray:
        """Some vertices (P,) under values (F, N) of targets: (F, P, 3) metres. Controls add up, then bones carry the skin."""
        positions = np.repeat(self.vertices[None, vertices].astype(np.float64), len(values), axis=0)
        place = np.full(len(self.vertices), -1)
        place[vertices] = np.arange(len(vertices))
        columns = {target: column for column, target in enumerate(targets)}
        for index, target in enumerate(self.controls.targets):
            span = self.controls.span(index)
            rows = place[self.controls.indices[span]]
            if target in columns and (rows >= 0).any():
                amounts = values[:, columns[target], None, None]
                positions[:, rows[rows >= 0]] += amounts * self.controls.offsets[span][rows >= 0]
        return self._skinned(columns, values, vertices, positions)

    def _skinned(
        self, columns: dict[TargetName, int], values: np.ndarray, vertices: np.ndarray, positions: np.ndarray
    ) -> np.ndarray:
        bones = self.bones
        if not bones.names:
            return positions
        used = np.unique(bones.skin_bones[vertices][bones.skin_weights[vertices] > 0.0])
        weights_of = {bone: bones.vertex_weights(bone)[vertices] for bone in used}
        for start in range(0, len(values), _CHUNK_FRAMES):
            chunk = slice(start, start + _CHUNK_FRAMES)
            transforms = self.bone_transforms(columns, values[chunk])
            moved = positions[chunk] * (1.0 - bones.skin_weights[vertices].sum(axis=1))[:, None]
            for bone, weights in weights_of.items():
                rows = np.flatnonzero(weights)
                turned = positions[chunk][:, rows] @ transforms[:, bone, :, :3].swapaxes(-1, -2) + transforms[:, bone, None, :, 3]
                moved[:, rows] += weights[rows, None] * turned
            positions[chunk] = moved
        return positions

    def bone_transforms(self, columns: dict[TargetName, int], values: np.ndarray) -> np.ndarray:
        """Rest to pose of every bone, (F, J, 3, 4), under values (F, N) of the targets that `columns` places."""
        bones = self.bones
        found = np.zeros((len(values), len(bones.names), 3, 4))
        for bone, (name, item) in enumerate(zip(bones.names, bones.objects, strict=True)):
            rotation, location = (_components(columns, values, kind, item, name) for kind in ("bone_rotation", "bone_location"))
            own = axis_angle_to_matrix(rotation)
            shift = bones.heads[bone] + location - np.einsum("fij,j->fi", own, bones.heads[bone])
            parent = bones.parents[bone]
            if parent < 0:
                found[:, bone, :, :3], found[:, bone, :, 3] = own, shift
                continue
            found[:, bone, :, :3] = found[:, parent, :, :3] @ own
            found[:, bone, :, 3] = np.einsum("fij,fj->fi", found[:, parent, :, :3], shift) + found[:, parent, :, 3]
        return found


def _components(columns: dict[TargetName, int], values: np.ndarray, kind: str, item: str, name: str) -> np.ndarray:
    """What moves a bone along or about the character's axes, (F, 3)."""
    result = np.zeros((len(values), 3))
    for index, axis in enumerate("xyz"):
        column = columns.get(TargetName(kind, item, name, axis))
        if column is not None:
            result[:, index] = values[:, column]
    return result
