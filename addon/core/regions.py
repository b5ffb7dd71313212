"""Which region of a G-buffer the open human's faces show."""

import numpy as np

from ...bridge.data import REGION_NAMES, OpenHuman

_OF_MATERIAL = {
    "skin": "skin", "lips": "lips", "mouth": "mouth", "sclera": "eyes", "iris": "eyes", "pupil": "eyes", "cornea": "eyes",
    "teeth": "mouth", "gums": "mouth", "tongue": "mouth", "lashes": "hair", "brows": "hair", "hair": "hair", "shirt": "clothes",
    "trousers": "clothes",
}  # fmt: skip


def face_regions(human: OpenHuman) -> np.ndarray:
    """(F,) index into REGION_NAMES: by material, and hands where all of a face's vertices are a hand's."""
    of_material = np.array([REGION_NAMES.index(_OF_MATERIAL[name]) for name in human.material_names])
    is_hand = (human.vertex_region[human.faces] == human.region_names.index("hands")).all(axis=1)
    return np.where(is_hand, REGION_NAMES.index("hands"), of_material[human.face_material])
