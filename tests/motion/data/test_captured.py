"""Captured corpora: GRID's tracked mouths and FACEGOOD's curves as ARKit weights."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")

from vivavoce.bridge.errors import InvalidInput
from vivavoce.motion.data import facegood, grid
from vivavoce.motion.data.corpus import OPENING, ClipLabel

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    if not DATA.is_dir():
        pytest.skip(f"no shared data in {DATA}")
    return DATA


def rig(frames: int, **curves: float) -> dict[str, np.ndarray]:
    names = {name for names in facegood.RIG_MEANS.values() for name in names} | set(facegood.RIG_ROUNDINGS)
    return {name: np.full(frames, curves.get(name, 0.0)) for name in names}


def test_a_resting_rig_is_a_resting_face() -> None:
    assert all((weights == 0.0).all() for weights in facegood.rig_to_arkit(rig(3)).values())


def test_suck_and_press_close_the_lips_over_an_open_jaw() -> None:
    sucked = rig(1, mouth_stretch_c=0.4, mouth_suck_dl=0.3, mouth_suck_dr=0.3, mouth_suck_ul=0.25, mouth_suck_ur=0.25)
    arkit = facegood.rig_to_arkit(sucked)
    assert arkit["mouthClose"] == arkit["jawOpen"] == pytest.approx(0.4)
    open_mouth = facegood.rig_to_arkit(rig(1, mouth_stretch_c=0.4))
    assert open_mouth["mouthClose"] == 0.0


def test_another_rig_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not of FACEGOOD"):
        facegood.rig_to_arkit({"jaw": np.zeros(3)})
    with pytest.raises(InvalidInput, match="no takes"):
        facegood.facegood_parts(Path("nowhere"))
    with pytest.raises(InvalidInput, match=r"clips\.json"):
        grid.grid_parts(Path("nowhere"))


def test_facegood_takes(shared_data: Path) -> None:
    parts = facegood.facegood_parts(shared_data / "facegood")
    assert len(parts) == 7
    (clip,) = parts[-1].clips()
    assert clip.label.speaker == "facegood-validation"
    assert abs(len(clip.curves) / facegood.FPS - clip.audio.duration_s) < 0.1
    assert clip.curves.min() >= 0.0
    assert clip.curves.max() <= 1.0


def test_grid_clips(shared_data: Path) -> None:
    clips = list(grid.grid_parts(shared_data / "grid_train")[0].clips())
    assert len(clips) == 50
    opening = np.concatenate([clip.curves[clip.is_valid, grid.HEADER.curve_names.index(OPENING)] for clip in clips])
    assert np.percentile(opening, 5) < 0.03
    assert 0.2 < np.percentile(opening, 95) < 0.6
    assert all(np.isfinite(clip.curves[clip.is_valid]).all() for clip in clips)
    assert clips[0].label == ClipLabel("s14_lrwq7p", "s14", "lay red with q seven please", "en")
