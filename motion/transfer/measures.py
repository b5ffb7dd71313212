"""How well made shapes work: sealed lips, covered eyes, teeth that follow, likeness of displacement fields."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .contacts import seam_pairs
from .eyes import Eyeball
from .labels import INSIDE, Labels
from .landmarks import Face
from .raster import Grid, front_view
from .registration import similarity
from .rigid import chin_patch
from .surface import SurfacePoints

EYES_APART_CM = 6.2
"""A human's: lengths of a mesh in any unit are told as if its eyes were so far apart."""
_PIXEL = 1.0 / 400.0


@dataclass(frozen=True)
class Quality:
    """What was measured on the target; lengths in cm on a head whose eyes are EYES_APART_CM apart."""

    residual_cm: float
    """Mean distance of the laid-on face from the target's."""
    round_trip_mouth: float
    """Mean cosine of the mouth's and jaw's shapes with themselves after the way there and back."""
    round_trip_worst: float
    worst_shape: str
    seal_mean_cm: float
    """How far jawOpen with mouthClose parts lips that touch at rest."""
    seal_worst_cm: float
    blink_visible: float
    """Share of the open eye that a blink leaves visible, the worse of both."""
    blink_overlap: float
    """How far shut lids pass each other, as a share of the open eye's height, the worse of both."""
    teeth_apart_cm: float | None
    """How far the lower teeth are from where the chin takes them under jawOpen; None without teeth."""


def likeness(offsets: np.ndarray, truth: np.ndarray) -> float:
    """The cosine of two displacement fields (V, 3)."""
    size = np.linalg.norm(offsets) * np.linalg.norm(truth)
    return float(np.sum(offsets * truth) / size) if size > 0.0 else 1.0


def seal_errors(face: Face, offsets: np.ndarray) -> np.ndarray:
    """By how much lips that touch at rest have parted or crossed, for each column of the seam (N,), in cm as in Quality."""
    upper, lower = seam_pairs(face)
    return EYES_APART_CM / face.unit * np.linalg.norm(upper.of(offsets) - lower.of(offsets), axis=1)


def blink_visible(face: Face, side: int, offsets: np.ndarray) -> float:
    """Seen from the front: the share of the open eye's pixels that a blink (V, 3) leaves visible. side: 0 left, 1 right."""
    open_pixels, left = (_eye_pixels(face, face.eyes[side], moved) for moved in (np.zeros_like(offsets), offsets))
    return left / max(open_pixels, 1)


def blink_overlap(face: Face, side: int, offsets: np.ndarray) -> float:
    """How far the upper lid's edge passes below the lower's, mean along the lids, as a share of the open eye's height."""
    places = [SurfacePoints(face.skin.triangles[margin.triangles], margin.barycentric) for margin in face.lids[side]]
    upper, lower = (place.of(face.skin.vertices) for place in places)
    height = float(np.max(upper[:, 1] - lower[:, 1]))
    shut_upper, shut_lower = (place.of(face.skin.vertices + offsets) for place in places)
    return float(np.mean(np.maximum(shut_lower[:, 1] - shut_upper[:, 1], 0.0))) / max(height, 1e-12)


def teeth_apart(
    face: Face, labels: Labels, jaw_open: np.ndarray, jaw_shares: np.ndarray, teeth_offsets: np.ndarray
) -> float | None:
    """Mean distance in cm, as in Quality, of lower teeth from where the chin's own rigid move takes them.

    jaw_open: (V, 3) on the skin; jaw_shares (M,) and teeth_offsets (M, 3) on the whole welded mesh.
    """
    lower = np.flatnonzero(jaw_shares > 0.9)
    chin = chin_patch(face, labels)
    if not len(lower) or len(chin) < 3:
        return None
    start = face.skin.vertices[chin]
    _, rotation, _ = similarity(start, start + jaw_open[chin])
    middle, shift = start.mean(axis=0), jaw_open[chin].mean(axis=0)
    teeth = face.mesh.vertices[lower]
    carried = (teeth - middle) @ rotation.T + middle + shift
    return float(EYES_APART_CM / face.unit * np.mean(np.linalg.norm(carried - teeth - teeth_offsets[lower], axis=1)))


def measured(
    face: Face, labels: Labels, shapes: Mapping[str, np.ndarray], residual: float, trip: Mapping[str, float], teeth: float | None
) -> Quality:
    """All figures of finished shapes: name -> (V, 3) on the skin. trip: shape -> cosine after the way there and back."""
    seal = seal_errors(face, shapes["jawOpen"] + shapes["mouthClose"])
    blinks = [(side, shapes[name]) for side, name in enumerate(("eyeBlinkLeft", "eyeBlinkRight"))]
    worst = min(trip, key=lambda name: trip[name])
    return Quality(
        EYES_APART_CM * residual,
        mouth_mean(trip),
        trip[worst],
        worst,
        float(seal.mean()),
        float(seal.max()),
        max(blink_visible(face, side, offsets) for side, offsets in blinks),
        max(blink_overlap(face, side, offsets) for side, offsets in blinks),
        teeth,
    )


def mouth_mean(values: Mapping[str, float]) -> float:
    """The mean over the shapes of mouth and jaw."""
    return float(np.mean([value for name, value in values.items() if name.startswith(("mouth", "jaw"))]))


def outer_skin(labels: Labels) -> np.ndarray:
    """(V,): the vertices by which fields are compared, neither in the mouth bag nor in the eye sockets."""
    return ~np.isin(labels.vertex, INSIDE)


def _eye_pixels(face: Face, eye: Eyeball, offsets: np.ndarray) -> int:
    """How many pixels of a front view show the eye: the ball, or where a mesh has none, the inside of its socket."""
    is_eye = np.zeros(len(face.mesh.vertices), bool)
    is_eye[eye.members] = True
    ball = face.mesh.triangles[is_eye[face.mesh.triangles].all(axis=1)]
    vertices = face.mesh.vertices.copy()
    vertices[face.skin_vertices] += offsets
    reach = 1.2 * eye.radius
    grid = Grid.around(eye.centre[:2], reach, reach, reach, reach, _PIXEL * face.unit)
    triangles = np.concatenate([ball, face.skin_vertices[face.skin.triangles]])
    hit = front_view(vertices, triangles, grid).triangle
    return int(np.count_nonzero((hit >= 0) & (hit < len(ball))))
