"""A body to be posed: an armature's skeleton, with the bones that are its joints."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ....bridge.data import SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES
from ....bridge.data.smplx_joints import SMPLX_JOINT_PARENTS
from .body_names import BodyBones
from .body_skeleton import Skeleton, body_axes
from .body_source import SMPLX_REST_M


@dataclass(frozen=True, eq=False)
class BodyTarget:
    """The skeleton holds every bone that `bones` names."""

    skeleton: Skeleton
    bones: BodyBones

    @cached_property
    def axes(self) -> np.ndarray:
        """(3, 3): `axes @ point` of the armature's space is in SMPL-X's axes."""
        skeleton = self.skeleton
        named = {**self.bones.joints, **dict(zip(("neck",), self.bones.neck, strict=False))}
        return body_axes({joint: skeleton.heads[skeleton.index(bone)] for joint, bone in named.items()})

    @cached_property
    def heads(self) -> dict[str, np.ndarray]:
        """SMPL-X joint -> where its bone begins at rest, (3,) in SMPL-X's axes, without spine and neck."""
        skeleton = self.skeleton
        return {joint: self.axes @ skeleton.heads[skeleton.index(bone)] for joint, bone in self.bones.joints.items()}

    @cached_property
    def carriers(self) -> dict[str, str | None]:
        """Bone -> the nearest bone above it that is posed too; None at the root.

        Where a convention sets properties to make bones follow, constraints carry them, and SMPL-X's hierarchy says whom.
        """
        posed = {*self.bones.joints.values(), *self.bones.spine, *self.bones.neck}
        if self.bones.properties:
            return self._carriers_by_joint()
        carriers: dict[str, str | None] = {}
        for bone in posed:
            parent = self.skeleton.parents[self.skeleton.index(bone)]
            while parent >= 0 and self.skeleton.names[parent] not in posed:
                parent = self.skeleton.parents[parent]
            carriers[bone] = self.skeleton.names[parent] if parent >= 0 else None
        return carriers

    def _carriers_by_joint(self) -> dict[str, str | None]:
        last = {joint: bone for bone, joint in self.bones.joint_of_bone.items()}
        trunk = [bone for bone in (last.get("pelvis"), *self.bones.spine, *self.bones.neck, last.get("head")) if bone]
        carriers: dict[str, str | None] = {trunk[0]: None} if trunk else {}
        carriers.update(zip(trunk[1:], trunk[:-1], strict=True))
        for joint, bone in self.bones.joints.items():
            if bone not in carriers:
                parent = SMPLX_JOINT_PARENTS[SMPLX_JOINT_INDEX[joint]]
                while parent >= 0 and SMPLX_JOINT_NAMES[parent] not in last:
                    parent = SMPLX_JOINT_PARENTS[parent]
                carriers[bone] = last[SMPLX_JOINT_NAMES[parent]] if parent >= 0 else None
        return carriers

    @property
    def scale(self) -> float:
        """Units of the armature for each metre of SMPL-X's mean body, by the height of the hips, else by the trunk."""
        for upper, lower in (("pelvis", "left_foot"), ("pelvis", "left_ankle"), ("left_hip", "left_ankle"), ("head", "pelvis")):
            if upper in self.heads and lower in self.heads:
                source = SMPLX_REST_M[SMPLX_JOINT_INDEX[upper], 1] - SMPLX_REST_M[SMPLX_JOINT_INDEX[lower], 1]
                return float(self.heads[upper][1] - self.heads[lower][1]) / float(source)
        return 1.0
