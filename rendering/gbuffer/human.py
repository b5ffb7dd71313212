"""The open human as a Surface, in the mean colours that its Cycles materials show."""

import numpy as np

from ...bridge.data import OpenHuman
from ...bridge.data.human_surface import face_regions
from ...bridge.data.vertex_paint import lips, painted_colours
from .surface import Surface

_ROUGHNESS = {
    "skin": 0.46, "lips": 0.31, "mouth": 0.32, "sclera": 0.22, "iris": 0.5, "pupil": 0.9, "teeth": 0.18, "gums": 0.32,
    "tongue": 0.32, "lashes": 0.5, "brows": 0.5, "hair": 0.5, "shirt": 0.85, "trousers": 0.85,
}  # fmt: skip
_HIDDEN = ("cornea",)
_MOTTLED = {
    "skin": (0.981, 0.940, 0.926),
    "lips": (0.981, 0.940, 0.926),
    "hands": (0.981, 0.940, 0.926),
    "clothes": (0.92, 0.92, 0.92),
}
"""What the mean of a Cycles material's patches leaves of the painted colour, by the vertices' region."""
_LIP_COLOUR, _LIP_SHARE = np.array([0.54, 0.27, 0.205]), 0.22


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
        colours=_shown_colours(human).astype(np.float32),
    )


def _shown_colours(human: OpenHuman) -> np.ndarray:
    """(V, 3) linear: the painted colours as Cycles' materials change them on average."""
    factors = np.array([_MOTTLED.get(name, (1.0, 1.0, 1.0)) for name in human.region_names])
    colours = painted_colours(human) * factors[human.vertex_region]
    share = _LIP_SHARE * lips(human)[:, None]
    return colours * (1.0 - share) + _LIP_COLOUR * share
