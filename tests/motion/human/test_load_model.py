"""FLAME and SMPL-X files of the official layouts, made here: read whole, run by smplx, and refused where they lie."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.lib import format as npy_format
from scipy import sparse

from vivavoce.bridge.data import SMPLX_JOINT_PARENTS
from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.motion.human.body_model import smplx_layer, write_model
from vivavoce.motion.human.load_model import load_model

FLAME_PARENTS = (-1, 0, 1, 1, 1)


def model_arrays(parents: tuple[int, ...], vertices: int = 40, directions: int = 400) -> dict[str, np.ndarray]:
    """Random arrays as official files hold them: float64, unsigned indices, the root's parent 2**32 - 1."""
    generator = np.random.default_rng(0)
    joints = len(parents)
    regressor, weights = (generator.dirichlet(np.ones(size), count) for size, count in ((vertices, joints), (joints, vertices)))
    return {
        "v_template": generator.normal(size=(vertices, 3)),
        "f": generator.integers(0, vertices, (60, 3)).astype(np.uint32),
        "shapedirs": generator.normal(size=(vertices, 3, directions)),
        "posedirs": generator.normal(size=(vertices, 3, 9 * (joints - 1))),
        "J_regressor": regressor,
        "weights": weights,
        "kintree_table": np.stack([np.array(parents), np.arange(joints)]).astype(np.uint32),
    }


def smplx_arrays(vertices: int = 40) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(1)
    landmarks = {"lmk_faces_idx": np.arange(51), "lmk_bary_coords": generator.dirichlet(np.ones(3), 51)}
    hands = {f"hands_mean{side}": generator.normal(size=45) for side in "lr"}
    hands |= {f"hands_components{side}": generator.normal(size=(45, 45)) for side in "lr"}
    return model_arrays(SMPLX_JOINT_PARENTS, vertices) | landmarks | hands


def write_flame_pickle(folder: Path, arrays: dict[str, np.ndarray]) -> Path:
    """generic_model.pkl with a sparse regressor and its landmarks beside it, in Python 2's protocol."""
    content = arrays | {"J_regressor": sparse.csc_matrix(arrays["J_regressor"]), "bs_style": "lbs", "bs_type": "lrotmin"}
    (folder / "generic_model.pkl").write_bytes(pickle.dumps(content, protocol=2))
    embedding = {"lmk_face_idx": np.arange(51, dtype=np.uint32), "lmk_b_coords": np.full((51, 3), 1.0 / 3.0)}
    (folder / "flame_static_embedding.pkl").write_bytes(pickle.dumps(embedding, protocol=2))
    return folder / "generic_model.pkl"


def test_a_flame_pickle_is_read_whole(tmp_path: Path):
    arrays = model_arrays(FLAME_PARENTS)
    model = load_model(write_flame_pickle(tmp_path, arrays))
    assert model.kind == "flame"
    for name in ("v_template", "shapedirs", "posedirs", "weights"):
        np.testing.assert_array_equal(getattr(model, name), arrays[name].astype(np.float32))
    np.testing.assert_allclose(model.j_regressor, arrays["J_regressor"], rtol=1e-6)
    np.testing.assert_array_equal(model.faces, arrays["f"])
    np.testing.assert_array_equal(model.lmk_faces_idx, np.arange(51))
    np.testing.assert_array_equal(model.expression_directions[0], model.shapedirs[:, :, 300])


@pytest.mark.parametrize("suffix", ["npz", "pkl"])
def test_an_smplx_file_is_read_whole(tmp_path: Path, suffix: str):
    arrays, path = smplx_arrays(), tmp_path / f"SMPLX_NEUTRAL.{suffix}"
    # Official files hold tables of Python objects too, under keys that nobody needs.
    extra = {"joint2num": np.array({"Pelvis": 0}, object)}
    if suffix == "npz":
        np.savez(path, allow_pickle=True, **arrays, **extra)
    else:
        path.write_bytes(pickle.dumps(arrays | extra))
    model = load_model(tmp_path)
    assert model.kind == "smplx"
    np.testing.assert_array_equal(model.left_hand_mean, arrays["hands_meanl"].astype(np.float32))
    np.testing.assert_array_equal(model.lmk_bary_coords, arrays["lmk_bary_coords"].astype(np.float32))


def test_small_files_have_ten_expressions_after_ten_shapes(tmp_path: Path):
    model = load_model(write_flame_pickle(tmp_path, model_arrays(FLAME_PARENTS, directions=20)))
    assert model.expression_directions.shape == (10, 40, 3)
    np.testing.assert_array_equal(model.expression_directions[3], model.shapedirs[:, :, 13])


