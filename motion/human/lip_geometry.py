"""What blend shapes do to the open human's lips: the linear map by which models are trained on millimetres."""

from functools import cache

import numpy as np

from ...bridge.formats.open_human import load_open_human


@cache
def lip_offsets_mm(names: tuple[str, ...]) -> np.ndarray:
    """(K, V, 3) float32: how far each blend shape at weight 1 moves the vertices of the lips, in millimetres."""
    human = load_open_human()
    is_lip = human.vertex_region == human.region_names.index("lips")
    return np.stack([1000.0 * human.blend_shape(name)[is_lip] for name in names]).astype(np.float32)
