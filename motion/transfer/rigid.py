"""What does not bend: eyeballs turn, lower teeth and tongue follow the jaw, lashes and brows ride on the skin."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from ...bridge.data.rotation import axis_angle_to_matrix
from ..human.eyes import look_rotation
from .deformation import deformation_gradients, mean_at_vertices
from .labels import INSIDE, Labels
from .landmarks import SIDES, Face
from .mesh import HeadMesh
from .registration import Registration, similarity
from .source import ShapedHead
from .surface import SurfacePoints, nearest_points

_MOUTH_WIDTH, _MOUTH_ABOVE, _MOUTH_BELOW, _MOUTH_DEPTH = 0.75, 0.75, 1.1, 1.6
_RIDING_REACH = 0.3
"""A loose piece further than this from the skin, in distances of the eyes, hardly follows it."""
_STILL, _MOSTLY, _CHIN_REACH, _ON_EYE = 1e-6, 0.6, 0.35, 1.45


@dataclass(frozen=True, eq=False)
class LooseParts:
    """Vertices of the welded mesh that are not skin. jaw (V,): 0..1 how far each follows the lower jaw.

    tongue: numbers of the tongue's vertices; riding (R,): of those that ride on the skin at `places` (R).
    """

    jaw: np.ndarray
    tongue: np.ndarray
    riding: np.ndarray
    places: SurfacePoints
    closeness: np.ndarray


def loose_parts(face: Face, labels: Labels) -> LooseParts:
    """Sort a head's pieces that are neither skin nor eyes into those of the mouth and those that ride on the skin."""
    mesh = face.mesh
    is_loose = np.ones(len(mesh.vertices), bool)
    component = mesh.components()
    is_loose[component == component[face.skin_vertices[0]]] = False
    for eye in face.eyes:
        is_loose[eye.members] = False
    is_loose &= mesh.vertices[:, 1] > face.skin.vertices[:, 1].min()
    is_loose &= ~_lies_on_an_eye(face, component)
    in_mouth = is_loose & _pieces_in_mouth(face, component)
    riding = np.flatnonzero(is_loose & ~in_mouth)
    outside = np.flatnonzero(~np.isin(labels.triangle, INSIDE))
    places, _, distance = nearest_points(face.skin, outside, mesh.vertices[riding])
    closeness = np.exp(-((distance / (_RIDING_REACH * face.unit)) ** 2))
    jaw = _jaw_shares(face, component, in_mouth)
    return LooseParts(jaw, _tongue(face, component, in_mouth & (jaw == 1.0)), riding, places, closeness)


def _lies_on_an_eye(face: Face, component: np.ndarray) -> np.ndarray:
    """(V,): whether a vertex's piece lies wholly on an eyeball as tear lines and corners of the eye do; lids pass over it."""
    on_one = np.zeros(len(component), bool)
    for eye in face.eyes:
        furthest = np.zeros(component.max() + 1)
        np.maximum.at(furthest, component, np.linalg.norm(face.mesh.vertices - eye.centre, axis=1))
        on_one |= (furthest < _ON_EYE * eye.radius)[component]
    return on_one


