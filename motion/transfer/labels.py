"""What part of the face a vertex of the skin is: the outside, either lip, either lid of each eye, mouth bag, eye sockets."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from ...bridge.errors import InvalidInput
from .landmarks import SIDES, Face
from .mesh import HeadMesh

LABELS = (
    "outside", "upper_lip", "lower_lip", "upper_lid_left", "lower_lid_left", "upper_lid_right", "lower_lid_right",
    "mouth_bag", "socket_left", "socket_right",
)  # fmt: skip
INSIDE = tuple(LABELS.index(name) for name in ("mouth_bag", "socket_left", "socket_right"))
OPPOSITE = {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5}
"""A label -> the one across the slit, with which it must never be confused."""
_LIP_REACH, _LID_REACH = 0.25, 0.16
_STOPS, _BESIDE, _GLIMPSE = 9, 0.02, 0.03


@dataclass(frozen=True, eq=False)
class Labels:
    """vertex (V,) and triangle (T,): indices of LABELS; rings: name of a lip or lid -> its vertices on the slit, in order."""

    vertex: np.ndarray
    triangle: np.ndarray
    rings: dict[str, np.ndarray]


def face_labels(face: Face) -> Labels:
    """Labels of a face's skin. Raises InvalidInput where a slit does not part inside from outside."""
    rings = _rings(face)
    vertex = np.zeros(len(face.skin.vertices), int)
    slits = [("mouth_bag", ("lower_lip", "upper_lip"), _LIP_REACH)]
    slits += [(f"socket_{side}", (f"lower_lid_{side}", f"upper_lid_{side}"), _LID_REACH) for side in SIDES]
    on_ring = np.unique(np.concatenate(list(rings.values())))
    piece = _pieces_without(face.skin, on_ring)
    outside = int(np.bincount(piece[piece >= 0]).argmax())
    for inside, edges, _ in slits:
        ring = np.concatenate([rings[name] for name in edges])
        _label_inside(face.skin, ring, piece, outside, vertex, LABELS.index(inside))
    open_skin = vertex == 0
    for _, edges, reach in slits:
        distance = np.stack([_distance_outside(face.skin, rings[name], open_skin, reach * face.unit) for name in edges])
        near = np.isfinite(distance.min(axis=0)) & open_skin
        vertex[near] = np.array([LABELS.index(name) for name in edges])[distance.argmin(axis=0)[near]]
    return Labels(vertex, _triangle_labels(face.skin, vertex), rings)


def _rings(face: Face) -> dict[str, np.ndarray]:
    """Vertex paths along both sides of each slit; both sides of one share their ends."""
    sides = {"lip": (_without_glimpses(face), (face.seam.upper_triangles, face.seam.upper_barycentric),
                     (face.seam.lower_triangles, face.seam.lower_barycentric))}  # fmt: skip
    for side, margins in zip(SIDES, face.lids, strict=True):
        upper, lower = ((margin.triangles, margin.barycentric) for margin in margins)
        sides[f"lid_{side}"] = (np.arange(len(upper[0])), upper, lower)
    rings = {}
    for name, (columns, upper, lower) in sides.items():
        corners = [_nearest_corners(face.skin, *edge)[columns] for edge in (upper, lower)]
        lines = [np.einsum("nc,ncx->nx", shares, face.skin.vertices[face.skin.triangles[hit]]) for hit, shares in (upper, lower)]
        ends = corners[0][[0, -1]]
        rings[f"upper_{name}"] = _path(face, corners[0], lines[0])
        rings[f"lower_{name}"] = _path(face, np.concatenate([ends[:1], corners[1][1:-1], ends[1:]]), lines[1])
    return rings


def _without_glimpses(face: Face) -> np.ndarray:
    """Columns of the seam in which neither side is seen through a crack between the lips."""
    behind = np.abs(face.seam.upper[:, 2] - face.seam.lower[:, 2])
    good = np.flatnonzero(behind < _GLIMPSE * face.unit)
    return np.union1d(good, [0, len(behind) - 1])


def _nearest_corners(skin: HeadMesh, triangles: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return skin.triangles[triangles][np.arange(len(triangles)), shares.argmax(axis=1)]


def _path(face: Face, corners: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Vertices along edges through a few of the corners, in between as near to the line (N, 3) as edges lead."""
    skin = face.skin
    stops = corners[np.unique(np.round(np.linspace(0, len(corners) - 1, _STOPS)).astype(int))]
    stops = stops[np.append(True, np.diff(stops) != 0)]
    graph = skin.graph.tocoo()
    middle = 0.5 * (skin.vertices[graph.row] + skin.vertices[graph.col])
    away = KDTree(line).query(middle)[0] / (_BESIDE * face.unit)
    cost = csr_matrix((graph.data * (1.0 + away**2), (graph.row, graph.col)), graph.shape)
    _, before = dijkstra(cost, directed=False, indices=stops[:-1], return_predecessors=True)
    path = [int(stops[0])]
    for row, (start, end) in enumerate(pairwise(stops)):
        step, back = int(end), []
        while step != start and step >= 0:
            back.append(step)
            step = int(before[row, step])
        path += back[::-1]
    return np.array(path)


def _pieces_without(skin: HeadMesh, removed: np.ndarray) -> np.ndarray:
    """The connected piece of every vertex once some are taken away; -1 for those."""
    keep = np.ones(len(skin.vertices), bool)
    keep[removed] = False
    numbers = np.full(len(skin.vertices), -1)
    numbers[keep] = connected_components(skin.graph[keep][:, keep], directed=False)[1]
    return numbers


def _label_inside(skin: HeadMesh, ring: np.ndarray, piece: np.ndarray, outside: int, vertex: np.ndarray, label: int) -> None:
    """Mark what the ring parts from the outside."""
    beside = np.unique(skin.graph[ring].indices)
    pieces = np.setdiff1d(piece[beside], [-1, outside])
    vertex[np.isin(piece, pieces)] = label


def _distance_outside(skin: HeadMesh, ring: np.ndarray, open_skin: np.ndarray, limit: float) -> np.ndarray:
    """Geodesic distance from a ring to every vertex without going through the inside."""
    numbers = np.flatnonzero(open_skin)
    place = np.full(len(skin.vertices), -1)
    place[numbers] = np.arange(len(numbers))
    seeds = np.unique(place[ring])
    graph = skin.graph[numbers][:, numbers]
    found = np.full(len(skin.vertices), np.inf)
    found[numbers] = np.asarray(dijkstra(graph, directed=False, indices=seeds[seeds >= 0], limit=limit, min_only=True))
    return found


def _triangle_labels(skin: HeadMesh, vertex: np.ndarray) -> np.ndarray:
    """A triangle is inside if any corner is; otherwise it takes its corners' commonest label."""
    corners = np.sort(vertex[skin.triangles], axis=1)
    inside = np.isin(corners, INSIDE)
    return np.where(inside.any(axis=1), np.where(inside, corners, -1).max(axis=1), corners[:, 1])


def check_labels(labels: Labels, face: Face) -> None:
    """Raises InvalidInput where lips or lids are of odd size."""
    area = np.bincount(labels.vertex, weights=face.skin.vertex_areas, minlength=len(LABELS)) / face.unit**2
    for name in LABELS[1:7]:
        if not 0.005 < area[LABELS.index(name)] < 1.5:
            raise InvalidInput(f"The {name.replace('_', ' ')} has an odd size; place its landmarks by hand.")
