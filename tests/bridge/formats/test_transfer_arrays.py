"""Heads and shapes as arrays: a round trip, and what is refused at the door."""

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.transfer_arrays import (
    HeadRequest,
    HeadShapes,
    request_arrays,
    request_from,
    shapes_arrays,
    shapes_from,
)

VERTICES = np.random.default_rng(1).standard_normal((120, 3))
TRIANGLES = np.arange(120).reshape(40, 3)


def test_a_request_survives_being_sent() -> None:
    sent = request_arrays(HeadRequest(VERTICES, TRIANGLES, {"chin": np.array([0.0, 1.0, 2.0])}))
    back = request_from(sent)
    np.testing.assert_array_equal(back.vertices, VERTICES)
    np.testing.assert_array_equal(back.triangles, TRIANGLES)
    np.testing.assert_array_equal(back.landmarks["chin"], [0.0, 1.0, 2.0])
    assert request_from({"vertices": VERTICES, "triangles": TRIANGLES}).landmarks == {}


def test_shapes_survive_being_sent() -> None:
    shapes = HeadShapes(("jawOpen",), np.ones((1, 120, 3), np.float32), {"chin": np.zeros(3)}, {"seal_mean_cm": 0.01})
    back = shapes_from(shapes_arrays(shapes))
    assert back.names == ("jawOpen",)
    assert back.quality == {"seal_mean_cm": 0.01}
    np.testing.assert_array_equal(back.offsets, shapes.offsets)
    with pytest.raises(InvalidInput, match="no shapes"):
        shapes_from({})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"triangles": TRIANGLES + 1}, "does not have"),
        ({"triangles": TRIANGLES.ravel()}, "triangles"),
        ({"vertices": VERTICES[:50]}, "vertices"),
        ({"vertices": np.full((120, 3), np.nan)}, "nowhere"),
        ({"vertices": TRIANGLES}, "floating"),
        ({"landmark_names": np.array(["chin"])}, "landmarks"),
    ],
)
def test_what_is_no_head_is_refused(change: dict[str, np.ndarray], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        request_from({"vertices": VERTICES, "triangles": TRIANGLES, **change})


def test_a_request_without_a_mesh_is_refused() -> None:
    with pytest.raises(InvalidInput, match="triangles missing"):
        request_from({"vertices": VERTICES})
