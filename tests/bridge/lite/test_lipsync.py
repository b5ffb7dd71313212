"""The light engine on real talking people that it never heard, by the data's own script."""

import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import AudioClip, PerformanceStyle
from vivavoce.bridge.formats import write_clip
from vivavoce.bridge.lite.performance import lite_performance

GRID = Path(__file__).resolve().parents[4] / "shared" / "data" / "grid"


def recording(path: Path) -> AudioClip:
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768.0
        return AudioClip(samples, file.getframerate(), path.name)


def test_mouths_follow_real_mouths(tmp_path: Path):
    if not GRID.is_dir():
        pytest.skip(f"no captured mouths at {GRID}")
    for path in sorted(GRID.glob("*.wav")):
        write_clip(lite_performance(recording(path), PerformanceStyle(), 60.0), tmp_path / f"{path.stem}.csv")
    report = tmp_path / "scores.json"
    command = [sys.executable, str(GRID / "eval_lipsync.py"), str(tmp_path), "--unit", "arkit", "--json", str(report)]
    subprocess.run(command, check=True, capture_output=True)
    scores = json.loads(report.read_text())["summary"]
    print({name: round(scores[name], 3) for name in ("r0", "f1", "f1_pool", "auc", "lag", "range")})
    assert scores["clips"] == 10
    assert scores["r0"] >= 0.70
    assert scores["f1_pool"] >= 0.68
    assert scores["auc"] >= 0.88
