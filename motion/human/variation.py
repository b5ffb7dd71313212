"""More people from a few: two people mixed, coloured anew, and cut down to the bust that a portrait shows."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...bridge.data import OpenHuman
from ...bridge.errors import InvalidInput
from .parts import PALETTE, carried_values

_SHARED_PARTS = ("body", "covered_body", "eyes", "teeth", "tongue", "lashes")
"""Parts with one topology in all people; brows, hair and clothes grow on each body in a way of its own."""


def mixed(first: OpenHuman, second: OpenHuman, share: float) -> OpenHuman:
    """`first`, moved by `share` of the way to `second`: body, face and blend shapes; hair and clothes follow the body.

    A share below 0 exaggerates what sets the first apart from the second. Raises InvalidInput where their bodies differ.
    """
    shared = _shared_vertices(first)
    count = len(shared)
    if _shared_vertices(second).shape != shared.shape:
        raise InvalidInput("These two people were not baked from the same body: bake both with this version.")
    move = np.zeros_like(first.vertices)
    move[:count] = share * (second.vertices[:count] - first.vertices[:count])
    skin = np.unique(first.faces[first.face_part == first.part_names.index("body")])
    carriers, weights = carried_values(first.vertices[count:], first.vertices[skin])
    move[count:] = np.einsum("vn,vnx->vx", weights, move[skin][carriers])
    starts, indices, offsets = _mixed_shapes(first, second, share, count)
    joints = first.joint_positions + share * (second.joint_positions - first.joint_positions)
    return replace(
        first, vertices=(first.vertices + move).astype(np.float32), joint_positions=joints.astype(np.float32),
        blend_shape_starts=starts, blend_shape_indices=indices, blend_shape_offsets=offsets,
    )  # fmt: skip


def _shared_vertices(human: OpenHuman) -> np.ndarray:
    """The vertices of the parts that all people have alike: they come first."""
    wanted = [human.part_names.index(name) for name in _SHARED_PARTS]
    vertices = np.unique(human.faces[np.isin(human.face_part, wanted)])
    if len(vertices) != vertices[-1] + 1:
        raise InvalidInput("This is no open human of this version: its body does not come first. Bake it again.")
    return vertices


def _mixed_shapes(first: OpenHuman, second: OpenHuman, share: float, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sparse blend shapes: mixed over the first `count` vertices, the first person's beyond."""
    starts, indices, offsets = [0], [], []
    for name in first.blend_shape_names:
        shape = first.blend_shape(name)
        shape[:count] += share * (second.blend_shape(name)[:count] - shape[:count])
        rows = np.flatnonzero(np.any(shape != 0.0, axis=1))
        indices.append(rows.astype(np.int32))
        offsets.append(shape[rows].astype(np.float32))
        starts.append(starts[-1] + len(rows))
    return np.array(starts, np.int32), np.concatenate(indices), np.concatenate(offsets)


def recoloured(human: OpenHuman, colours: Mapping[str, tuple[float, float, float]]) -> OpenHuman:
    """The person painted anew. colours: material -> its plain colour, sRGB 0..1; shades within a material are kept.

    Lips keep half of their own colour beside the skin's.
    """
    colour = human.vertex_color.astype(np.float64)
    for name, target in colours.items():
        painted = np.unique(human.faces[human.face_material == human.material_names.index(name)])
        colour[painted] *= np.array(target) / np.array(PALETTE[name])
    if "skin" in colours:
        lips = np.unique(human.faces[human.face_material == human.material_names.index("lips")])
        colour[lips] *= np.sqrt(np.array(colours["skin"]) / np.array(PALETTE["skin"])) if "lips" not in colours else 1.0
    return replace(human, vertex_color=np.clip(np.round(colour), 0, 255).astype(np.uint8))


def bust(human: OpenHuman, lowest_m: float, without: tuple[str, ...] = ()) -> OpenHuman:
    """What is left of a person above a height, metres, without hidden skin, trousers and the parts in `without`."""
    gone = [human.part_names.index(name) for name in ("covered_body", "trousers", *without)]
    kept = (human.vertices[human.faces, 1].max(axis=1) >= lowest_m) & ~np.isin(human.face_part, gone)
    used = np.zeros(len(human.vertices), bool)
    used[human.faces[kept]] = True
    number = np.cumsum(used) - 1
    is_kept = used[human.blend_shape_indices]
    counts = np.concatenate([[0], np.cumsum(is_kept)])[human.blend_shape_starts]
    rows = {
        name: getattr(human, name)[used] for name in ("vertices", "vertex_region", "vertex_color", "skin_joints", "skin_weights")
    }
    faces = {name: getattr(human, name)[kept] for name in ("face_part", "face_material", "uv")}
    return replace(
        human,
        **rows,
        **faces,
        faces=number[human.faces[kept]].astype(np.int32),
        lip_pairs=number[human.lip_pairs].astype(np.int32),
        blend_shape_starts=counts.astype(np.int32),
        blend_shape_indices=number[human.blend_shape_indices[is_kept]].astype(np.int32),
        blend_shape_offsets=human.blend_shape_offsets[is_kept],
    )
