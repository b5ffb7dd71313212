"""WantedFace: what the skin of a head would do under each of the 52 blend shapes, before anyone asks whether its rig can."""

from dataclasses import dataclass

import numpy as np

from .seam import LipSeam

_LIPS_IMPORTANCE, _LIPS_REACH = 4.0, 0.25


@dataclass(frozen=True, eq=False)
class WantedFace:
    """vertices (P,): sorted, of the rig's geometry. offsets (52, P, 3): metres, in the order of ARKIT_NAMES. weights (P,): how
    much each vertex counts, 1 in sum. seam: the lips, over vertices that are all among these."""

    vertices: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray
    seam: LipSeam

    def gaps_m(self) -> np.ndarray:
        """(52, N): how far each blend shape parts the columns of the lips."""
        return self.offsets[..., 1] @ self.seam.gap_rows(self.vertices).T

    def opening_m(self, blend_shape_weights: np.ndarray) -> np.ndarray:
        """How far a performance (F, 52) wants the lips to stand open, (F,)."""
        return (blend_shape_weights @ self.gaps_m()).max(axis=1)


def emphasised(areas: np.ndarray, beside_lips: np.ndarray) -> np.ndarray:
    """Weights (P,) of vertices by their areas; the lips, from which they are so many distances of the eyes, count more."""
    importance = 1.0 + (_LIPS_IMPORTANCE - 1.0) * np.exp(-np.square(beside_lips / _LIPS_REACH))
    weights = np.maximum(areas, 1e-3 * areas.mean()) * importance
    return weights / weights.sum()
