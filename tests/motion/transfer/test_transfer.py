"""The 52 shapes made for a sculpted head of another topology, against its own and against what a viewer sees."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.motion.transfer.measures import likeness, mouth_mean, outer_skin
from vivavoce.motion.transfer.mesh import HeadMesh, triangulated
from vivavoce.motion.transfer.source import PreparedSource, open_human_head, prepared_source
from vivavoce.motion.transfer.transfer import CreatedShapes, Landing, created_shapes, landing

SCULPTED = Path(__file__).parents[4] / "shared" / "data" / "rigs" / "ict_facekit.npz"
SUMS = {"browInnerUp": ("browInnerUp_L", "browInnerUp_R"), "cheekPuff": ("cheekPuff_L", "cheekPuff_R")}


@pytest.fixture(scope="module")
def source() -> PreparedSource:
    return prepared_source(open_human_head(load_open_human()))


@pytest.fixture(scope="module")
def sculpted() -> dict[str, np.ndarray]:
    if not SCULPTED.is_file():
        pytest.skip(f"no sculpted head at {SCULPTED}")
    with np.load(SCULPTED) as file:
        return dict(file)


@pytest.fixture(scope="module")
def target(sculpted: dict[str, np.ndarray]) -> Landing:
    starts, corners = sculpted["face_offsets"], sculpted["face_vertices"]
    sizes = np.diff(starts, append=len(corners))
    faces = [corners[starts[sizes == size][:, None] + np.arange(size)] for size in (3, 4)]
    triangles = np.concatenate([triangulated(part) for part in faces])
    return landing(HeadMesh(sculpted["vertices_cm"].astype(np.float64), triangles))


@pytest.fixture(scope="module")
def made(source: PreparedSource, target: Landing) -> CreatedShapes:
    return created_shapes(source, target)


def own_shapes(sculpted: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    fields = dict(
        zip((str(name) for name in sculpted["shape_names"]), sculpted["shape_deltas_cm"].astype(np.float64), strict=True)
    )
    whole = {name: fields[left] + fields[right] for name, (left, right) in SUMS.items()}
    halves = {name for pair in SUMS.values() for name in pair}
    sides = {name.replace("_L", "Left").replace("_R", "Right"): field for name, field in fields.items() if name not in halves}
    return {**whole, **sides}


def test_made_shapes_are_like_those_of_the_heads_own_artist(
    made: CreatedShapes, target: Landing, sculpted: dict[str, np.ndarray]
) -> None:
    seen = np.isin(target.number, target.face.skin_vertices[outer_skin(target.labels)])
    like = {
        name: likeness(made.offsets[made.names.index(name)][seen], field[seen]) for name, field in own_shapes(sculpted).items()
    }
    assert mouth_mean(like) >= 0.86
    assert min(like.values()) >= 0.6


def test_lips_seal_lids_meet_and_teeth_follow(made: CreatedShapes) -> None:
    quality = made.quality
    assert quality.seal_mean_cm <= 0.02
    assert quality.seal_worst_cm <= 0.05
    assert quality.blink_visible <= 0.01
    assert quality.blink_overlap <= 0.05
    assert quality.teeth_apart_cm is not None
    assert quality.teeth_apart_cm <= 0.3


def test_shapes_survive_the_way_there_and_back(made: CreatedShapes) -> None:
    assert made.quality.round_trip_mouth >= 0.99
    assert made.quality.round_trip_worst >= 0.95


def test_a_symmetric_head_gets_symmetric_shapes_and_a_still_neck(made: CreatedShapes, target: Landing) -> None:
    left, right = (np.abs(made.offsets[made.names.index(f"mouthSmile{side}")]).sum() for side in ("Left", "Right"))
    assert left == pytest.approx(right, rel=0.02)
    low = target.face.mesh.vertices[target.number][:, 1] < target.face.eye_middle[1] - 3.1 * target.face.unit
    assert np.abs(made.offsets[:, low]).max() < 1e-3 * target.face.unit


def test_eyes_turn_without_changing_their_shape(made: CreatedShapes, target: Landing) -> None:
    ball = np.flatnonzero(np.isin(target.number, target.face.eyes[0].members))
    offsets = made.offsets[made.names.index("eyeLookUpLeft")][ball]
    rest = target.face.mesh.vertices[target.number[ball]]
    distance = np.linalg.norm(rest + offsets - target.face.eyes[0].centre, axis=1)
    np.testing.assert_allclose(distance, np.linalg.norm(rest - target.face.eyes[0].centre, axis=1), rtol=1e-4)
    assert np.abs(made.offsets[made.names.index("eyeLookUpRight")][ball]).max() == 0.0


def test_what_is_no_face_is_refused() -> None:
    line = np.linspace(-1.0, 1.0, 12)
    x, y = (axis.ravel() for axis in np.meshgrid(line, line))
    corner = (np.arange(11)[:, None] * 12 + np.arange(11)).ravel()
    mask = HeadMesh(
        np.stack([x, y, -(x**2)], axis=1), triangulated(np.stack([corner, corner + 1, corner + 13, corner + 12], axis=1))
    )
    with pytest.raises(InvalidInput, match="eyeballs"):
        landing(mask)
    with pytest.raises(InvalidInput, match="nostril"):
        landing(mask, {"nostril": np.zeros(3)})
    eyes = {f"eye_{place}_{side}": np.array([sign * across, 0.3, 0.0]) for side, sign in (("left", 1), ("right", -1))
            for place, across in (("inner", 0.2), ("outer", 0.5))}  # fmt: skip
    with pytest.raises(InvalidInput, match="lips"):
        landing(mask, eyes)


def test_an_unknown_gain_is_refused(source: PreparedSource, target: Landing) -> None:
    with pytest.raises(InvalidInput, match="mouthWide"):
        created_shapes(source, target, {"mouthWide": 2.0})
