"""What the open human's materials read at its vertices: colours in linear light, lips, the shadow of a shaven beard."""

import numpy as np

from .open_human import OpenHuman

BEARD_SHADE = np.array([0.24, 0.20, 0.17])
"""The light that a shaven beard takes, per colour."""
_BEARD_LINE_M = np.array([(0.0, -0.050), (0.018, -0.054), (0.033, -0.072), (0.052, -0.066), (0.068, -0.035)])
"""The upper border of a beard: distance from the middle of the face, height against the eyes."""


def linear_colours(human: OpenHuman) -> np.ndarray:
    """The painted colours, (V, 3) linear RGB 0..1 (IEC 61966-2-1)."""
    display = human.vertex_color / 255.0
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)


def material_colours(human: OpenHuman) -> dict[str, np.ndarray]:
    """Material name -> its mean colour, (3,) linear RGB, for formats that hold no more; only those that faces use."""
    colours = linear_colours(human)
    used = np.unique(human.face_material)
    return {human.material_names[index]: colours[human.faces[human.face_material == index]].mean(axis=(0, 1)) for index in used}


def beard(human: OpenHuman) -> np.ndarray:
    """(V,) 0..1: where a shaven beard darkens the skin: from the sideburns under the cheeks, around the mouth, to the throat."""
    eyes = [human.joint_positions[human.joint_names.index(f"{side}_eye_smplhf")] for side in ("left", "right")]
    x, y, z = (human.vertices - np.mean(eyes, axis=0)).T
    border = np.interp(np.abs(x), *_BEARD_LINE_M.T)
    on_face = (human.vertex_region == human.region_names.index("skin")) & (z > -0.09)
    share = np.clip((border - y) / 0.014, 0.0, 1.0) * np.clip((y + 0.16) / 0.03, 0.0, 1.0)
    return np.where(on_face, share * (1.0 - lips(human)), 0.0)


def lips(human: OpenHuman) -> np.ndarray:
    """(V,) 0..1: 1 on lips, falling to 0 over the vertices around them."""
    inside = (human.vertex_region == human.region_names.index("lips")).astype(float)
    face_mean = inside[human.faces].mean(axis=1)
    count = np.bincount(human.faces.ravel(), minlength=len(inside))
    total = np.bincount(human.faces.ravel(), np.repeat(face_mean, 4), minlength=len(inside))
    return 0.5 * inside + 0.5 * total / np.maximum(count, 1)


def painted_colours(human: OpenHuman, beard_share: float = 1.0) -> np.ndarray:
    """`linear_colours` under the shadow of a shaven beard, as dark as `beard_share` says: (V, 3) linear RGB."""
    return linear_colours(human) * (1.0 - beard_share * beard(human)[:, None] * BEARD_SHADE)
