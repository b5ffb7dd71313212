import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.motion.articulation.mouth_shapes import (
    CHANNEL_INDEX,
    CHANNEL_NAMES,
    MOUTH_SHAPES_PATH,
    calibrated_mouth_shapes,
    read_mouth_shapes,
    write_mouth_shapes,
)  # fmt: skip
from vivavoce.motion.articulation.textbook_shapes import textbook_shapes
from vivavoce.motion.articulation.visemes import VISEME_INDEX

ARRAYS = ("targets", "strength", "reach_before_s", "reach_after_s", "loudness_gain")


def target(viseme: str, channel: str) -> float:
    return calibrated_mouth_shapes().targets[VISEME_INDEX[viseme], CHANNEL_INDEX[channel]]


def test_shapes_survive_the_file(tmp_path: Path):
    shapes = replace(textbook_shapes(), provenance={"data": "none"})
    write_mouth_shapes(shapes, tmp_path / "shapes.json")
    found = read_mouth_shapes(tmp_path / "shapes.json")
    for name in ARRAYS:
        np.testing.assert_allclose(getattr(found, name), getattr(shapes, name), atol=5e-5)
    assert found.provenance == {"data": "none"}
    assert [path.name for path in tmp_path.iterdir()] == ["shapes.json"]


def test_what_ships_says_where_it_comes_from():
    assert set(calibrated_mouth_shapes().provenance) == {"command", "data", "held_out"}


def test_calibrated_shapes_look_like_their_sounds():
    assert target("ah", "jawOpen") > target("ee", "jawOpen") > target("lips_closed", "jawOpen")
    for rounded in ("oo", "glide_round", "oh"):
        assert target(rounded, "mouthPucker") > 0.2
    assert target("ee", "mouthStretch") > 0.1
    assert target("hiss", "mouthLowerDown") > 0.15
    assert target("lips_closed", "mouthLowerDown") <= 0.0


def test_shapes_of_another_vocabulary_are_refused(tmp_path: Path):
    content = json.loads(MOUTH_SHAPES_PATH.read_text(encoding="utf-8")) | {"channels": CHANNEL_NAMES[1:]}
    (tmp_path / "other.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InvalidInput, match="calibrate"):
        read_mouth_shapes(tmp_path / "other.json")
    with pytest.raises(InvalidInput, match="targets"):
        replace(textbook_shapes(), targets=np.zeros((2, 2)))
