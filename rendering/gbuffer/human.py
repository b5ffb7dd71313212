"""The open human as a Surface: soft parts as smooth as Blender renders them, in its Cycles materials' mean colours."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...bridge.data import OpenHuman
from ...bridge.data.human_surface import face_regions
from ...bridge.data.vertex_paint import lips, painted_colours
from .surface import Surface

if TYPE_CHECKING:
    from scipy import sparse

_SOFT_PARTS = ("body", "covered_body", "tongue")
"""The parts that Blender subdivides."""
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


@dataclass(frozen=True, eq=False)
class ShownHuman:
    """surface: over V' vertices, more than the human has. smooth (V', V): carries the human's to them."""

    surface: Surface
    smooth: "sparse.csr_array"

    def vertices(self, posed: np.ndarray) -> np.ndarray:
        """Where the human's vertices stand (V, 3) -> where the surface's do (V', 3), metres."""
        return self.smooth @ posed.astype(np.float32)


def shown_human(human: OpenHuman) -> ShownHuman:
    """Quads cut in two, the clear cornea left out. Colours and anchors are spread evenly over a face, as Blender does it."""
    from .subdivision import subdivided

    is_soft = np.isin(human.face_part, [human.part_names.index(name) for name in _SOFT_PARTS])
    fine = subdivided(human.faces, is_soft, len(human.vertices))
    hidden = [human.material_names.index(name) for name in _HIDDEN]
    shown = np.flatnonzero(~np.isin(human.face_material[fine.face_of], hidden))
    is_quad = fine.faces[shown, 2] != fine.faces[shown, 3]
    face = fine.face_of[np.concatenate([shown, shown[is_quad]])]
    roughness = np.array([_ROUGHNESS.get(name, 0.5) for name in human.material_names], np.float32)
    surface = Surface(
        triangles=np.concatenate([fine.faces[shown, :3], fine.faces[shown[is_quad]][:, [0, 2, 3]]]),
        anchors=(fine.even @ human.vertices).astype(np.float32),
        region=face_regions(human)[face].astype(np.uint8),
        roughness=roughness[human.face_material[face]],
        colours=(fine.even @ _shown_colours(human)).astype(np.float32),
    )
    return ShownHuman(surface, fine.smooth)


def _shown_colours(human: OpenHuman) -> np.ndarray:
    """(V, 3) linear: the painted colours as Cycles' materials change them on average."""
    factors = np.array([_MOTTLED.get(name, (1.0, 1.0, 1.0)) for name in human.region_names])
    colours = painted_colours(human) * factors[human.vertex_region]
    share = _LIP_SHARE * lips(human)[:, None]
    return colours * (1.0 - share) + _LIP_COLOUR * share
