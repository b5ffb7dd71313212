"""Contact on the target: lips that seal and lids that meet, as hard constraints on a smooth correction of the skin."""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack
from scipy.sparse.linalg import splu
from scipy.spatial import KDTree

from .eyes import Eyeball
from .landmarks import SEAM_SAMPLES, Face
from .mesh import HeadMesh
from .registration import cotangent_laplacian
from .surface import SurfacePoints

LIP_LENGTH, LID_LENGTH = 0.22, 0.14
"""How far a correction reaches, in distances of the eyes."""
_HARDNESS, _FILM, _FADED = 1e5, 100.0, 4.0
_SEAM_COLUMNS = 2 * SEAM_SAMPLES
_LID_CLEARANCE = 0.004
"""How far off the eyeball a shut lid's inside keeps, in its radii."""
_PUSH_ROUNDS, _PUSH_SHARE, _NEAR_EYE = 4, 0.3, 1.9

Correction = Callable[[np.ndarray], np.ndarray]


def smooth_correction(skin: HeadMesh, points: csr_matrix, length: float, inside: np.ndarray) -> Correction:
    """A function from wanted moves at points (N, 3) to a move of all the skin (V, 3) that has them and fades within `length`.

    points (N, V): what takes values of the vertices to the points; inside (V,): skin behind lips and lids, which is drawn along
    as a film would be, because a bent plate would go on bending beyond the edge.
    """
    away = KDTree(skin.vertices[np.unique(points.indices)]).query(skin.vertices, distance_upper_bound=_FADED * length)[0]
    near, free = skin.part((away < np.inf)[skin.triangles].all(axis=1))
    held = points[:, free]
    laplacian, area = cotangent_laplacian(near), np.maximum(near.vertex_areas, 1e-9 * near.vertex_areas.sum())
    film = cotangent_laplacian(HeadMesh(near.vertices, near.triangles[inside[free][near.triangles].any(axis=1)]))
    stiffness = length**2 * laplacian @ diags(1.0 / area) @ laplacian + diags(area / length**2) + _FILM * film
    weight = _HARDNESS * float(np.median(stiffness.diagonal()))
    factored = splu((stiffness + weight * (held.T @ held)).tocsc())

    def correct(wanted: np.ndarray) -> np.ndarray:
        moves = np.zeros_like(skin.vertices)
        moves[free] = factored.solve(weight * (held.T @ wanted))
        return moves

    return correct


class LipContact:
    """Pairs of places where upper and lower lip touch at rest."""

    def __init__(self, face: Face, inside: np.ndarray) -> None:
        self.upper, self.lower = seam_pairs(face)
        count = len(face.skin.vertices)
        points = csr_matrix(vstack([self.upper.matrix(count), self.lower.matrix(count)]))
        self._correct = smooth_correction(face.skin, points, LIP_LENGTH * face.unit, inside)

    def parted(self, offsets: np.ndarray) -> np.ndarray:
        """By what the lips part at each pair, (N, 3): the upper's move less the lower's."""
        return self.upper.of(offsets) - self.lower.of(offsets)

    def sealed(self, offsets: np.ndarray) -> np.ndarray:
        """The same offsets (V, 3), the lips meeting half way wherever they touch at rest."""
        return offsets + self._closing(self.parted(offsets))

    def shut(self, offsets: np.ndarray) -> np.ndarray:
        """The same offsets (V, 3) without what opens the lips upwards; lips may still slide or press."""
        parted = self.parted(offsets)
        parted[:, [0, 2]] = 0.0
        return offsets + self._closing(np.maximum(parted, 0.0))

    def _closing(self, parted: np.ndarray) -> np.ndarray:
        if not parted.any():
            return np.zeros((1, 3))
        return self._correct(np.concatenate([-0.5 * parted, 0.5 * parted]))


def seam_pairs(face: Face) -> tuple[SurfacePoints, SurfacePoints]:
    """Upper and lower places on the seam's columns; glimpses through a crack between the lips are left out."""
    seam = face.seam
    apart = np.linalg.norm(seam.upper - seam.lower, axis=1)
    good = np.flatnonzero(apart < np.median(apart) + 0.02 * face.unit)
    chosen = good[np.round(np.linspace(0, len(good) - 1, min(_SEAM_COLUMNS, len(good)))).astype(int)]
    triangles = face.skin.triangles
    return (
        SurfacePoints(triangles[seam.upper_triangles[chosen]], seam.upper_barycentric[chosen]),
        SurfacePoints(triangles[seam.lower_triangles[chosen]], seam.lower_barycentric[chosen]),
    )


def blinked(face: Face, side: int, offsets: np.ndarray, inside: np.ndarray, overlap: float) -> np.ndarray:
    """A blink's offsets (V, 3) whose lids meet over the eyeball. side: 0 left, 1 right.

    overlap: how far the upper lid passes the lower one, as a share of the open eye's height.
    """
    eye, skin = face.eyes[side], face.skin
    upper, lower = (SurfacePoints(skin.triangles[margin.triangles], margin.barycentric) for margin in face.lids[side])
    ball = RoundBall(eye, face.mesh.vertices[eye.members])
    meeting = ball.outside(lower.of(skin.vertices + offsets), _least(ball, lower.of(skin.vertices)))
    height = np.max(upper.of(skin.vertices)[:, 1] - lower.of(skin.vertices)[:, 1])
    over = _slid_to(eye, upper.of(skin.vertices + offsets), meeting, overlap * height)
    goal = np.concatenate([ball.outside(over, _least(ball, upper.of(skin.vertices))), meeting])
    points = csr_matrix(vstack([upper.matrix(len(skin.vertices)), lower.matrix(len(skin.vertices))]))
    correct = smooth_correction(skin, points, LID_LENGTH * face.unit, inside)
    offsets = offsets + correct(goal - points @ (skin.vertices + offsets))
    offsets = _uncovered(face, ball, offsets, _covering(face, side, inside), (points, goal), inside)
    behind = inside.copy()
    behind[np.unique(points.indices)] = False
    return lined(face, eye, offsets, behind)


