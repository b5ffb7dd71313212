"""FLIP: its limits, and what its authors' own program says of pictures that anyone can make (flip-evaluator 1.7)."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from vivavoce.rendering.flip import flip

EVERYWHERE = np.ones((64, 64), bool)
GREY, EDGE, BLUE = np.full((64, 64, 3), 0.5), np.zeros((64, 64, 3)), np.ones((64, 64, 3)) * [0.2, 0.3, 1.0]
EDGE[:, 32:] = 1.0
RAMP = np.broadcast_to(np.linspace(0.0, 1.0, 64)[:, None], (64, 64, 3))


@pytest.mark.parametrize(("made", "truth", "wanted"), [(EDGE, GREY, 0.8982), (RAMP, GREY, 0.6154), (BLUE * RAMP, RAMP, 0.7335)])
def test_it_says_what_its_authors_program_says(made: np.ndarray, truth: np.ndarray, wanted: float) -> None:
    assert flip(made, truth, EVERYWHERE) == pytest.approx(wanted, abs=5e-4)


def test_a_picture_equals_itself() -> None:
    assert flip(EDGE, EDGE, EVERYWHERE) == 0.0
