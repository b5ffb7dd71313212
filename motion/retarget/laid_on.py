"""The open human's blend shapes laid on another head by nearest places of like facing, after its eyes and lips are aligned.

The quick way, about a second: amplitudes follow the size of the head, contacts are not mended. `transfer` is the thorough one.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import KDTree

from ...bridge.data import ARKIT_NAMES, OpenHuman
from ...bridge.errors import InvalidInput
from ...bridge.rigs.geometry import RigGeometry
from ..transfer.eyes import found_eyeballs
from ..transfer.mesh import HeadMesh, triangulated, welded
from ..transfer.mouth import lip_seam
from .seam import LipSeam, measured_seam, spread_columns
from .wanted import WantedFace, emphasised

_HEAD_PARTS, _SKIN_PART = ("body", "eyes"), "body"
_OUTER_REGIONS = ("skin", "lips")
_NEIGHBOURS = 6
_FACING_UNITS, _REACH_UNITS = 0.15, 0.2
_HEAD_UNITS = 2.5
_SEAM_SAMPLES = 9
_ROUNDS, _ROUND_POINTS, _SLACK = 3, 350, 0.03


@dataclass(frozen=True, eq=False)
class FacePlace:
    """Where a face lies: eyes (2, 3), the left first; seam (S, 3), from the right corner of the mouth to the left; lips."""

    eyes: np.ndarray
    seam: np.ndarray
    lips: LipSeam

    @property
    def unit_m(self) -> float:
        """The distance between the eyes."""
        return float(np.linalg.norm(self.eyes[0] - self.eyes[1]))


def face_place(vertices: np.ndarray, triangles: np.ndarray, eyes: np.ndarray | None = None) -> FacePlace:
    """Find eyes, unless they are given, and lips. Raises InvalidInput where there are none."""
    mesh = HeadMesh(np.asarray(vertices, np.float64), triangles)
    if eyes is None:
        balls = found_eyeballs(mesh)
        if balls is None:
            raise InvalidInput("No pair of eyeballs was found on this head. Say where the eyes are.")
        eyes = np.stack([ball.centre for ball in balls])
    unit = float(np.linalg.norm(eyes[0] - eyes[1]))
    skin = mesh.part(_skin_piece(mesh, eyes)[mesh.triangles[:, 0]])
    found = lip_seam(skin[0], eyes.mean(axis=0), unit)
    if found is None:
        raise InvalidInput("No line between the lips was found on this head: its mouth must be modelled, and shut at rest.")
    columns = spread_columns(len(found.upper))
    upper, lower = (skin[1][skin[0].triangles[rows[columns]]] for rows in (found.upper_triangles, found.lower_triangles))
    lips = measured_seam(mesh.vertices, upper, found.upper_barycentric[columns], lower, found.lower_barycentric[columns])
    middle = 0.5 * (found.upper + found.lower)
    samples = np.round(np.linspace(0, len(middle) - 1, _SEAM_SAMPLES)).astype(int)
    return FacePlace(eyes, middle[samples], lips)


def _skin_piece(mesh: HeadMesh, eyes: np.ndarray) -> np.ndarray:
    """(V,) bool: the connected piece with most vertices within a head's reach of the eyes (2, 3); its own seams are joined."""
    joined, number = welded(mesh)
    piece = joined.components()[number]
    near = np.linalg.norm(mesh.vertices - eyes.mean(axis=0), axis=1) < _HEAD_UNITS * np.linalg.norm(eyes[0] - eyes[1])
    return piece == np.bincount(piece[near]).argmax()


def laid_on(human: OpenHuman, geometry: RigGeometry, eyes: np.ndarray | None = None) -> WantedFace:
    """The blend shapes of the open human as the skin of a rig would have them. eyes (2, 3): left and right, else found.

    Raises InvalidInput where the rig shows no face.
    """
    target = face_place(geometry.vertices, geometry.triangles, eyes)
    source = _source(human)
    placed = _placed(source, target, geometry)
    return _wanted(source, target, placed, geometry)


@dataclass(frozen=True, eq=False)
class _Source:
    """points, normals (V, 3) of the open human's head; is_outer (V,): skin and lips; offsets (52, V, 3)."""

    place: FacePlace
    points: np.ndarray
    normals: np.ndarray
    is_outer: np.ndarray
    offsets: np.ndarray

    @property
    def is_face(self) -> np.ndarray:
        """(V,): skin that some blend shape moves."""
        return self.is_outer & (np.abs(self.offsets).max(axis=(0, 2)) > 3e-4)


