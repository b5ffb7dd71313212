"""What is read of a rig deforms as Blender deforms it, and a captured face of bones follows a performance from file to curves."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.formats import write_clip
from vivavoce.bridge.rigs import mapping_from_json
from vivavoce.bridge.rigs.curves_file import read_curves
from vivavoce.commands.retarget import Retarget, run

from .conftest import ROOT, run_script

ROCKETBOX = ROOT.parent / "shared" / "data" / "rigs" / "rocketbox_female_adult_01.fbx"


@pytest.fixture(scope="module")
def rocketbox() -> Path:
    if not ROCKETBOX.is_file():
        pytest.skip(f"no rig at {ROCKETBOX}")
    return ROCKETBOX


def test_arrays_deform_as_blender_does(rocketbox):
    apart = run_script("rig_geometry", rocketbox)
    assert apart["moved"] > 0.01
    assert apart["rest"] < 1e-5
    assert apart["posed"] < 1e-5


def test_a_face_of_bones_speaks(rocketbox, tmp_path, capsys):
    swing = 0.5 - 0.5 * np.cos(np.linspace(0.0, 4.0 * np.pi, 60))
    weights = np.zeros((60, len(ARKIT_NAMES)))
    weights[:, ARKIT_NAMES.index("jawOpen")] = 0.5 * swing
    weights[:, ARKIT_NAMES.index("eyeBlinkLeft")] = swing
    write_clip(MotionClip(30.0, (MotionLayer("lips", weights, ARKIT_NAMES),)), tmp_path / "clip.npz")
    run(Retarget(tmp_path / "clip.npz", rocketbox, tmp_path / "out"))
    curves, poses = read_curves(tmp_path / "out" / "curves.npz")
    jaw = curves.values[:, [target.name == "Bip01 MJaw" and target.axis == "x" for target in curves.targets]][:, 0]
    assert np.corrcoef(jaw, swing)[0, 1] > 0.98
    assert jaw.max() > 0.1
    assert poses == mapping_from_json((tmp_path / "out" / "poses.json").read_text(encoding="utf-8"))
    assert {"jawOpen", "mouthClose", "eyeBlinkLeft", "eyeLookUpRight"} <= set(poses.sources)
    assert "100.0%" in capsys.readouterr().out
