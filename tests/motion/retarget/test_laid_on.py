"""The open human's shapes on other heads: on itself they are themselves; a turned-away or faceless mesh is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.rigs.geometry import RigGeometry, sparse_controls
from vivavoce.motion.retarget.laid_on import laid_on
from vivavoce.motion.retarget.wanted import WantedFace

from .faces import head, human, rig

ICT = Path(__file__).resolve().parents[4] / "shared" / "data" / "rigs" / "ict_facekit.npz"


def cosine(found: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> float:
    """(P, 3) each."""
    product = (found * truth).sum(axis=1) @ weights
    return float(product / np.sqrt(((found**2).sum(axis=1) @ weights) * ((truth**2).sum(axis=1) @ weights)))


@pytest.mark.parametrize("scale", [1.0, 1.3])
def test_a_head_of_another_size_gets_the_same_shapes_in_its_size(scale):
    geometry = rig({})
    face = laid_on(human(), replace(geometry, vertices=scale * geometry.vertices))
    for name in ("jawOpen", "mouthSmileLeft", "mouthFunnel", "mouthClose"):
        truth = scale * human().blend_shape(name)[head()[0][face.vertices]]
        found = face.offsets[ARKIT_NAMES.index(name)]
        assert cosine(found, truth, face.weights) > 0.9
        assert np.linalg.norm(found) == pytest.approx(np.linalg.norm(truth), rel=0.15)


def ict_face() -> tuple[WantedFace, dict[str, np.ndarray]]:
    with np.load(ICT) as file:
        vertices, deltas = 0.01 * file["vertices_cm"].astype(np.float64), 0.01 * file["shape_deltas_cm"].astype(np.float64)
        names, corners, starts = file["shape_names"], file["face_vertices"], file["face_offsets"]
    fans = np.split(corners, starts[1:-1])
    triangles = np.array([(face[0], face[at], face[at + 1]) for face in fans for at in range(1, len(face) - 1)])
    controls = sparse_controls((), np.zeros((0, len(vertices), 3)), np.zeros((0, 2)))
    geometry = RigGeometry(vertices, triangles, np.zeros(len(vertices), np.int32), ("Head",), controls)
    face = laid_on(human(), geometry, np.array([[0.0312, 0.036, 0.0798], [-0.0312, 0.036, 0.0798]]))
    return face, {str(name): field[face.vertices] for name, field in zip(names, deltas, strict=True)}


def test_a_sculpted_head_opens_and_smiles_as_its_artist_meant():
    if not ICT.is_file():
        pytest.skip(f"no sculpted head at {ICT}")
    face, truths = ict_face()
    for name, least in (("jawOpen", 0.85), ("mouthClose", 0.75), ("mouthPucker", 0.75)):
        assert cosine(face.offsets[ARKIT_NAMES.index(name)], truths[name], face.weights) > least


def test_what_has_no_face_is_refused():
    cube = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)])
    controls = sparse_controls((), np.zeros((0, 8, 3)), np.zeros((0, 2)))
    with pytest.raises(InvalidInput, match="eyeballs"):
        laid_on(human(), RigGeometry(cube, np.array([[0, 1, 2], [1, 2, 3]]), np.zeros(8, np.int32), ("Cube",), controls))
