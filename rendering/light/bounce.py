"""Light that what the picture shows throws onto what lies beside it, once: a white shirt under a chin.

What closes a point's horizon also shines from there (Ritschel, Grosch and Seidel, "Approximating dynamic global illumination
in image space", 2009).
"""

import numpy as np

from .horizon import SLICE_COUNT, Horizon, slice_angle


def thrown_light(horizon: Horizon, radiance: np.ndarray) -> np.ndarray:
    """Irradiance (P, 3) at the points of the horizon, where each of them shines with `radiance` (P, 3) to all sides."""
    place = horizon.rows, horizon.columns
    shining = np.zeros((3, *horizon.size), np.float32)
    shining[:, *place] = radiance.T
    normals = np.zeros((3, *horizon.size), np.float32)
    normals[:, *place] = (horizon.normals @ horizon.camera.camera_to_world[:3, :3]).T
    received = np.zeros((3, *horizon.size), np.float32)
    for index in range(SLICE_COUNT):
        angle_rad = slice_angle(index)
        along = normals[0] * np.cos(angle_rad) + normals[1] * np.sin(angle_rad)
        # Nothing below the surface's own plane lights it.
        reached = -along / np.sqrt(along**2 + normals[2] ** 2 + 1e-9)
        for here, there, rise in horizon.steps[index]:
            newly = np.maximum(np.nan_to_num(rise, nan=-1.0) - reached[here], 0.0)
            middle = reached[here] + 0.5 * newly
            cosine = along[here] * np.sqrt(np.maximum(1.0 - middle**2, 0.0)) + normals[2][here] * middle
            received[:, *here] += shining[:, *there] * (np.maximum(cosine, 0.0) * newly)
            reached[here] += newly
    return received[:, *place].T * (2.0 * np.pi / SLICE_COUNT)
