"""ARKit's shapes on somebody's model: exact on the open human's own, near on a face of other proportions."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("smplx")

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, OpenHuman
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.human.body_model import BodyModelArrays
from vivavoce.motion.human.export_model import exported_vertices, open_human_model
from vivavoce.motion.human.expression import offsets_to_arkit
from vivavoce.motion.human.model_basis import model_basis, moving_vertices, on_vertices

STRETCH = np.array([1.15, 1.0, 1.05])


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


@pytest.fixture(scope="module")
def model(human: OpenHuman) -> BodyModelArrays:
    return open_human_model(human, "flame")


def on_model(human: OpenHuman) -> np.ndarray:
    """The ARKit shapes on the exported head, (52, V, 3) metres."""
    return np.stack([human.blend_shape(name) for name in ARKIT_NAMES])[:, exported_vertices(human, "flame")]


def skin_rows(human: OpenHuman) -> np.ndarray:
    regions = human.vertex_region[exported_vertices(human, "flame")]
    return np.flatnonzero(np.isin(regions, [human.region_names.index(name) for name in ("skin", "lips")]))


def test_the_open_human_comes_back_on_itself(human: OpenHuman, model: BodyModelArrays) -> None:
    basis = model_basis(model, human)
    error_mm = 1e3 * np.linalg.norm(basis.blend_shapes - on_model(human), axis=2)[:, skin_rows(human)]
    # At the edge of the exported head, where its last triangles face another way, neighbours are mixed.
    assert error_mm.max() < 0.1
    assert np.median(error_mm) < 1e-4
    assert basis.directions.shape == (100, len(model.v_template), 3)


def test_a_face_of_other_proportions_takes_the_shapes(human: OpenHuman, model: BodyModelArrays) -> None:
    centre = model.v_template.mean(axis=0)
    wide = replace(model, v_template=((model.v_template - centre) * STRETCH + centre + 0.4).astype(np.float32))
    basis, wanted = model_basis(wide, human), on_model(human) * STRETCH
    rows = skin_rows(human)
    error_mm = 1e3 * np.linalg.norm(basis.blend_shapes - wanted, axis=2)[:, rows]
    size_mm = 1e3 * np.linalg.norm(wanted, axis=2)[:, rows]
    moving = size_mm.max(axis=0) > 0.5
    assert error_mm[:, moving].mean() < 0.15 * size_mm[:, moving].mean()
    weights = np.zeros((1, len(ARKIT_NAMES)))
    for name in ("jawOpen", "mouthSmileLeft", "browInnerUp"):
        weights[0, ARKIT_INDEX[name]] = 0.5
    moved = on_vertices(basis, moving_vertices(basis))
    offsets = np.tensordot(weights, wanted[:, moving_vertices(basis)], axes=1)
    np.testing.assert_allclose(offsets_to_arkit(moved, offsets), weights, atol=0.12)


def test_upper_lips_do_not_follow_the_jaw(human: OpenHuman, model: BodyModelArrays) -> None:
    centre = model.v_template.mean(axis=0)
    small = replace(model, v_template=((model.v_template - centre) * 0.9 + centre).astype(np.float32))
    jaw = model_basis(small, human).blend_shapes[ARKIT_INDEX["jawOpen"]]
    place_of = {int(vertex): row for row, vertex in enumerate(exported_vertices(human, "flame"))}
    upper, lower = (np.array([place_of[int(vertex)] for vertex in column]) for column in human.lip_pairs.T)
    middle = slice(len(upper) // 3, -len(upper) // 3)
    assert 1e3 * np.abs(jaw[upper[middle], 1]).max() < 5.0
    assert 1e3 * np.abs(jaw[lower[middle], 1]).min() > 10.0


def test_a_model_without_landmarks_is_refused(human: OpenHuman, model: BodyModelArrays) -> None:
    bare = replace(model, lmk_faces_idx=np.zeros(0, np.int64), lmk_bary_coords=np.zeros((0, 3), np.float32))
    with pytest.raises(InvalidInput, match="landmarks"):
        model_basis(bare, human)
