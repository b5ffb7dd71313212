"""The open human as a Surface, in the mean colours that its Cycles materials show."""

import numpy as np

from ...bridge.data import OpenHuman
from ...bridge.data.human_surface import face_regions
from ...bridge.data.vertex_paint import painted_colours
from .surface import Surface

_ROUGHNESS = {
    "skin": 0.46, "lips": 0.31, "mouth": 0.32, "sclera": 0.22, "iris": 0.5, "pupil": 0.9, "teeth": 0.18, "gums": 0.32,
    "tongue": 0.32, "lashes": 0.5, "brows": 0.5, "hair": 0.5, "shirt": 0.85, "trousers": 0.85,
}  # fmt: skip
_HIDDEN = ("cornea",)


def human_surface(human: OpenHuman) -> Surface:
    """Quads cut in two, the clear cornea left out, so that vertices are those of `human`."""
    shown = np.flatnonzero(~np.isin(human.face_material, [human.material_names.index(name) for name in _HIDDEN]))
    is_quad = human.faces[shown, 2] != human.faces[shown, 3]
    face = np.concatenate([shown, shown[is_quad]])
    triangles = np.concatenate([human.faces[shown, :3], human.faces[shown[is_quad]][:, [0, 2, 3]]])
    roughness = np.array([_ROUGHNESS.get(name, 0.5) for name in human.material_names], np.float32)
    return Surface(
        triangles=triangles,
        anchors=human.vertices,
        region=face_regions(human)[face].astype(np.uint8),
        roughness=roughness[human.face_material[face]],
        colours=painted_colours(human).astype(np.float32),
    )
