"""One level of Catmull and Clark's subdivision, its vertices on the limit surface: what Blender renders of soft parts."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

_Matrix = sparse.csr_array


@dataclass(frozen=True, eq=False)
class Subdivision:
    """faces (F', 4), a triangle repeats its last index, over V' vertices; face_of (F',): the face that each was a part of.

    smooth (V', V): carries the vertices to where the shown ones are; even (V', V): the same within flat faces, for what is
    painted on them.
    """

    faces: np.ndarray
    face_of: np.ndarray
    smooth: _Matrix
    even: _Matrix


def subdivided(faces: np.ndarray, is_soft: np.ndarray, vertex_count: int) -> Subdivision:
    """faces (F, 4), of which those that are soft (F,) bool are cut at the middles of their edges. Vertices keep their numbers."""
    soft = np.flatnonzero(is_soft)
    used, compact = np.unique(faces[soft], return_inverse=True)
    mesh = _Mesh.of(compact.reshape(-1, 4), len(used))
    quads, part_of = mesh.parts()
    smooth = _Mesh.of(quads, mesh.point_count).limit() @ mesh.refined()
    number = np.concatenate([used, vertex_count + np.arange(mesh.point_count - len(used))])
    return Subdivision(
        faces=np.concatenate([faces[~is_soft], number[quads]]),
        face_of=np.concatenate([np.flatnonzero(~is_soft), soft[part_of]]),
        smooth=_spread(smooth, used, number, vertex_count),
        even=_spread(mesh.even(), used, number, vertex_count),
    )


def _spread(matrix: _Matrix, used: np.ndarray, number: np.ndarray, vertex_count: int) -> _Matrix:
    """From vertices `used` among `vertex_count` to points `number` -> from all vertices to all and the new points."""
    others = np.setdiff1d(np.arange(vertex_count), used)
    found = sparse.coo_array(matrix)
    values = np.concatenate([np.ones(len(others)), found.data]).astype(np.float32)
    places = np.concatenate([others, number[found.row]]), np.concatenate([others, used[found.col]])
    return sparse.csr_array((values, places), shape=(vertex_count + len(number) - len(used), vertex_count))


@dataclass(frozen=True, eq=False)
class _Mesh:
    """faces (F, 4). corners (F, V), ends (E, V), sides (E, F): ones where a vertex or a face is a part of a face or an edge.
    edges (F, 4): each from a face's corner to the next."""

    vertex_count: int
    edge_count: int
    faces: np.ndarray
    edges: np.ndarray
    corners: _Matrix
    ends: _Matrix
    sides: _Matrix

    @classmethod
    def of(cls, faces: np.ndarray, vertex_count: int) -> "_Mesh":
        is_side = np.ones(faces.shape, bool)
        is_side[:, 3] = faces[:, 2] != faces[:, 3]
        following = np.roll(faces, -1, axis=1)
        following[~is_side[:, 3], 2] = faces[~is_side[:, 3], 0]
        pairs = np.sort(np.stack([faces[is_side], following[is_side]], axis=1), axis=1)
        unique, number = np.unique(pairs, axis=0, return_inverse=True)
        edges = np.full(faces.shape, -1)
        edges[is_side] = number.ravel()
        face = np.nonzero(is_side)[0]
        return cls(
            vertex_count,
            len(unique),
            faces,
            edges,
            _ones(face, faces[is_side], (len(faces), vertex_count)),
            _ones(np.repeat(np.arange(len(unique)), 2), unique.ravel(), (len(unique), vertex_count)),
            _ones(edges[is_side], face, (len(unique), len(faces))),
        )

    @property
    def point_count(self) -> int:
        return self.vertex_count + self.edge_count + len(self.faces)

    def parts(self) -> tuple[np.ndarray, np.ndarray]:
        """The quads around each corner (Q, 4), over the vertices, then the edges' points, then the faces'; the face of each."""
        face, corner = np.nonzero(self.edges >= 0)
        before = np.where(corner > 0, corner - 1, np.where(self.edges[face, 3] >= 0, 3, 2))
        edge_start, face_start = self.vertex_count, self.vertex_count + self.edge_count
        quads = np.stack(
            [
                self.faces[face, corner],
                edge_start + self.edges[face, corner],
                face_start + face,
                edge_start + self.edges[face, before],
            ],
            axis=1,
        )
        return quads, face

    def even(self) -> _Matrix:
        """(V + E + F, V): vertices, the middles of edges and of faces."""
        return _stacked([sparse.identity(self.vertex_count), 0.5 * self.ends, self._face_points()])

    def refined(self) -> _Matrix:
        """(V + E + F, V): where Catmull and Clark put them."""
        is_border, middles, faces = self._is_border(), 0.5 * self.ends, self._face_points()
        edges = _rows(is_border, middles, 0.5 * middles + 0.25 * self.sides @ faces)
        around = 1.0 / np.maximum(self._valence(), 1.0)
        inner = (
            _scaled(1.0 - 3.0 * around, sparse.identity(len(around)))
            + _scaled(2.0 * around**2, self.ends.T @ middles)
            + _scaled(around**2, self.corners.T @ faces)
        )
        return _stacked([self._with_borders(inner, 0.75, 0.125), edges, faces])

    def limit(self) -> _Matrix:
        """(V, V): where the surface of ever finer quads passes."""
        around = self._valence()
        identity = sparse.identity(len(around))
        beside = self.ends.T @ self.ends - _scaled(around, identity)
        across = self.corners.T @ self.corners - _scaled(around, identity) - 2.0 * beside
        weight = 1.0 / np.maximum(around * (around + 5.0), 1.0)
        inner = _scaled(weight * around**2, identity) + _scaled(4.0 * weight, beside) + _scaled(weight, across)
        return self._with_borders(inner, 4.0 / 6.0, 1.0 / 6.0)

    def _with_borders(self, inner: _Matrix, own: float, beside: float) -> _Matrix:
        """On a border only its own two neighbours count; what no face uses, or where borders meet, stays."""
        border = self.ends.T @ _scaled(self._is_border().astype(float), self.ends)
        met = border.diagonal()
        identity = sparse.identity(self.vertex_count)
        along = own * identity + beside * (border - _scaled(met, identity))
        is_still = ((met > 0) & (met != 2)) | (self._valence() == 0)
        return _rows(is_still, identity, _rows(met > 0, along, inner))

    def _is_border(self) -> np.ndarray:
        return self.sides.sum(axis=1) != 2

    def _valence(self) -> np.ndarray:
        """(V,): faces at each vertex."""
        return self.corners.sum(axis=0)

    def _face_points(self) -> _Matrix:
        return _scaled(1.0 / self.corners.sum(axis=1), self.corners)


def _ones(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> _Matrix:
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _scaled(weights: np.ndarray, matrix: "sparse.sparray | sparse.spmatrix") -> _Matrix:
    """Each row by its weight."""
    return sparse.csr_array(sparse.diags_array(weights) @ matrix)


def _rows(is_first: np.ndarray, first: "sparse.sparray | sparse.spmatrix", second: _Matrix) -> _Matrix:
    """Rows of the first where it says so, of the second elsewhere."""
    return _scaled(is_first.astype(float), first) + _scaled((~is_first).astype(float), second)


def _stacked(blocks: "list[sparse.sparray | sparse.spmatrix]") -> _Matrix:
    return sparse.csr_array(sparse.vstack(blocks))
