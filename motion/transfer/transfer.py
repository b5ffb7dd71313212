"""The 52 shapes on a head that has none: everything from the mesh to the finished offsets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ...bridge.data import ARKIT_NAMES
from ...bridge.errors import InvalidInput
from ..human.shapes import SEALED
from .contacts import LipContact, blinked
from .deformation import DeformationTransfer, correspondence
from .labels import INSIDE, Labels, check_labels, face_labels
from .landmarks import Face, found_face
from .measures import Quality, blink_visible, likeness, measured, mouth_mean, outer_skin, teeth_apart
from .mesh import HeadMesh, welded
from .registration import Registration, registered
from .rigid import LooseParts, chin_patch, eye_offsets, jaw_motion, jaw_offsets, loose_parts, riding_offsets, tongue_offsets
from .source import PreparedSource, refined_source
from .symmetry import symmetric_shapes

ReportProgress = Callable[[float, str], None]
MIN_ROUND_TRIP = 0.97
_HELD_BELOW = 3.0
_LID_OVERLAPS, _MOST_VISIBLE = (0.012, 0.02, 0.028, 0.05), 0.005
"""Lids of few vertices cannot follow each other's line: they are let overlap until next to nothing of the eye is seen."""
_MOVES = 1e-5
"""A shape that moves no vertex by so much of the eyes' distance is not compared."""


@dataclass(frozen=True, eq=False)
class Landing:
    """A head that receives shapes: its face, labels, and the number of each of its vertices in the welded mesh (V,)."""

    face: Face
    labels: Labels
    number: np.ndarray


@dataclass(frozen=True, eq=False)
class CreatedShapes:
    """offsets (K, V, 3) float32 of the shapes `names` on the given mesh; points: the landmarks that were used, name -> (3,)."""

    names: tuple[str, ...]
    offsets: np.ndarray
    quality: Quality
    points: Mapping[str, np.ndarray]


def landing(mesh: HeadMesh, placed: Mapping[str, np.ndarray] | None = None) -> Landing:
    """Find the face of a mesh. placed: landmarks.LANDMARK_NAMES -> (3,). Raises InvalidInput where it has none that serves."""
    joined, number = welded(mesh)
    face = found_face(joined, placed)
    labels = face_labels(face)
    check_labels(labels, face)
    return Landing(face, labels, number)


def created_shapes(
    source: PreparedSource,
    target: Landing,
    gains: Mapping[str, float] | None = None,
    report: ReportProgress = lambda share, stage: None,
) -> CreatedShapes:
    """The 52 ARKit shapes on a head. gains: shape -> factor, 1 where absent.

    Raises InvalidInput for a gain of no shape, and where what was made would not survive the way back.
    """
    factors = _checked_gains(gains or {})
    report(0.0, "laying the open human's face on the mesh")
    fit = registered(source.face, source.labels, target.face, target.labels)
    report(0.3, "carrying the shapes over")
    shapes = symmetric_shapes(target.face, carried_shapes(source, fit, target))
    report(0.5, "closing lips and lids")
    shapes = with_contacts(target, shapes)
    report(0.7, "carrying them back to see what was lost")
    trip = round_trip(source, target, shapes)
    if mouth_mean(trip) < MIN_ROUND_TRIP:
        raise InvalidInput(
            f"The face was not understood: mouth shapes carried there and back agree by {mouth_mean(trip):.2f} only, "
            f"less than {MIN_ROUND_TRIP}. Place landmarks by hand where the found ones lie wrong."
        )
    shapes = with_contacts(target, {name: factors.get(name, 1.0) * offsets for name, offsets in shapes.items()})
    report(0.85, "moving eyes, teeth and lashes")
    parts = loose_parts(target.face, target.labels)
    whole = {name: _whole_offsets(source, target, parts, fit, name, shapes[name]) for name in ARKIT_NAMES}
    teeth = teeth_apart(target.face, target.labels, shapes["jawOpen"], parts.jaw, whole["jawOpen"])
    quality = measured(target.face, target.labels, shapes, fit.residual, trip, teeth)
    offsets = np.stack([whole[name][target.number] for name in ARKIT_NAMES]).astype(np.float32)
    return CreatedShapes(ARKIT_NAMES, offsets, quality, used_points(target.face))