@lru_cache(maxsize=2)
def _source(human: OpenHuman) -> _Source:
    parts = [human.part_names.index(name) for name in _HEAD_PARTS]
    faces = human.faces[np.isin(human.face_part, parts)]
    used, faces = np.unique(faces, return_inverse=True)
    mesh = HeadMesh(human.vertices[used].astype(np.float64), triangulated(faces.reshape(-1, 4)))
    place = face_place(mesh.vertices, mesh.triangles)
    skin = np.unique(human.faces[human.face_part == human.part_names.index(_SKIN_PART)])
    beside = np.linalg.norm(mesh.vertices - place.seam.mean(axis=0), axis=1)
    keep = np.flatnonzero(np.isin(used, skin) & (beside < 1.2 * _HEAD_UNITS * place.unit_m))
    regions = np.array(human.region_names)[human.vertex_region[used[keep]]]
    offsets = np.stack([human.blend_shape(name)[used[keep]] for name in ARKIT_NAMES])
    return _Source(place, mesh.vertices[keep], mesh.normals[keep], np.isin(regions, _OUTER_REGIONS), offsets)


def _placed(source: _Source, target: FacePlace, geometry: RigGeometry) -> np.ndarray:
    """The source's points bent onto the target: eyes and lips first, then nearest places, ever more closely. (V, 3)."""
    knots, aims = (np.concatenate([place.eyes, place.seam]) for place in (source.place, target))
    guesses = (np.concatenate([fixed, _crown(place)]) for fixed, place in ((knots, source.place), (aims, target)))
    placed = RBFInterpolator(*guesses, kernel="linear", smoothing=0.0)(source.points)
    mesh = HeadMesh(np.asarray(geometry.vertices, np.float64), geometry.triangles)
    tree = KDTree(_facing_points(mesh.vertices, mesh.normals, target.unit_m))
    chosen = np.concatenate([kind[:: max(len(kind) // _ROUND_POINTS, 1)] for kind in _fitted_kinds(source)])
    for round_number in range(_ROUNDS):
        facing = _facing_points(placed[chosen], source.normals[chosen], target.unit_m)
        distance, nearest = (np.asarray(found) for found in tree.query(facing))
        good = distance < _REACH_UNITS * target.unit_m
        knots_now = np.concatenate([knots, source.points[chosen[good]]])
        aims_now = np.concatenate([aims, mesh.vertices[nearest[good]]])
        slack: Any = np.concatenate([np.zeros(len(knots)), np.full(int(good.sum()), _SLACK / (1 + round_number))])
        placed = RBFInterpolator(knots_now, aims_now, kernel="linear", smoothing=slack)(source.points)
    return placed


def _fitted_kinds(source: _Source) -> tuple[np.ndarray, np.ndarray]:
    """Vertices that blend shapes move, and the head's skin around them."""
    is_near = np.linalg.norm(source.points - source.place.seam.mean(axis=0), axis=1) < _HEAD_UNITS * source.place.unit_m
    return np.flatnonzero(source.is_face), np.flatnonzero(source.is_outer & is_near & ~source.is_face)


def _crown(place: FacePlace) -> np.ndarray:
    """(4, 3): guesses above, below and behind the face, which hold what neither eyes nor lips hold."""
    middle, mouth = place.eyes.mean(axis=0), place.seam[len(place.seam) // 2]
    down = mouth - middle
    back = np.array([0.0, 0.0, -1.0]) * np.linalg.norm(down)
    return np.stack([middle - 1.2 * down, mouth + 0.8 * down, middle + 2.0 * back, mouth + 2.0 * back])


def _facing_points(points: np.ndarray, normals: np.ndarray, unit: float) -> np.ndarray:
    """(V, 6): places that are near each other and face alike are near; so lips and lids keep apart that touch."""
    return np.concatenate([points, _FACING_UNITS * unit * normals], axis=1)


def _wanted(source: _Source, target: FacePlace, placed: np.ndarray, geometry: RigGeometry) -> WantedFace:
    mesh = HeadMesh(np.asarray(geometry.vertices, np.float64), geometry.triangles)
    tree = KDTree(_facing_points(placed, source.normals, target.unit_m))
    near = np.flatnonzero(np.linalg.norm(mesh.vertices - target.seam.mean(axis=0), axis=1) < _HEAD_UNITS * target.unit_m)
    facing = _facing_points(mesh.vertices[near], mesh.normals[near], target.unit_m)
    distance, nearest = (np.asarray(found) for found in tree.query(facing, k=_NEIGHBOURS))
    is_seam = np.isin(near, target.lips.vertices)
    # Skin that no blend shape moves counts too: a bone that it hangs on must stay.
    is_skin = source.is_outer[nearest[:, 0]] & _skin_piece(mesh, target.eyes)[near]
    keep = is_seam | ((distance[:, 0] < _REACH_UNITS * target.unit_m) & is_skin)
    vertices, distance, nearest = near[keep], distance[keep], nearest[keep]
    shares = source.is_outer[nearest] / np.maximum(distance, 1e-3 * target.unit_m) ** 2
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    scale = target.unit_m / source.place.unit_m
    offsets = scale * np.einsum("pk,cpkx->cpx", shares, source.offsets[:, nearest])
    beside = np.linalg.norm(mesh.vertices[vertices, None] - target.seam, axis=2).min(axis=1)
    weights = emphasised(mesh.vertex_areas[vertices], beside / target.unit_m)
    return WantedFace(vertices, offsets, weights, target.lips)
