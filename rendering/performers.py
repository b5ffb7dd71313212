"""Who performs: a surface, and where its vertices stand in a pose."""

from typing import Protocol

import numpy as np

from ..bridge.data import ARKIT_NAMES, OpenHuman
from .gbuffer import GltfCharacter, Surface, shown_human
from .poses import Pose


class Performer(Protocol):
    """A character that can be posed. All in SMPL-X's axes, metres."""

    @property
    def surface(self) -> Surface: ...

    @property
    def face_centre(self) -> np.ndarray:
        """(3,): about the middle of the face at rest."""
        ...

    def vertices(self, pose: Pose) -> np.ndarray:
        """(V, 3): where the surface's vertices stand."""
        ...

    def head_to_world(self, pose: Pose) -> np.ndarray:
        """(4, 4): carries the head's points from rest."""
        ...


class OpenHumanPerformer:
    """The project's own character."""

    def __init__(self, human: OpenHuman) -> None:
        self._human = human
        self._order = [ARKIT_NAMES.index(name) for name in human.blend_shape_names]
        self._shown = shown_human(human)
        self.surface = self._shown.surface

    @property
    def face_centre(self) -> np.ndarray:
        eyes = [self._human.joint_positions[self._human.joint_names.index(f"{side}_eye_smplhf")] for side in ("left", "right")]
        return np.mean(eyes, axis=0) - np.array([0.0, 0.015, 0.03])

    def vertices(self, pose: Pose) -> np.ndarray:
        posed = self._human.posed(pose.blend_shapes[self._order], self._joints(pose))
        return self._shown.vertices(posed + pose.translation)

    def head_to_world(self, pose: Pose) -> np.ndarray:
        rotations = np.zeros((1, len(self._human.joint_names), 3))
        for name, rotation in self._joints(pose).items():
            rotations[0, self._human.joint_names.index(name)] = rotation
        carried = np.eye(4)
        carried[:3] = self._human.joint_transforms(rotations)[0, self._human.joint_names.index("head")]
        carried[:3, 3] += pose.translation
        return carried

    def _joints(self, pose: Pose) -> dict[str, np.ndarray]:
        return {name: rotation for name, rotation in pose.joints.items() if name in self._human.joint_names}


class GltfPerformer:
    """A character of a glTF file, whose face moves; its bones stay at rest."""

    def __init__(self, character: GltfCharacter) -> None:
        self._character = character
        self.surface = character.surface

    @property
    def face_centre(self) -> np.ndarray:
        """The middle of what shape keys move by a fifth of their most or more; of everything where there are none."""
        anchors, offsets = self.surface.anchors, self._character.offsets
        reach_m = np.linalg.norm(offsets, axis=-1).max(axis=0) if len(offsets) else np.zeros(len(anchors))
        moved = anchors[reach_m >= 0.2 * reach_m.max()]
        return 0.5 * (moved.min(axis=0) + moved.max(axis=0))

    def vertices(self, pose: Pose) -> np.ndarray:
        return self._character.deformed(pose.blend_shapes) + pose.translation

    def head_to_world(self, pose: Pose) -> np.ndarray:
        carried = np.eye(4)
        carried[:3, 3] = pose.translation
        return carried
