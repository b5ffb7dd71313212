"""Scores on real talking people that nothing here was fitted to: the bars of docs/lipsync.md, by the data's own script."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vivavoce.bridge.data import PerformanceStyle
from vivavoce.bridge.formats import write_clip
from vivavoce.motion.engines import engine
from vivavoce.motion.predict import hear, perform
from vivavoce.motion.speech.load import load_audio

GRID = Path(__file__).resolve().parents[3] / "shared" / "data" / "grid"
WORDS = (
    {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    {"b": "blue", "g": "green", "r": "red", "w": "white"},
    {"a": "at", "b": "by", "i": "in", "w": "with"},
)
DIGITS = {
    "1": "one",
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    "z": "zero",
}
ADVERBS = {"a": "again", "n": "now", "p": "please", "s": "soon"}


def sentence(clip_id: str) -> str:
    """`grid_brbk7n` -> "bin red by k seven now": one letter a word (the GRID corpus's own file names)."""
    *first, letter, digit, adverb = clip_id[-6:]
    return " ".join([*(words[key] for words, key in zip(WORDS, first, strict=True)), letter, DIGITS[digit], ADVERBS[adverb]])


@pytest.mark.parametrize(
    ("name", "with_text", "correlation", "closure_f1", "auc"),
    [
        ("articulation", False, 0.50, 0.60, 0.76),
        ("articulation", True, 0.56, 0.60, 0.76),
        ("probabilistic", False, 0.74, 0.70, 0.90),
        ("probabilistic", True, 0.74, 0.70, 0.90),
        ("diffusion", False, 0.50, 0.60, 0.76),
    ],
)
def test_mouths_follow_real_mouths(tmp_path: Path, name: str, with_text: bool, correlation: float, closure_f1: float, auc: float):
    if not GRID.is_dir():
        pytest.skip(f"no captured mouths at {GRID}")
    for line in sorted(GRID.glob("*.wav")):
        hearing = hear(load_audio(line), sentence(line.stem) if with_text else None, by=engine(name))
        clip = perform(hearing, PerformanceStyle(), fps=60.0)
        write_clip(clip, tmp_path / f"{line.stem}.csv")
    report = tmp_path / "scores.json"
    command = [sys.executable, str(GRID / "eval_lipsync.py"), str(tmp_path), "--unit", "arkit", "--json", str(report)]
    subprocess.run(command, check=True, capture_output=True)
    scores = json.loads(report.read_text())["summary"]
    print({name: round(scores[name], 3) for name in ("r0", "f1", "f1_pool", "auc", "lag", "range")})
    assert scores["clips"] == 10
    assert scores["r0"] >= correlation
    assert scores["f1_pool"] >= closure_f1
    assert scores["auc"] >= auc
