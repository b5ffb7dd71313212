"""The body part with its regions, and the face's own parts: its tongue."""

import numpy as np

from .colors import lip_mask
from .parts import PALETTE, MeshPart, uniform_part
from .skeleton import JOINT_NAMES
from .source import SourceMesh

_HAND_WORDS = ("wrist", "thumb", "index", "middle", "ring", "pinky")


def body_part(source: SourceMesh) -> MeshPart:
    """MakeHuman's skin, mouth bag included: regions skin, lips, mouth_inside and hands."""
    quads, uv = source.groups["body"]
    hands = source.weights[:, [any(word in name for word in _HAND_WORDS) for name in JOINT_NAMES]].sum(axis=1) > 0.5
    regions = np.full(len(source.vertices), "skin", object)
    regions[hands] = "hands"
    regions[lip_mask(source) > 0.5] = "lips"
    regions[source.masks["mouth"] > 0.5] = "mouth_inside"
    inside, lips = (np.isin(regions[quads], names).all(axis=1) for names in (["mouth_inside"], ["lips", "mouth_inside"]))
    materials = np.select([inside, lips], ["mouth", "lips"], "skin").astype(object)
    whole = MeshPart(
        "body",
        source.vertices,
        quads,
        uv,
        source.shapes,
        source.weights,
        regions,
        materials,
        np.tile(PALETTE["skin"], (len(regions), 1)),
    )
    return whole.without_faces(np.zeros(len(quads), bool))


def group_part(source: SourceMesh, group: str, name: str, material: str, region: str) -> MeshPart:
    """One of MakeHuman's helper surfaces as a part."""
    quads, uv = source.groups[group]
    whole = uniform_part(name, material, region, source.vertices, quads, uv, source.shapes, source.weights)
    return whole.without_faces(np.zeros(len(quads), bool))


def tongue(source: SourceMesh) -> MeshPart:
    return group_part(source, "tongue", "tongue", "tongue", "tongue")
