"""A head of five vowels or fifteen visemes opens as the performance does, and closes where it closes."""

import wave
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from vivavoce.addon.core.rigs.auto_mapping import auto_mapping
from vivavoce.addon.core.rigs.survey import MeshSurvey, RigSurvey
from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES, AudioClip, MotionClip, PerformanceStyle
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.bridge.lite.performance import lite_performance
from vivavoce.bridge.rigs import retarget

GRID = Path(__file__).resolve().parents[5] / "shared" / "data" / "grid"
VOWELS: Mapping[str, Mapping[str, float]] = {
    "aa": {"jawOpen": 0.55, "mouthLowerDownLeft": 0.1, "mouthLowerDownRight": 0.1},
    "E": {"jawOpen": 0.45, "mouthStretchLeft": 0.5, "mouthStretchRight": 0.5},
    "ih": {"jawOpen": 0.15, "mouthStretchLeft": 0.6, "mouthStretchRight": 0.6},
    "oh": {"jawOpen": 0.45, "mouthPucker": 0.5, "mouthFunnel": 0.3},
    "ou": {"jawOpen": 0.12, "mouthPucker": 0.85},
}
VISEMES: Mapping[str, Mapping[str, float]] = {
    **VOWELS,
    "PP": {"mouthPressLeft": 0.4, "mouthPressRight": 0.4, "mouthRollLower": 0.2, "mouthRollUpper": 0.15},
    "FF": {"jawOpen": 0.1, "mouthClose": 0.05, "mouthRollLower": 0.4, "mouthUpperUpLeft": 0.15, "mouthUpperUpRight": 0.15},
    "TH": {"jawOpen": 0.2, "tongueOut": 0.25},
    "CH": {"jawOpen": 0.12, "mouthFunnel": 0.6},
    **{name: {"jawOpen": 0.15} for name in ("DD", "SS", "RR", "kk", "nn")},
}
SHUT_M = 0.001
"""2 % of the mouth's width."""


@pytest.fixture(scope="module")
def performance() -> MotionClip:
    if not GRID.is_dir():
        pytest.skip(f"no recordings at {GRID}")
    with wave.open(str(min(GRID.glob("*.wav")))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768.0
        return lite_performance(AudioClip(samples, file.getframerate(), "line"), PerformanceStyle(), 30.0)


@pytest.mark.parametrize("shapes", [{"ee" if name == "E" else name: drawn for name, drawn in VOWELS.items()}, VISEMES], ids=len)
def test_opening_and_closures_are_kept(performance: MotionClip, shapes: Mapping[str, Mapping[str, float]]) -> None:
    curves = retarget(performance, auto_mapping(RigSurvey((MeshSurvey("Head", tuple(shapes)),))))
    weights = np.zeros((performance.frame_count, len(ARKIT_NAMES)))
    for column, target in enumerate(curves.targets):
        for channel, weight in shapes[target.name].items():
            weights[:, ARKIT_INDEX[channel]] += weight * curves.values[:, column]
    human = load_open_human()
    asked, seen = human.lip_gap_m(performance.blend_shapes(ARKIT_NAMES)), human.lip_gap_m(np.clip(weights, 0.0, 1.0))
    assert np.corrcoef(asked, seen)[0, 1] > 0.95
    pressed = (performance.blend_shapes(["mouthPressLeft"])[:, 0] > 0.25) & (asked < SHUT_M)
    assert pressed.any()
    assert np.mean(seen[pressed] < SHUT_M) >= 0.95
