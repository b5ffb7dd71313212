"""Tracked mouths of real people, scored by the script that comes with them."""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...bridge.data import EMOTION_NAMES, PerformanceStyle
from ...bridge.errors import InvalidInput
from ..speech.load import load_audio
from .candidates import Candidate
from .scores import Scores

SCRIPT = "eval_lipsync.py"
_FPS = 60.0
_RECORDINGS = (".wav", ".flac")
_SUMMARY_KEYS = {"r0": "r0", "f1": "f1_pool", "auc": "auc"}
"""Our measures by the script's names; f1_pool counts the closures of all clips together."""


def real_mouth_scores(
    folder: Path, engine: Candidate, style: PerformanceStyle, report: Callable[[float], None] = lambda share: None
) -> tuple[int, float, Scores]:
    """How many clips and seconds of a folder's recordings were judged, and an engine's r0, F1 (pooled) and AUC on them.

    The folder holds recordings, tracked mouths of the same name, and `eval_lipsync.py`, which is run. Raises InvalidInput
    where these are missing or the script fails.
    """
    script, recordings = folder / SCRIPT, sorted(path for path in folder.glob("*") if path.suffix in _RECORDINGS)
    if not script.is_file() or not recordings:
        raise InvalidInput(f"{folder} must hold recordings, tracked mouths and {SCRIPT}, the script that scores them.")
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as temporary:
        for number, recording in enumerate(recordings):
            report(number / len(recordings))
            _write_lips(engine, recording, style, Path(temporary, f"{recording.stem}.csv"))
        listing = Path(temporary, "scores.json")
        command = [sys.executable, str(script), temporary, "--unit", "arkit", "--json", str(listing)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise InvalidInput(f"{script} failed: {(done.stderr or done.stdout)[-500:]}")
        summary = json.loads(listing.read_text(encoding="utf-8"))["summary"]
    scores = Scores(**{measure: summary.get(key, float("nan")) for measure, key in _SUMMARY_KEYS.items()})
    return int(summary["clips"]), float(summary["seconds"]), scores


def r0_by_emotion(
    folder: Path, candidate: Candidate, variation: float, report: Callable[[float], None] = lambda share: None
) -> dict[str, float]:
    """How well the lips of each emotion at full intensity still follow real mouths: correlation of the opening at zero lag."""
    found = {}
    for number, label in enumerate(EMOTION_NAMES):
        report(number / len(EMOTION_NAMES))
        _, _, scores = real_mouth_scores(folder, candidate, PerformanceStyle({label: 1.0}, variation=variation))
        found[label] = scores.r0
    return found


def _write_lips(engine: Candidate, recording: Path, style: PerformanceStyle, path: Path) -> None:
    clip = engine(load_audio(recording))(style, _FPS)
    lips = clip.layer("lips")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["time", *lips.blend_shape_names])
        writer.writerows(np.column_stack([clip.times_s, lips.blend_shape_weights]).round(6).tolist())
