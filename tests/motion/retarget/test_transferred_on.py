"""What deformation transfer makes of a head, as a retargeter wants it."""

import numpy as np

from vivavoce.bridge.data import ARKIT_NAMES
from vivavoce.motion.retarget.transferred_on import transferred_on

from .faces import head, human, rig


def test_the_open_human_gets_its_own_shapes_and_its_lips_meet():
    face = transferred_on(human(), rig({}))
    assert np.isclose(face.weights.sum(), 1.0)
    assert np.isin(face.seam.vertices, face.vertices).all()
    jaw, close = (ARKIT_NAMES.index(name) for name in ("jawOpen", "mouthClose"))
    truth = human().blend_shape("jawOpen")[head()[0][face.vertices]]
    product = (face.offsets[jaw] * truth).sum(axis=1) @ face.weights
    lengths = [np.square(field).sum(axis=1) @ face.weights for field in (face.offsets[jaw], truth)]
    assert product > 0.98 * np.sqrt(lengths[0] * lengths[1])
    assert np.abs(face.gaps_m()[jaw] + face.gaps_m()[close]).max() < 5e-4
    assert face.gaps_m()[jaw].max() > 0.02
