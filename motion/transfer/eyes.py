"""Where the eyes are, and the openings between their lids as seen from within the eyeballs."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .mesh import HeadMesh
from .raster import Grid, Hits, outward_view

_LID_REACH = 1.75
"""Skin further from an eyeball's centre than so many radii is no lid."""
_HALF_WIDTH, _STEP = 2.4, 0.015
_SHELL_REACH, _SHELL_BESIDE = 1.25, 0.1
MARGIN_SAMPLES = 17


@dataclass(frozen=True, eq=False)
class Eyeball:
    """centre (3,); radius; members: the vertices of the pieces that turn with it, if it has any of its own."""

    centre: np.ndarray
    radius: float
    members: np.ndarray


@dataclass(frozen=True, eq=False)
class LidMargin:
    """One lid's edge from the inner to the outer corner: triangles (N,), barycentric (N, 3), points (N, 3)."""

    triangles: np.ndarray
    barycentric: np.ndarray
    points: np.ndarray


def fitted_sphere(points: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Least-squares sphere through points (N, 3): centre (3,), radius, and the deviation from it as a share of the radius."""
    system = np.concatenate([2.0 * points, np.ones((len(points), 1))], axis=1)
    solution = np.linalg.lstsq(system, np.sum(points**2, axis=1), rcond=None)[0]
    centre = solution[:3]
    distance = np.linalg.norm(points - centre, axis=1)
    radius = float(distance.mean())
    return centre, radius, float(distance.std() / max(radius, 1e-12))


def found_eyeballs(mesh: HeadMesh, max_deviation: float = 0.08) -> tuple[Eyeball, Eyeball] | None:
    """The left and the right eye, where a mesh has balls of its own for them; None where no two pieces are such a pair."""
    component = mesh.components()
    order = np.argsort(component, kind="stable")
    pieces = np.split(order, np.flatnonzero(np.diff(component[order])) + 1)
    skin_size = max(len(piece) for piece in pieces)
    balls = [_ball(mesh.vertices, piece) for piece in pieces if 20 <= len(piece) < skin_size]
    balls = [ball for ball in balls if ball is not None and ball[1] < max_deviation]
    best: tuple[float, Eyeball, Eyeball] | None = None
    for left, _ in balls:
        for right, _ in balls:
            if best is not None and left.radius <= best[0]:
                continue
            if _is_pair(left, right):
                best = (left.radius, left, right)
    if best is None:
        return None
    return _with_shells(mesh, pieces, best[1]), _with_shells(mesh, pieces, best[2])


def _ball(vertices: np.ndarray, piece: np.ndarray) -> tuple[Eyeball, float] | None:
    points = vertices[piece]
    size = np.ptp(points, axis=0)
    if size.min() < 0.3 * size.max():
        return None
    centre, radius, deviation = fitted_sphere(points)
    if not 0.8 * radius < 0.5 * size[:2].max() < 1.3 * radius:
        return None
    return Eyeball(centre, radius, piece), deviation


def _is_pair(left: Eyeball, right: Eyeball) -> bool:
    apart = left.centre - right.centre
    sideways = apart[0] > 2.0 * left.radius and abs(apart[1]) + abs(apart[2]) < 0.15 * apart[0]
    return sideways and abs(left.radius - right.radius) < 0.1 * left.radius and apart[0] < 8.0 * left.radius


def _with_shells(mesh: HeadMesh, pieces: list[np.ndarray], ball: Eyeball) -> Eyeball:
    """The ball with its cornea, iris or pupil where these are pieces of their own: what lies within it and about its axis."""

    def belongs(points: np.ndarray) -> bool:
        is_within = np.linalg.norm(points - ball.centre, axis=1).max() < _SHELL_REACH * ball.radius
        beside = 0.5 * (points.min(axis=0) + points.max(axis=0)) - ball.centre
        return bool(is_within and np.linalg.norm(beside[:2]) < _SHELL_BESIDE * ball.radius)

    within = [piece for piece in pieces if belongs(mesh.vertices[piece])]
    return Eyeball(ball.centre, ball.radius, np.sort(np.concatenate(within)))


def opening(skin: HeadMesh, eye: Eyeball) -> tuple[Hits, np.ndarray]:
    """What is seen of the skin from within an eyeball, and the pixels (R, C) through which the eye looks out."""
    grid = Grid.around(np.zeros(2), _HALF_WIDTH, _HALF_WIDTH, _HALF_WIDTH, _HALF_WIDTH, _STEP)
    middle = skin.vertices[skin.triangles].mean(axis=1)
    near = np.linalg.norm(middle - eye.centre, axis=1) < _LID_REACH * eye.radius
    hits = outward_view(skin.vertices, np.where(near[:, None], skin.triangles, 0), eye.centre, grid)
    open_pixels = hits.triangle < 0
    number = np.zeros(open_pixels.shape, np.int32)
    ndimage.label(open_pixels, output=number)
    borders = np.unique(np.concatenate([number[0], number[-1], number[:, 0], number[:, -1]]))
    size = np.bincount(number.ravel())
    size[np.union1d(borders, [0])] = 0
    if not size.any():
        return hits, np.zeros_like(open_pixels)
    return hits, np.asarray(ndimage.binary_fill_holes(number == size.argmax()))


def lid_margins(skin: HeadMesh, eye: Eyeball, side: float) -> tuple[LidMargin, LidMargin] | None:
    """Upper and lower lid's edge from the inner corner outwards; side: 1 for the left eye, -1 for the right. None if not seen."""
    hits, is_open = opening(skin, eye)
    if np.count_nonzero(is_open) < 50:
        return None
    is_open = ndimage.binary_opening(is_open, iterations=1) if np.count_nonzero(is_open) > 400 else is_open
    columns = np.flatnonzero(is_open.any(axis=0))
    if side < 0:
        columns = columns[::-1]
    wanted = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, MARGIN_SAMPLES))
    chosen = columns[np.round(wanted * (len(columns) - 1)).astype(int)]
    rows = [np.flatnonzero(is_open[:, column]) for column in chosen]
    upper = np.array([row[0] - 1 for row in rows])
    lower = np.array([row[-1] + 1 for row in rows])
    return _margin(hits, upper, chosen, -1), _margin(hits, lower, chosen, 1)


def _margin(hits: Hits, rows: np.ndarray, columns: np.ndarray, away: int) -> LidMargin:
    """The first hit at or beyond each pixel, away from the opening."""
    found = []
    for row, column in zip(rows, columns, strict=True):
        while 0 < row < hits.grid.rows - 1 and hits.triangle[row, column] < 0:
            row += away
        found.append(row)
    at = (np.array(found), columns)
    return LidMargin(hits.triangle[at], hits.barycentric[at], hits.point[at])
