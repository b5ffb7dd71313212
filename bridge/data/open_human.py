"""OpenHuman: the project's own character, read from one compact file with numpy alone so that add-on and worker share it."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy_format

from ..errors import InvalidInput, ModelMissing
from .rotation import axis_angle_to_matrix

OPEN_HUMAN_PATH = Path(__file__).parents[2] / "addon" / "assets" / "open_human.npz"
FORMAT_VERSION = 1
_MOST_BYTES = 256 << 20
_CHUNK_FRAMES = 32
_NAME_FIELDS = ("part_names", "region_names", "material_names", "blend_shape_names", "joint_names")
_TEXT_FIELDS = ("license", "source")


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


def load_open_human(path: Path | None = None) -> OpenHuman:
    """Read an open human file, by default the bundled one.

    Raises ModelMissing where there is none, InvalidInput for a bad one.
    """
    path = OPEN_HUMAN_PATH if path is None else path
    if not path.is_file():
        raise ModelMissing(f"No open human at {path}. Make it with `vivavoce bake-human`, or install the project again.")
    arrays = _read_arrays(path)
    version = int(arrays.pop("format_version", np.array(0)))
    if version != FORMAT_VERSION:
        raise InvalidInput(f"{path.name} has format {version}; this version reads {FORMAT_VERSION}. Bake it again.")
    missing = [field.name for field in fields(OpenHuman) if field.name not in arrays]
    if missing:
        raise InvalidInput(f"{path.name} is not an open human file: it lacks {', '.join(missing)}.")
    human = OpenHuman(**{field.name: _field_value(field.name, arrays[field.name]) for field in fields(OpenHuman)})
    _check(human, path.name)
    return human


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Every array of an npz whose headers are plain and whose sizes together are believable."""
    try:
        with zipfile.ZipFile(path) as archive:
            total = 0
            for entry in archive.infolist():
                total += max(entry.file_size, _claimed_bytes(archive, entry))
                if total > _MOST_BYTES:
                    raise InvalidInput(f"{path.name} claims more than {_MOST_BYTES >> 20} MB; it is not an open human file.")
        with np.load(path, allow_pickle=False) as npz:
            return {name: npz[name] for name in npz.files}
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError, OSError) as error:
        raise InvalidInput(f"{path.name} cannot be read as an open human file ({error}). Bake it again.") from error


def _claimed_bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """The size that an array's header claims, read without its data."""
    with archive.open(entry) as stream:
        version = npy_format.read_magic(stream)
        read_header = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
        shape, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise InvalidInput(f"{entry.filename} holds pickled objects, which are never loaded.")
    return int(np.prod(shape, dtype=object)) * dtype.itemsize


def _field_value(name: str, array: np.ndarray) -> Any:
    if name in _NAME_FIELDS:
        return tuple(str(item) for item in array.ravel())
    if name in _TEXT_FIELDS:
        return str(array)
    if name == "blend_shape_offsets" and array.ndim == 2 and array.dtype == np.int16:
        array = array * np.float32(OFFSET_UNIT_M)
    if array.dtype.kind == "f":
        array = array.astype(np.float32)
    if name == "skin_weights":
        array = array / array.sum(axis=-1, keepdims=True)
    array.setflags(write=False)
    return array


OFFSET_UNIT_M = 2e-6
"""Blend shape offsets are stored as int16 multiples of this: two micrometres, up to 65 mm."""


def _check(human: OpenHuman, file_name: str) -> None:
    """Shapes agree and every index points at something."""
    counts = {"V": len(human.vertices), "F": len(human.faces), "J": len(human.joint_names), "K": len(human.blend_shape_names)}
    counts |= {"N": len(human.blend_shape_indices), "K+1": counts["K"] + 1, "P": len(human.lip_pairs)}
    shapes = {
        "vertices": ("V", 3), "faces": ("F", 4), "face_part": ("F",), "face_material": ("F",), "vertex_region": ("V",),
        "vertex_color": ("V", 3),
        "uv": ("F", 4, 2), "blend_shape_starts": ("K+1",), "blend_shape_indices": ("N",), "blend_shape_offsets": ("N", 3),
        "joint_parents": ("J",), "joint_positions": ("J", 3), "skin_joints": ("V", 4), "skin_weights": ("V", 4),
        "lip_pairs": ("P", 2),
    }  # fmt: skip
    for name, shape in shapes.items():
        wanted = tuple(counts[size] if isinstance(size, str) else size for size in shape)
        if getattr(human, name).shape != wanted:
            raise InvalidInput(f"{file_name}: {name} has shape {getattr(human, name).shape} where {wanted} is meant.")
    limits = {
        "faces": counts["V"], "blend_shape_indices": counts["V"], "lip_pairs": counts["V"], "skin_joints": counts["J"],
        "face_part": len(human.part_names), "face_material": len(human.material_names), "vertex_region": len(human.region_names),
        "blend_shape_starts": counts["N"] + 1,
    }  # fmt: skip
    for name, limit in limits.items():
        array = getattr(human, name)
        if array.dtype.kind not in "iu" or (array.size and not (array.min() >= 0 and array.max() < limit)):
            raise InvalidInput(f"{file_name}: {name} holds an index outside 0..{limit - 1}.")
    if np.any(np.diff(human.blend_shape_starts.astype(np.int64)) < 0) or np.any(human.joint_parents >= np.arange(counts["J"])):
        raise InvalidInput(f"{file_name}: blend shapes or joints are out of order; a parent must come before its children.")
    for name in ("vertices", "uv", "blend_shape_offsets", "joint_positions", "skin_weights"):
        if not np.isfinite(getattr(human, name)).all():
            raise InvalidInput(f"{file_name}: {name} holds values that are not finite numbers.")