@pytest.mark.parametrize("kind", ["flame", "smplx"])
def test_a_model_that_is_written_is_read_again(tmp_path: Path, kind: str):
    np.savez(tmp_path / "model.npz", **(model_arrays(FLAME_PARENTS) if kind == "flame" else smplx_arrays()))
    model = load_model(tmp_path / "model.npz")
    again = load_model(write_model(model, tmp_path)[0])
    for name in ("v_template", "faces", "shapedirs", "posedirs", "j_regressor", "weights", "left_hand_components"):
        np.testing.assert_array_equal(getattr(again, name), getattr(model, name))


def test_smplx_runs_a_flame_file_as_it_runs_the_original(tmp_path: Path):
    torch, smplx = pytest.importorskip("torch"), pytest.importorskip("smplx")
    arrays = model_arrays(FLAME_PARENTS)
    layer = smplx_layer(load_model(write_flame_pickle(tmp_path, arrays)), batch_size=2)
    np.savez(tmp_path / "FLAME_NEUTRAL.npz", **arrays)
    original = smplx.FLAME(str(tmp_path), ext="npz", num_betas=300, num_expression_coeffs=100, batch_size=2)
    pose = {name: 0.3 * torch.randn(2, 3) for name in ("jaw_pose", "neck_pose", "leye_pose")} | {
        "expression": torch.randn(2, 100)
    }
    for name in ("vertices", "joints"):
        difference = getattr(layer(**pose), name) - getattr(original(**pose), name)
        assert difference.abs().max() < 1e-4


def test_smplx_runs_an_smplx_file(tmp_path: Path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("smplx")
    # smplx picks finger tips by the official mesh's numbers, so it needs as many vertices.
    arrays = smplx_arrays(vertices=10475)
    arrays |= {name: np.zeros(arrays[name].shape, np.int8) for name in ("shapedirs", "posedirs")}
    np.savez(tmp_path / "SMPLX_NEUTRAL.npz", **arrays)
    layer = smplx_layer(load_model(tmp_path), batch_size=2)
    output = layer(jaw_pose=torch.full((2, 3), 0.1), expression=torch.zeros(2, 100))
    assert output.vertices.shape == (2, 10475, 3)
    assert output.joints.shape == (2, 127, 3)


def test_what_is_missing_is_told_with_a_way_out(tmp_path: Path):
    with pytest.raises(ModelMissing, match="export-model"):
        load_model(tmp_path / "FLAME_NEUTRAL.pkl")
    with pytest.raises(ModelMissing, match=r"generic_model\.pkl"):
        load_model(tmp_path)


WRONG = {
    "v_template": np.zeros((40, 2)),
    "f": np.full((5, 3), 40),
    "shapedirs": np.zeros((40, 3)),
    "posedirs": np.zeros((40, 3, 35)),
    "J_regressor": np.zeros((5, 41)),
    "weights": np.zeros((40, 4)),
    "kintree_table": np.zeros((2, 24)),
}
"""Each with a shape or an index that the rest contradicts."""


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("kind", ["absent", "shape", "nan", "beyond_float32", "text"])
def test_wrong_arrays_are_refused(tmp_path: Path, name: str, kind: str):
    arrays = model_arrays(FLAME_PARENTS)
    if kind == "absent":
        del arrays[name]
    elif kind == "shape":
        arrays[name] = WRONG[name]
    elif kind == "text":
        arrays[name] = np.full(arrays[name].shape, "x")
    else:
        arrays[name] = arrays[name].astype(np.float64)
        arrays[name].flat[1] = np.nan if kind == "nan" else 1e300
    np.savez(tmp_path / "model.npz", **arrays)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(arrays))
    for suffix in ("npz", "pkl"):
        with pytest.raises(InvalidInput, match=rf"model\.{suffix}"):
            load_model(tmp_path / f"model.{suffix}")


def test_a_header_that_claims_ten_gigabytes_is_refused(tmp_path: Path):
    header = io.BytesIO()
    npy_format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**10 // 8,)})
    with zipfile.ZipFile(tmp_path / "model.npz", "w") as archive:
        archive.writestr("v_template.npy", header.getvalue() + bytes(100))
    with pytest.raises(InvalidInput, match="v_template"):
        load_model(tmp_path / "model.npz")


def test_other_files_are_refused(tmp_path: Path):
    (tmp_path / "model.obj").write_text("v 0 0 0")
    with pytest.raises(InvalidInput, match=r"\.npz or a \.pkl"):
        load_model(tmp_path / "model.obj")
