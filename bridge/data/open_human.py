"""OpenHuman: the project's own character, in numpy alone so that add-on and worker share it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import InvalidInput
from .rotation import axis_angle_to_matrix

_CHUNK_FRAMES = 32


@dataclass(frozen=True, eq=False)
class OpenHuman:
    """One mesh of several parts in SMPL-X axes (Y up, facing +Z, its left is +X), metres.

    vertices (V, 3); faces (F, 4), a triangle repeats its last index; face_part, face_material, vertex_region index their names;
    uv (F, 4, 2) per corner; vertex_color (V, 3) sRGB 0..255, for whoever has no better material.
    Blend shape k moves blend_shape_indices[starts[k]:starts[k+1]] by blend_shape_offsets (N, 3).
    joint_positions (J, 3) at rest, joint_parents (J,) with -1 at the root; skin_joints, skin_weights (V, 4), rows sum to 1.
    lip_pairs (P, 2): vertices of the inner upper and lower lip that face each other, from the right corner to the left.
    """

    vertices: np.ndarray
    faces: np.ndarray
    face_part: np.ndarray
    face_material: np.ndarray
    vertex_region: np.ndarray
    vertex_color: np.ndarray
    uv: np.ndarray
    blend_shape_starts: np.ndarray
    blend_shape_indices: np.ndarray
    blend_shape_offsets: np.ndarray
    joint_parents: np.ndarray
    joint_positions: np.ndarray
    skin_joints: np.ndarray
    skin_weights: np.ndarray
    lip_pairs: np.ndarray
    part_names: tuple[str, ...]
    region_names: tuple[str, ...]
    material_names: tuple[str, ...]
    blend_shape_names: tuple[str, ...]
    joint_names: tuple[str, ...]
    license: str
    source: str

    def blend_shape(self, name: str) -> np.ndarray:
        """The offsets of one blend shape at weight 1, (V, 3) metres."""
        index = self.blend_shape_names.index(name)
        span = slice(self.blend_shape_starts[index], self.blend_shape_starts[index + 1])
        offsets = np.zeros_like(self.vertices)
        offsets[self.blend_shape_indices[span]] = self.blend_shape_offsets[span]
        return offsets

    def deformed(self, blend_shape_weights: np.ndarray) -> np.ndarray:
        """The mesh under ARKit weights in the order of `blend_shape_names`: (F, K) or (K,) -> (F, V, 3) or (V, 3)."""
        weights = np.asarray(blend_shape_weights, np.float32)
        frames = np.atleast_2d(weights)
        vertices = np.repeat(self.vertices[None], len(frames), axis=0)
        for index in np.flatnonzero(np.any(frames != 0.0, axis=0)):
            span = slice(self.blend_shape_starts[index], self.blend_shape_starts[index + 1])
            rows, offsets = self.blend_shape_indices[span], self.blend_shape_offsets[span]
            for start in range(0, len(frames), _CHUNK_FRAMES):
                chunk = slice(start, start + _CHUNK_FRAMES)
                vertices[chunk, rows] += frames[chunk, index, None, None] * offsets
        return vertices.reshape(*weights.shape[:-1], *self.vertices.shape)

    def posed(self, blend_shape_weights: np.ndarray, joint_rotations: Mapping[str, np.ndarray]) -> np.ndarray:
        """`deformed`, then linear blend skinning. joint_rotations: joint name -> (F, 3) or (3,) axis-angle, radians."""
        weights = np.asarray(blend_shape_weights, np.float32)
        frame_count = len(np.atleast_2d(weights))
        rotations = np.zeros((frame_count, len(self.joint_names), 3))
        for name, rotation in joint_rotations.items():
            if name not in self.joint_names:
                raise InvalidInput(f"The open human has no joint {name!r}; it has: {', '.join(self.joint_names)}.")
            rotations[:, self.joint_names.index(name)] = rotation
        transforms = self.joint_transforms(rotations).astype(np.float32)
        vertices = self.deformed(np.atleast_2d(weights))
        for frame, transform in enumerate(transforms):
            blended = np.einsum("vs,vsij->vij", self.skin_weights, transform[self.skin_joints], optimize=True)
            vertices[frame] = np.einsum("vij,vj->vi", blended[:, :, :3], vertices[frame]) + blended[:, :, 3]
        return vertices.reshape(*weights.shape[:-1], *self.vertices.shape)

    def joint_transforms(self, joint_rotations: np.ndarray) -> np.ndarray:
        """Rest space to posed space of every joint: (F, J, 3) axis-angle -> (F, J, 3, 4) [rotation | translation]."""
        local = axis_angle_to_matrix(joint_rotations)
        rotation, position = np.empty_like(local), np.empty((*local.shape[:2], 3))
        for joint, parent in enumerate(self.joint_parents):
            if parent < 0:
                rotation[:, joint], position[:, joint] = local[:, joint], self.joint_positions[joint]
                continue
            rotation[:, joint] = rotation[:, parent] @ local[:, joint]
            bone = self.joint_positions[joint] - self.joint_positions[parent]
            position[:, joint] = position[:, parent] + rotation[:, parent] @ bone
        translation = position - np.einsum("fjik,jk->fji", rotation, self.joint_positions)
        return np.concatenate([rotation, translation[..., None]], axis=-1)

    def lip_gap_m(self, blend_shape_weights: np.ndarray) -> np.ndarray:
        """How far the lips stand open: the largest upward gap over the lip pairs, (F, 52) -> (F,) metres.

        Negative where the lips overlap all along. Upward (y of upper minus lower) is what a closure removes;
        sideways slip of one lip on the other leaves them closed.
        """
        frames = np.atleast_2d(np.asarray(blend_shape_weights, np.float32))
        upper, lower = self.lip_pairs.T
        gaps = np.repeat((self.vertices[upper, 1] - self.vertices[lower, 1])[None], len(frames), axis=0)
        for index, name in enumerate(self.blend_shape_names):
            if np.any(frames[:, index] != 0.0):
                offsets = self.blend_shape(name)[:, 1]
                gaps += frames[:, index, None] * (offsets[upper] - offsets[lower])
        return gaps.max(axis=1)
