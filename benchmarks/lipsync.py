"""Predict the mouths of a folder of recordings, and score them beside tracked ones.

    python benchmarks/lipsync.py ../shared/data/grid --out predictions [--sentences] [--score ../shared/data/grid/eval_lipsync.py]

Each recording becomes one csv of time and the ARKit channels of the lips. With --sentences the words are read from GRID's file
names (`brbk7n` is "bin red by k seven now"); without, the sounds are recognised. The script given by --score scores the result.
"""

import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from vivavoce.bridge.data import PerformanceStyle
from vivavoce.motion.engines import BUNDLED_WEIGHTS, DEFAULT_ENGINE, ENGINE_NAMES, engine
from vivavoce.motion.predict import hear, perform
from vivavoce.motion.speech.load import load_audio
from vivavoce.motion.speech.spoken_text import number_words

RECORDINGS = (".wav", ".flac", ".ogg", ".mp3")
GRID_WORDS = (
    {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    {"b": "blue", "g": "green", "r": "red", "w": "white"},
    {"a": "at", "b": "by", "i": "in", "w": "with"},
    {letter: letter for letter in "abcdefghijklmnopqrstuvxyz"},
    {"z": "zero", **{str(digit): number_words(digit) for digit in range(1, 10)}},
    {"a": "again", "n": "now", "p": "please", "s": "soon"},
)


def grid_sentence(stem: str) -> str:
    """`grid_brbk7n` -> "bin red by k seven now": one letter a word, in the last six letters of the name."""
    return " ".join(words[letter] for words, letter in zip(GRID_WORDS, stem[-6:], strict=True))


def write_prediction(recording: Path, text: str | None, options: argparse.Namespace, path: Path) -> float:
    """Write the lips' channels of one recording as csv; its length in seconds."""
    performer = engine(options.engine, options.weights)
    style = PerformanceStyle(emotion_from(options.emotion), variation=options.variation)
    hearing = hear(load_audio(recording), text, by=performer)
    clip = perform(hearing, style, fps=options.fps, layers=["lips"], by=performer)
    lips = clip.layer("lips")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["time", *lips.blend_shape_names])
        writer.writerows(np.column_stack([clip.times_s, lips.blend_shape_weights]).round(6).tolist())
    return hearing.duration_s


def emotion_from(text: str) -> dict[str, float]:
    """`happy=1,sad=.5` -> labels with intensities."""
    return {label: float(number) for label, number in (part.split("=") for part in text.split(",") if part)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sentences", action="store_true")
    parser.add_argument("--fps", type=float, default=60.0)
    parser.add_argument("--engine", choices=ENGINE_NAMES, default=DEFAULT_ENGINE)
    parser.add_argument("--weights", type=Path, default=BUNDLED_WEIGHTS)
    parser.add_argument("--variation", type=float, default=0.0)
    parser.add_argument("--emotion", default="", help="such as happy=1")
    parser.add_argument("--score", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    start, audio_s = time.perf_counter(), 0.0
    for recording in sorted(path for path in options.recordings.iterdir() if path.suffix in RECORDINGS):
        text = grid_sentence(recording.stem) if options.sentences else None
        audio_s += write_prediction(recording, text, options, options.out / f"{recording.stem}.csv")
    print(f"{audio_s:.1f} s of speech, real-time factor {(time.perf_counter() - start) / audio_s:.3f}", flush=True)
    if options.score:
        subprocess.run([sys.executable, str(options.score), str(options.out), "--unit", "arkit"], check=True)


if __name__ == "__main__":
    main()
