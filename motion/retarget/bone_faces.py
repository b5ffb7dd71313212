"""The 52 blend shapes as poses of a rig's face bones, and the mapping that is made of them."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from ...bridge.data import ARKIT_NAMES, EYE_LOOK_RAD, mirrored_name
from ...bridge.errors import InvalidInput
from ...bridge.rigs import MappingRow, MappingTarget, RigMapping, TargetName
from ...bridge.rigs.geometry import LOCATION_LIMIT_M, ROTATION_LIMIT_RAD, RigBones, RigGeometry
from ...bridge.rigs.mirror import mirrored_rig_name
from .bone_roles import BoneRole, facial_bones
from .rigid_fit import SkinFit
from .wanted import WantedFace

_NO_BONES = "No bone of a face carries the skin of this head: bones must hang below the head's and have weights."
_LEAST_TURN_RAD, _LEAST_SHIFT_M = 0.01, 2e-4
_OPEN, _CLOSE = ARKIT_NAMES.index("jawOpen"), ARKIT_NAMES.index("mouthClose")
_MIRRORED_M = 2e-3
_SLIDES = ("jawForward", "jawLeft", "jawRight")
"""Where the jaw leaves its socket."""
_LOOKS = {"Down": (0, 1.0), "Up": (0, -1.0), "In": (1, -1.0), "Out": (1, 1.0)}
"""Axis and sign by which the left eye turns."""


@dataclass(frozen=True, eq=False)
class BonePoses:
    """A pose for each of the 52 blend shapes: turns (52, J, 3) rotation vectors and shifts (52, J, 3) metres, about and along the
    character's axes and relative to the parent, as the targets of a mapping are."""

    bones: RigBones
    turns: np.ndarray
    shifts: np.ndarray

    def mapping(self) -> RigMapping:
        """One row a blend shape that moves some bone."""
        rows = []
        for name, turns, shifts in zip(ARKIT_NAMES, self.turns, self.shifts, strict=True):
            parts = [
                *self._parts("bone_rotation", turns, _LEAST_TURN_RAD, ROTATION_LIMIT_RAD),
                *self._parts("bone_location", shifts, _LEAST_SHIFT_M, LOCATION_LIMIT_M),
            ]
            if parts:
                rows.append(MappingRow(name, tuple(parts)))
        return RigMapping("bones that follow the skin", tuple(rows))

    def _parts(self, kind: str, values: np.ndarray, least: float, limit: float) -> list[MappingTarget]:
        """values: (J, 3)."""
        found = []
        for bone, axis in zip(*np.nonzero(np.abs(values) > least), strict=True):
            target = TargetName(kind, self.bones.objects[bone], self.bones.names[bone], "xyz"[axis])
            found.append(MappingTarget(target, float(values[bone, axis]), minimum=-limit, maximum=limit))
        return found


def bone_poses(geometry: RigGeometry, wanted: WantedFace) -> BonePoses:
    """The bones' transforms that follow the skin. Raises InvalidInput where no bone of a face carries any of it."""
    bones = geometry.bones
    roles = facial_bones(bones)
    if not roles:
        raise InvalidInput(_NO_BONES)
    skin = np.zeros((len(wanted.vertices), len(bones.names)))
    rows = np.arange(len(skin))[:, None]
    np.add.at(skin, (rows, bones.skin_bones[wanted.vertices]), bones.skin_weights[wanted.vertices])
    moving = [bone for bone, role in roles.items() if role not in (BoneRole.EYE, BoneRole.INSIDE) and skin[:, bone].any()]
    if not moving:
        raise InvalidInput(_NO_BONES)
    points = geometry.vertices[wanted.vertices].astype(np.float64)
    pivots = {bone: pivot for bone in moving if (pivot := _pivot(bones, roles, bone)) is not None}
    fit = SkinFit(points, wanted.weights, skin, bones.parents, pivots, frozenset(moving) - frozenset(pivots))
    aims = points + wanted.offsets
    aims[_CLOSE] += wanted.offsets[_OPEN]
    transforms = fit.transforms(aims)
    sliding = replace(fit, pivots={bone: pivot for bone, pivot in pivots.items() if roles[bone] is not BoneRole.JAW})
    slides = [ARKIT_NAMES.index(name) for name in _SLIDES]
    transforms[slides] = replace(sliding, free=frozenset(moving) - frozenset(sliding.pivots)).transforms(aims[slides])
    turns, shifts = _relative_to_parents(bones, transforms)
    # mouthClose is what shuts an open jaw: bones that hang on the jaw must be told what to do when it is open.
    turns[_CLOSE] -= turns[_OPEN]
    shifts[_CLOSE] -= shifts[_OPEN]
    turns, shifts = _symmetric(bones, turns, -1.0), _symmetric(bones, shifts, 1.0)
    for bone, role in roles.items():
        if role is BoneRole.EYE:
            turns[:, bone] = _looks(is_left=bool(bones.heads[bone, 0] > 0.0))
    return BonePoses(bones, turns, shifts)


