"""The bundled open human, its reader, and files that are not what they say."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, SMPLX_JOINT_NAMES, SMPLX_JOINT_PARENTS, OpenHuman
from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.bridge.formats.open_human import OPEN_HUMAN_PATH, load_open_human


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


def arkit_weights(**weights: float) -> np.ndarray:
    row = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, weight in weights.items():
        row[ARKIT_INDEX[name]] = weight
    return row


def test_vocabularies_are_the_house_s_own(human: OpenHuman) -> None:
    assert human.blend_shape_names == ARKIT_NAMES
    assert human.joint_names[:55] == SMPLX_JOINT_NAMES
    assert tuple(human.joint_parents[:55]) == SMPLX_JOINT_PARENTS
    assert OPEN_HUMAN_PATH.stat().st_size < 10e6
    np.testing.assert_allclose(human.skin_weights.sum(axis=1), 1.0, atol=1e-6)


def test_zero_weights_are_the_rest_pose(human: OpenHuman) -> None:
    np.testing.assert_array_equal(human.deformed(np.zeros(52)), human.vertices)
    np.testing.assert_allclose(human.posed(np.zeros((2, 52)), {})[1], human.vertices, atol=1e-6)


def test_deformed_is_linear_and_batched(human: OpenHuman) -> None:
    jaw, smile = arkit_weights(jawOpen=0.4), arkit_weights(mouthSmileLeft=0.7)
    both = human.deformed(np.stack([jaw, smile, jaw + smile])) - human.vertices
    np.testing.assert_allclose(both[2], both[0] + both[1], atol=1e-6)
    np.testing.assert_allclose(human.deformed(jaw), human.vertices + 0.4 * human.blend_shape("jawOpen"), atol=1e-6)


def test_turning_the_root_turns_the_whole_character(human: OpenHuman) -> None:
    turned = human.posed(np.zeros(52), {"pelvis": np.array([0.0, np.pi, 0.0])})
    centre = human.joint_positions[0]
    np.testing.assert_allclose(turned - centre, (human.vertices - centre) * [-1.0, 1.0, -1.0], atol=1e-5)


def test_unknown_joint_is_refused(human: OpenHuman) -> None:
    with pytest.raises(InvalidInput, match="tail"):
        human.posed(np.zeros(52), {"tail": np.zeros(3)})


@pytest.mark.parametrize("jaw", [0.0, 0.2, 0.4, 0.6])
def test_mouth_close_seals_the_lips_at_any_jaw(human: OpenHuman, jaw: float) -> None:
    assert human.lip_gap_m(arkit_weights(jawOpen=jaw, mouthClose=jaw))[0] < 1e-3


def test_jaw_open_parts_the_lips(human: OpenHuman) -> None:
    gaps = human.lip_gap_m(np.stack([arkit_weights(jawOpen=jaw) for jaw in (0.1, 0.3, 0.6)]))
    assert gaps[0] > 2e-3
    assert np.all(np.diff(gaps) > 3e-3)


def test_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="bake-human"):
        load_open_human(tmp_path / "open_human.npz")


def altered(tmp_path: Path, **changes: np.ndarray) -> Path:
    with np.load(OPEN_HUMAN_PATH) as npz:
        arrays = dict(npz)
    path = tmp_path / "human.npz"
    np.savez(path, **(arrays | changes))
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"faces": np.full((16, 4), 10**6)}, "shape|index"),
        ({"vertices": np.full((7, 3), np.nan, np.float32)}, "NaN"),
        ({"skin_joints": np.zeros((3, 4), np.uint8)}, "skin_joints"),
        ({"format_version": np.array(99)}, "format"),
        ({"source": np.array([{"a": 1}], object)}, "object"),
        ({"lip_pairs": np.array([[-1, 2]])}, "lip_pairs"),
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, changes: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        load_open_human(altered(tmp_path, **changes))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "human.npz"
    path.write_bytes(b"not an archive")
    with pytest.raises(InvalidInput):
        load_open_human(path)
