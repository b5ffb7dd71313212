"""Viseme-only and partial rigs: openings follow, closures are kept, and what a rig can say exactly it says exactly."""

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, MotionClip, MotionLayer, mirrored_name
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.rigs import TargetCurves
from vivavoce.bridge.rigs.geometry import RigGeometry
from vivavoce.motion.retarget.by_shape import face_fit, retarget_by_shape, source_closures
from vivavoce.motion.retarget.controls import face_controls
from vivavoce.motion.retarget.seam import CLOSED_SHARE

from .faces import VISEMES, human, rig, talking_clip, wanted


def solved(geometry: RigGeometry, clip: MotionClip) -> TargetCurves:
    fit = face_fit(wanted(), face_controls(geometry, wanted().vertices))
    return retarget_by_shape(clip, fit, human())


def openings(geometry: RigGeometry, curves: TargetCurves) -> np.ndarray:
    """(F,) metres, measured on the deformed mesh."""
    seam = wanted().seam
    return seam.opening_m(geometry.deformed(curves.targets, curves.values, seam.vertices), seam.vertices)


@pytest.mark.parametrize("count", [14, 5])
def test_visemes_open_as_the_source_does_and_keep_every_closure(count):
    names = list(VISEMES) if count == 14 else ["viseme_aa", "viseme_E", "viseme_I", "viseme_O", "viseme_U"]
    geometry, clip = rig({name: VISEMES[name] for name in names}), talking_clip()
    opening = openings(geometry, solved(geometry, clip))
    weights = clip.blend_shapes(ARKIT_NAMES)
    is_closed = source_closures(weights, human())
    assert 10 < is_closed.sum() < 80
    assert np.corrcoef(opening, human().lip_gap_m(weights))[0, 1] > 0.95
    assert (opening[is_closed] < CLOSED_SHARE * wanted().seam.width_m).all()


def test_a_rig_with_the_same_shapes_under_other_names_gets_the_same_weights():
    shapes = (
        "jawOpen",
        "mouthFunnel",
        "mouthSmileLeft",
        "mouthSmileRight",
        "mouthLowerDownLeft",
        "mouthLowerDownRight",
        "mouthClose",
    )
    geometry, clip = rig({f"Key {name}": {name: 1.0} for name in shapes}), talking_clip(2.0)
    found = solved(geometry, clip).values
    assert np.abs(found - clip.blend_shapes(shapes)).mean() < 0.02


def test_a_mirrored_performance_gives_mirrored_values():
    shapes = ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "mouthLeft", "mouthRight")
    geometry, clip = rig({name: {name: 1.0} for name in shapes}), talking_clip(1.0)
    lopsided = clip.blend_shapes(ARKIT_NAMES).copy()
    lopsided[:, ARKIT_NAMES.index("mouthSmileLeft")] = 0.6
    mirrored = lopsided[:, [ARKIT_NAMES.index(mirrored_name(name)) for name in ARKIT_NAMES]]
    both = [
        solved(geometry, MotionClip(30.0, (MotionLayer("lips", weights, ARKIT_NAMES),))).values
        for weights in (lopsided, mirrored)
    ]
    turned = [shapes.index(mirrored_name(name)) for name in shapes]
    assert both[1] == pytest.approx(both[0][:, turned], abs=5e-3)


def test_a_rig_that_moves_nothing_of_the_face_is_refused():
    with pytest.raises(InvalidInput, match="moves the face"):
        solved(rig({"Breath": {"eyeLookUpLeft": 0.0}}), talking_clip(1.0))