def _pivot(bones: RigBones, roles: dict[int, BoneRole], bone: int) -> np.ndarray | None:
    """Where a bone turns and does not leave: the jaw at its own head, a lid at the eye that it covers."""
    if roles[bone] is BoneRole.JAW:
        return bones.heads[bone].astype(np.float64)
    eyes = [other for other, role in roles.items() if role is BoneRole.EYE]
    if roles[bone] is not BoneRole.LID or not eyes:
        return None
    nearest = min(eyes, key=lambda eye: float(np.linalg.norm(bones.heads[eye] - bones.heads[bone])))
    return bones.heads[nearest].astype(np.float64)


def _relative_to_parents(bones: RigBones, transforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rest to pose (K, J, 3, 4) -> turns and shifts (K, J, 3) about each bone's head."""
    turns = np.zeros((*transforms.shape[:2], 3))
    shifts = np.zeros_like(turns)
    for bone, parent in enumerate(bones.parents):
        rotation, shift = transforms[:, bone, :, :3], transforms[:, bone, :, 3]
        if parent >= 0:
            back = transforms[:, parent, :, :3].swapaxes(-1, -2)
            shift = np.einsum("kij,kj->ki", back, shift - transforms[:, parent, :, 3])
            rotation = back @ rotation
        head = bones.heads[bone].astype(np.float64)
        turns[:, bone] = Rotation.from_matrix(rotation).as_rotvec()
        shifts[:, bone] = rotation @ head + shift - head
    return turns, shifts


def _symmetric(bones: RigBones, values: np.ndarray, sideways: float) -> np.ndarray:
    """Poses (52, J, 3) and their mirror images in the mean, where every bone has its like on the other side.

    sideways: 1 for shifts, whose x changes sign in a mirror, -1 for turns, where y and z do.
    """
    place = {name: index for index, name in enumerate(bones.names)}
    others = np.array([place.get(mirrored_rig_name(name), -1) for name in bones.names])
    moved = np.flatnonzero(np.abs(values).max(axis=(0, 2)) > 1e-9)
    flip = np.array([-1.0, 1.0, 1.0])
    if (others[moved] < 0).any() or (np.abs(bones.heads[others[moved]] * flip - bones.heads[moved]) > _MIRRORED_M).any():
        return values
    channels = [ARKIT_NAMES.index(mirrored_name(name)) for name in ARKIT_NAMES]
    mirrored = np.zeros_like(values)
    mirrored[:, moved] = sideways * flip * values[channels][:, others[moved]]
    return 0.5 * (values + mirrored)


def _looks(is_left: bool) -> np.ndarray:
    """The turns of an eyeball, (52, 3)."""
    turns = np.zeros((len(ARKIT_NAMES), 3))
    side, mirror = ("Left", 1.0) if is_left else ("Right", -1.0)
    for direction, (axis, sign) in _LOOKS.items():
        turns[ARKIT_NAMES.index(f"eyeLook{direction}{side}"), axis] = sign * (mirror if axis else 1.0) * EYE_LOOK_RAD[direction]
    return turns
