"""FaceMesh: the skin of the open human's face, on which performances are compared."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...bridge.data import ARKIT_INDEX, BLINK_NAMES, LIPS_NAMES, UPPER_FACE_NAMES, OpenHuman

_FACE_PARTS = ("body", "covered_body")
_FACE_REGIONS = ("skin", "lips")
_MOVES_MM = 0.1
"""Skin that no blend shape moves further is no face."""
_BLOCK_FRAMES = 256
_MM_PER_M = 1000.0


@dataclass(frozen=True, eq=False)
class FaceMesh:
    """offsets_mm (52, V, 3): what each ARKit shape at weight 1 moves. is_lip, is_upper_face: (V,) bool.

    Upper are the vertices that some brow, lid, cheek or nose shape moves further than any shape of jaw and mouth does.
    """

    offsets_mm: np.ndarray
    is_lip: np.ndarray
    is_upper_face: np.ndarray

    def displacement_blocks_mm(self, weights: np.ndarray, chosen: np.ndarray | None = None) -> Iterator[np.ndarray]:
        """Displacement from neutral of all vertices, or of the `chosen` (V,) bool, in blocks of frames: (F, 52) -> (f, V, 3).

        Blend shapes alone, as OpenHuman.deformed has them: neither head nor eyes turn. It is linear, so that the difference of
        the weights gives that of the vertices.
        """
        offsets = self.offsets_mm if chosen is None else self.offsets_mm[:, chosen]
        flat = offsets.reshape(len(offsets), -1)
        for start in range(0, len(weights), _BLOCK_FRAMES):
            block = np.asarray(weights[start : start + _BLOCK_FRAMES], np.float32)
            yield (block @ flat).reshape(len(block), -1, 3)


def face_mesh(human: OpenHuman) -> FaceMesh:
    """The vertices of skin and lips that a blend shape moves by 0.1 mm or more."""
    offsets_mm = _MM_PER_M * np.stack([human.blend_shape(name) for name in ARKIT_INDEX])
    reach_mm = np.linalg.norm(offsets_mm, axis=2)
    rows = np.flatnonzero(_is_face_skin(human) & (reach_mm.max(axis=0) > _MOVES_MM))
    upper, lower = ([ARKIT_INDEX[name] for name in names] for names in ((*UPPER_FACE_NAMES, *BLINK_NAMES), LIPS_NAMES))
    is_upper_face = reach_mm[upper].max(axis=0) > reach_mm[lower].max(axis=0)
    is_lip = human.vertex_region == human.region_names.index("lips")
    return FaceMesh(np.ascontiguousarray(offsets_mm[:, rows]), is_lip[rows], is_upper_face[rows])


def _is_face_skin(human: OpenHuman) -> np.ndarray:
    in_part = np.zeros(len(human.vertices), bool)
    in_part[human.faces[np.isin(human.face_part, [human.part_names.index(name) for name in _FACE_PARTS])]] = True
    return in_part & np.isin(human.vertex_region, [human.region_names.index(name) for name in _FACE_REGIONS])
