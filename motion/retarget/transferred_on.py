"""The open human's blend shapes on another head as `transfer` carries them over: thorough, with lips and lids that meet."""

from functools import lru_cache

import numpy as np

from ...bridge.data import ARKIT_NAMES, OpenHuman
from ...bridge.rigs.geometry import RigGeometry
from ..transfer.landmarks import Face
from ..transfer.mesh import HeadMesh
from ..transfer.registration import registered
from ..transfer.source import PreparedSource, open_human_head, prepared_source
from ..transfer.symmetry import symmetric_shapes
from ..transfer.transfer import Landing, carried_shapes, landing, with_contacts
from .seam import LipSeam, measured_seam, spread_columns
from .wanted import WantedFace, emphasised

_HEAD_UNITS = 2.5


def transferred_on(human: OpenHuman, geometry: RigGeometry) -> WantedFace:
    """The blend shapes of the open human as the skin of a rig would have them. Raises InvalidInput where it shows no face."""
    source = _source(human)
    target = landing(HeadMesh(geometry.vertices.astype(np.float64), geometry.triangles.astype(np.int64)))
    fit = registered(source.face, source.labels, target.face, target.labels)
    shapes = with_contacts(target, symmetric_shapes(target.face, carried_shapes(source, fit, target)))
    return _wanted(target, np.stack([shapes[name] for name in ARKIT_NAMES]), geometry)


@lru_cache(maxsize=1)
def _source(human: OpenHuman) -> PreparedSource:
    return prepared_source(open_human_head(human))


def _wanted(target: Landing, shapes: np.ndarray, geometry: RigGeometry) -> WantedFace:
    """shapes: (52, S, 3) on the skin of the face."""
    face = target.face
    place = np.full(len(face.mesh.vertices), -1)
    place[face.skin_vertices] = np.arange(len(face.skin_vertices))
    on_skin = place[target.number]
    near = np.linalg.norm(geometry.vertices - face.seam.upper.mean(axis=0), axis=1) < _HEAD_UNITS * face.unit
    vertices = np.flatnonzero((on_skin >= 0) & near)
    rows = on_skin[vertices]
    lips = _lips(face, target, geometry)
    beside = np.linalg.norm(face.skin.vertices[rows, None] - face.seam.upper[None, ::8], axis=2).min(axis=1)
    weights = emphasised(face.skin.vertex_areas[rows], beside / face.unit)
    return WantedFace(vertices, shapes[:, rows], weights, lips)


def _lips(face: Face, target: Landing, geometry: RigGeometry) -> LipSeam:
    """The seam in the numbers of the rig's geometry."""
    given = np.zeros(len(face.mesh.vertices), np.int64)
    given[target.number] = np.arange(len(target.number))
    seam, columns = face.seam, spread_columns(len(face.seam.upper))
    numbers = given[face.skin_vertices]
    upper, lower = (numbers[face.skin.triangles[rows[columns]]] for rows in (seam.upper_triangles, seam.lower_triangles))
    return measured_seam(
        geometry.vertices.astype(np.float64), upper, seam.upper_barycentric[columns], lower, seam.lower_barycentric[columns]
    )