def _pieces_in_mouth(face: Face, component: np.ndarray) -> np.ndarray:
    """(V,): whether the middle of a vertex's piece lies in the mouth."""
    lips, unit = face.seam.upper[len(face.seam.upper) // 2], face.unit
    count = np.maximum(np.bincount(component), 1)
    middle = np.stack([np.bincount(component, weights=axis) / count for axis in face.mesh.vertices.T], axis=1) - lips
    high, low = _MOUTH_ABOVE * unit, -_MOUTH_BELOW * unit
    within = (np.abs(middle[:, 0]) < _MOUTH_WIDTH * unit) & (middle[:, 1] < high) & (middle[:, 1] > low)
    within &= (middle[:, 2] < 0.1 * unit) & (middle[:, 2] > -_MOUTH_DEPTH * unit)
    return within[component]


def _jaw_shares(face: Face, component: np.ndarray, in_mouth: np.ndarray) -> np.ndarray:
    """1 for lower teeth and tongue, 0 for upper teeth; a piece that has both, such as gums, is parted by the nearer teeth."""
    vertices = face.mesh.vertices
    shares = np.zeros(len(vertices))
    if not in_mouth.any():
        return shares
    bite = float(face.seam.upper[len(face.seam.upper) // 2, 1])
    lower, upper, both = [], [], []
    for piece in np.unique(component[in_mouth]):
        members = np.flatnonzero(component == piece)
        above = float(np.mean(vertices[members, 1] > bite))
        (upper if above > _MOSTLY else lower if above < 1.0 - _MOSTLY else both).append(members)
    for members in lower:
        shares[members] = 1.0
    for members in both:
        shares[members] = _between(vertices, members, lower, upper, bite, face.unit)
    return shares


def _between(
    vertices: np.ndarray, members: np.ndarray, lower: list[np.ndarray], upper: list[np.ndarray], bite: float, unit: float
) -> np.ndarray:
    """Smooth shares for one piece that spans both jaws."""
    points = vertices[members]
    if lower and upper:
        below, above = (KDTree(vertices[np.concatenate(row)]).query(points)[0] for row in (lower, upper))
        return above**2 / np.maximum(above**2 + below**2, 1e-20)
    return np.clip(0.5 - (points[:, 1] - bite) / (0.2 * unit), 0.0, 1.0)


def _tongue(face: Face, component: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """The piece of the lower jaw that lies along the middle from end to end; gums do so in front only, teeth are narrow."""
    vertices = face.mesh.vertices
    for piece in np.unique(component[lower]):
        members = np.flatnonzero(component == piece)
        size = np.ptp(vertices[members], axis=0)
        middle = members[np.abs(vertices[members, 0] - face.eye_middle[0]) < 0.08 * face.unit]
        if size[0] > 0.25 * face.unit and len(middle) and np.ptp(vertices[middle, 2]) > 0.7 * size[2]:
            return members
    return np.zeros(0, int)


def tongue_offsets(face: Face, parts: LooseParts, head: ShapedHead, fit: Registration) -> np.ndarray:
    """The source's tongueOut on the target's tongue (V, 3), the one laid into the other's box; nothing without a tongue."""
    moved = np.zeros_like(face.mesh.vertices)
    if not len(parts.tongue) or not len(head.tongue):
        return moved
    here, there = head.mesh.vertices[head.tongue], face.mesh.vertices[parts.tongue]
    shares = [(points - points.min(axis=0)) / np.maximum(np.ptp(points, axis=0), 1e-12) for points in (here, there)]
    distance, near = (np.asarray(found) for found in KDTree(shares[0]).query(shares[1], k=min(4, len(here))))
    weight = 1.0 / np.maximum(distance, 1e-6)
    offsets = head.shapes["tongueOut"][head.tongue][near]
    mean = np.einsum("nk,nkx->nx", weight / weight.sum(axis=1, keepdims=True), offsets)
    moved[parts.tongue] = fit.scale * mean @ fit.rotation.T
    return moved


@dataclass(frozen=True, eq=False)
class JawMotion:
    """A rigid move about a point: rotation (3, 3), shift (3,) of the point."""

    rotation: np.ndarray
    shift: np.ndarray


def jaw_motion(head: ShapedHead, name: str, fit: Registration) -> JawMotion | None:
    """How the source's lower teeth move under a shape, in the target's axes and lengths; None where they rest."""
    offsets = head.shapes[name][head.jaw]
    if not len(head.jaw) or np.abs(offsets).max() < _STILL:
        return None
    start = head.mesh.vertices[head.jaw]
    _, rotation, _ = similarity(start, start + offsets)
    turned = fit.rotation @ rotation @ fit.rotation.T
    return JawMotion(turned, fit.scale * fit.rotation @ offsets.mean(axis=0))


def jaw_offsets(face: Face, parts: LooseParts, motion: JawMotion, chin: np.ndarray, skin_offsets: np.ndarray) -> np.ndarray:
    """The move (V, 3) of what follows the jaw: as the source's teeth turn, about the patch of skin `chin` where there is one."""
    vertices = face.mesh.vertices
    whole = parts.jaw > 0.9
    if not whole.any():
        return np.zeros_like(vertices)
    middle, shift = 0.5 * (vertices[whole].min(axis=0) + vertices[whole].max(axis=0)), motion.shift
    if len(chin):
        middle, shift = face.skin.vertices[chin].mean(axis=0), skin_offsets[chin].mean(axis=0)
    offset = vertices - middle
    return parts.jaw[:, None] * (offset @ motion.rotation.T - offset + shift)


def chin_patch(face: Face, labels: Labels) -> np.ndarray:
    """Vertices of the skin over the jaw's front, which move as the bone does; none where the chin was not found."""
    if "chin" not in face.points:
        return np.zeros(0, int)
    near = np.linalg.norm(face.skin.vertices - face.points["chin"], axis=1) < _CHIN_REACH * face.unit
    return np.flatnonzero(near & (labels.vertex == 0))


def eye_offsets(face: Face, name: str) -> np.ndarray:
    """The eyeballs' turn under an eyeLook shape, (V, 3); nothing under others."""
    moved = np.zeros_like(face.mesh.vertices)
    for eye, side in zip(face.eyes, SIDES, strict=True):
        rotation = look_rotation(name, side.capitalize())
        if rotation.any():
            offset = face.mesh.vertices[eye.members] - eye.centre
            moved[eye.members] = offset @ axis_angle_to_matrix(rotation).T - offset
    return moved


def riding_offsets(face: Face, parts: LooseParts, skin_offsets: np.ndarray) -> np.ndarray:
    """Lashes, brows and hair (R, 3) move and turn with the skin under them. skin_offsets: (V, 3) on face.skin."""
    if not len(parts.riding) or not skin_offsets.any():
        return np.zeros((len(parts.riding), 3))
    skin: HeadMesh = face.skin
    gradients = deformation_gradients(skin, skin.vertices + skin_offsets)
    under = parts.places.of(mean_at_vertices(skin, gradients)).reshape(-1, 9)
    _, piece = np.unique(face.mesh.components()[parts.riding], return_inverse=True)
    # One turn for a whole strip of lashes: at the corners of the eye the skin folds, and strips would be torn.
    mean = np.stack([np.bincount(piece, weights=column) for column in under.T], axis=1) / np.bincount(piece)[:, None]
    u, _, v = np.linalg.svd(mean.reshape(-1, 3, 3))
    rotation = (u @ v)[piece]
    stalk = face.mesh.vertices[parts.riding] - parts.places.of(skin.vertices)
    turned = np.einsum("rij,rj->ri", rotation, stalk) - stalk
    return parts.closeness[:, None] * (parts.places.of(skin_offsets) + turned)