def carried_shapes(source: PreparedSource, fit: Registration, target: Landing) -> dict[str, np.ndarray]:
    """Each of the source's shapes on the target's skin (V, 3), before lips and lids know of each other."""
    face = target.face
    fine = HeadMesh(source.refine @ source.face.skin.vertices, source.fine_triangles)
    link = correspondence(fine.with_vertices(source.refine @ fit.fitted), source.fine_labels, face.skin, target.labels)
    held = face.skin.vertices[:, 1] < face.eye_middle[1] - _HELD_BELOW * face.unit
    transfer = DeformationTransfer(fine, face.skin, target.labels, link, fit, held)
    return {name: transfer.transferred(source.refine @ offsets) for name, offsets in source.shapes.items()}


def with_contacts(target: Landing, shapes: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Shapes (V, 3) on the skin: mouthClose seals jawOpen, blinks shut the lids, shapes that leave the lips together do so."""
    face, made = target.face, dict(shapes)
    inside = np.isin(target.labels.vertex, INSIDE)
    lips = LipContact(face, inside)
    made["mouthClose"] = lips.sealed(shapes["jawOpen"] + shapes["mouthClose"]) - shapes["jawOpen"]
    for name in SEALED:
        if name != "mouthClose":
            made[name] = lips.shut(shapes[name])
    for side, name in enumerate(("eyeBlinkLeft", "eyeBlinkRight")):
        for overlap in _LID_OVERLAPS:
            made[name] = blinked(face, side, shapes[name], inside, overlap)
            if blink_visible(face, side, made[name]) <= _MOST_VISIBLE:
                break
    return made


def round_trip(source: PreparedSource, target: Landing, shapes: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Shapes of the target's skin carried to the source: their cosine there with the source's own."""
    way_back = refined_source(target.face, target.labels, shapes, source.head)
    fit = registered(target.face, target.labels, source.face, source.labels)
    home = Landing(source.face, source.labels, np.arange(len(source.face.mesh.vertices)))
    returned = with_contacts(home, carried_shapes(way_back, fit, home))
    outer, least = outer_skin(source.labels), _MOVES * source.face.unit
    moving = [name for name in shapes if np.abs(source.shapes[name][outer]).max() > least]
    return {name: likeness(returned[name][outer], source.shapes[name][outer]) for name in moving}


def _whole_offsets(
    source: PreparedSource, target: Landing, parts: LooseParts, fit: Registration, name: str, skin_offsets: np.ndarray
) -> np.ndarray:
    """One shape on skin, eyes, mouth parts and what rides on the skin: (M, 3) on the welded mesh."""
    face = target.face
    moved = eye_offsets(face, name)
    moved[face.skin_vertices] = skin_offsets
    motion = jaw_motion(source.head, name, fit)
    if motion is not None:
        chin = chin_patch(face, target.labels) if name.startswith("jaw") else np.zeros(0, int)
        moved += jaw_offsets(face, parts, motion, chin, skin_offsets)
    if name == "tongueOut":
        moved += tongue_offsets(face, parts, source.head, fit)
    moved[parts.riding] = riding_offsets(face, parts, skin_offsets)
    return moved


def _checked_gains(gains: Mapping[str, float]) -> dict[str, float]:
    unknown = sorted(set(gains) - set(ARKIT_NAMES))
    if unknown:
        raise InvalidInput(f"There is no shape {', '.join(unknown)} to amplify; there are: {', '.join(ARKIT_NAMES)}.")
    return dict(gains)


def used_points(face: Face) -> dict[str, np.ndarray]:
    """Every landmark by name, found or placed, for an artist to see."""
    line = face.seam.upper
    corners = {"mouth_corner_right": line[0], "mouth_corner_left": line[-1], "mouth_middle": line[len(line) // 2]}
    return {**corners, **face.points}