def lined(face: Face, eye: Eyeball, offsets: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Offsets (V, 3) under which the inside of an eye's lids comes no further out from the eye's centre than it rests."""
    rest, moved = face.skin.vertices - eye.centre, face.skin.vertices + offsets - eye.centre
    length, wanted = np.linalg.norm(moved, axis=1), np.linalg.norm(rest, axis=1)
    out = inside & (wanted < _NEAR_EYE * eye.radius) & (length > wanted)
    kept = offsets.copy()
    kept[out] = moved[out] * (wanted[out] / length[out])[:, None] - rest[out]
    return kept


def _uncovered(
    face: Face, ball: "RoundBall", offsets: np.ndarray, covering: csr_matrix, margins: tuple[csr_matrix, np.ndarray],
    inside: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Lids out of which the ball stood, pushed out; their margins (points, goal) stay where they meet."""
    skin, (points, goal) = face.skin, margins
    least = _least(ball, covering @ skin.vertices)
    for _ in range(_PUSH_ROUNDS):
        moved = skin.vertices + offsets
        lids = covering @ moved
        wanted = ball.outside(lids, least)
        sunk = np.linalg.norm(wanted - lids, axis=1) > 1e-4 * ball.radius
        if not sunk.any():
            break
        missing = np.concatenate([goal - points @ moved, (wanted - lids)[sunk]])
        held = csr_matrix(vstack([points, _PUSH_SHARE * covering[sunk]]))
        missing[len(goal) :] *= _PUSH_SHARE
        offsets = offsets + smooth_correction(skin, held, 0.5 * LID_LENGTH * face.unit, inside)(missing)
    return offsets


def _slid_to(eye: Eyeball, upper: np.ndarray, lower: np.ndarray, overlap: float) -> np.ndarray:
    """An upper lid's edge (N, 3) slid up or down over the ball until it lies on the lower's line, and past it by `overlap`."""
    offset, line = upper - eye.centre, lower - eye.centre
    across = line[:, 0] / line[:, 2]
    order = np.argsort(across)
    depth = np.maximum(offset[:, 2], 1e-3 * eye.radius)
    rise = np.interp(offset[:, 0] / depth, across[order], (line[:, 1] / line[:, 2])[order])
    ray = np.stack([offset[:, 0], rise * depth - overlap, depth], axis=1)
    return eye.centre + ray * (np.linalg.norm(offset, axis=1) / np.linalg.norm(ray, axis=1))[:, None]


def _least(ball: "RoundBall", rest: np.ndarray) -> np.ndarray:
    """How far out points (N, 3) must stay, in the ball's radii: as far as at rest, but no further than the clearance."""
    return np.clip(ball.heights(rest), 1.0, 1.0 + _LID_CLEARANCE)


def _covering(face: Face, side: int, inside: np.ndarray) -> csr_matrix:
    """(N, V): corners, middles of edges and middles of those triangles of an eye's lids that may come to lie before the ball."""
    eye, skin = face.eyes[side], face.skin
    offset = skin.vertices - eye.centre
    near = (np.linalg.norm(offset, axis=1) < _NEAR_EYE * eye.radius) & (offset[:, 2] > 0.2 * eye.radius) & ~inside
    middle = offset[skin.triangles].mean(axis=1)
    outward = np.einsum("tx,tx->t", skin.triangle_normals, middle) > 0.0
    triangles = skin.triangles[near[skin.triangles].all(axis=1) & outward]
    shares = np.concatenate([np.eye(3), 0.5 * (1.0 - np.eye(3)), np.full((1, 3), 1.0 / 3.0)])
    points = SurfacePoints(np.repeat(triangles, len(shares), axis=0), np.tile(shares, (len(triangles), 1)))
    return points.matrix(len(skin.vertices))


class RoundBall:
    """An eyeball as a distance from its centre in every direction."""

    def __init__(self, eye: Eyeball, surface: np.ndarray) -> None:
        self._centre, self.radius = eye.centre, eye.radius
        offset = surface - eye.centre
        length = np.linalg.norm(offset, axis=1)
        outer = length > 0.8 * eye.radius
        self._tree = KDTree(offset[outer] / length[outer, None]) if outer.any() else None
        self._length = length[outer]

    def heights(self, points: np.ndarray) -> np.ndarray:
        """Distances from the centre (N,) as shares of the ball's own in that direction."""
        offset = points - self._centre
        length = np.maximum(np.linalg.norm(offset, axis=1), 1e-12)
        surface = np.full(len(points), self.radius)
        if self._tree is not None:
            _, near = self._tree.query(offset / length[:, None], k=min(4, len(self._length)))
            surface = self._length[np.asarray(near).reshape(len(points), -1)].max(axis=1)
        return length / surface

    def outside(self, points: np.ndarray, least: np.ndarray) -> np.ndarray:
        """Points (N, 3) moved outwards to heights of at least (N,)."""
        raised = np.maximum(1.0, least / np.maximum(self.heights(points), 1e-6))
        return self._centre + (points - self._centre) * raised[:, None]
